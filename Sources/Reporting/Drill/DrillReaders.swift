import Results

/// What became of legitimate calls over several stretches of time.
struct DrillReaders {
    /// Length of all stretches in seconds.
    let seconds: Double
    /// Rows opened, calls refused and calls that failed otherwise.
    let opened: UInt64
    let denied: UInt64
    let errors: UInt64
    /// The mean time from when a call fell due to its end, in seconds; nil without any.
    let meanResponse: Double?

    /// Adds stretches up; their response times weigh by the rows opened in them.
    init(_ services: [DrillService]) {
        seconds = services.reduce(0) { $0 + $1.seconds }
        opened = services.reduce(0) { $0 + $1.opened }
        denied = services.reduce(0) { $0 + $1.denied }
        errors = services.reduce(0) { $0 + $1.errors }
        let timed = services.filter { $0.meanResponse != nil && $0.opened > 0 }
        let weight = timed.reduce(0.0) { $0 + Double($1.opened) }
        let sum = timed.reduce(0.0) { $0 + ($1.meanResponse ?? 0) * Double($1.opened) }
        meanResponse = weight > 0 ? sum / weight : nil
    }

    /// Rows opened a second; nil where no time passed.
    var perSecond: Double? { seconds > 0 ? Double(opened) / seconds : nil }

    /// The share of the calls that was refused; nil without a call.
    var deniedShare: Double? {
        let calls = Double(opened) + Double(denied) + Double(errors)
        return calls > 0 ? Double(denied) / calls : nil
    }
}
