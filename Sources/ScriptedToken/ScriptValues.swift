import CCryptoki

/// A time such as `2ms` or `1.5s`, in nanoseconds; nil for anything else and for more than a day.
func time_ns(_ text: Substring) -> UInt64? {
    let units: [(suffix: String, ns: Double)] = [
        ("ns", 1), ("us", 1e3), ("ms", 1e6), ("min", 60e9), ("s", 1e9),
    ]
    guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
        let count = Double(text.dropLast(unit.suffix.count)), count >= 0,
        count * unit.ns <= 86_400e9
    else { return nil }
    return UInt64((count * unit.ns).rounded())
}

/// `fixed:TIME` or `exponential:MEAN`.
func serviceTime(_ text: Substring) -> ServiceTime? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let time = time_ns(parts[1]) else { return nil }
    switch parts[0] {
    case "fixed": return .fixed(time)
    case "exponential": return .exponential(time)
    default: return nil
    }
}

/// A factor on times, above 0 and up to 1000.
func slowdownFactor(_ text: Substring) -> Double? {
    guard let factor = Double(text), factor > 0, factor <= 1000 else { return nil }
    return factor
}

/// `DEPTH:PERIOD`.
func jitter(_ text: Substring) -> Unsteadiness.Jitter? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let depth = Double(parts[0]), (0...1).contains(depth),
        let period = time_ns(parts[1]), period > 0
    else { return nil }
    return Unsteadiness.Jitter(depth: depth, period_ns: period)
}

/// `AT:LENGTH` or `AT:LENGTH:work`.
func stallValue(_ text: Substring) -> Script.Stall? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let isFromWork = parts.count == 3 && parts[2] == "work"
    guard parts.count == 2 || isFromWork, let at = time_ns(parts[0]),
        let length = time_ns(parts[1])
    else { return nil }
    return Script.Stall(time_ns: at..<at + length, isFromWork: isFromWork)
}

/// `FUNCTION:CODE:WHICH`.
func fault(_ text: Substring) -> Script.Fault? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, let function = ScriptedFunction(named: parts[0]),
        let code = returnCode(parts[1]), code != CKR_OK, let trigger = trigger(parts[2])
    else { return nil }
    return Script.Fault(function: function, code: code, trigger: trigger)
}

/// `#N`, `#N+` or a probability.
func trigger(_ text: Substring) -> Trigger? {
    if let number = callNumber(text) { return .call(number) }
    if text.last == "+", let first = callNumber(text.dropLast()) { return .callsFrom(first) }
    guard let p = Double(text), (0...1).contains(p) else { return nil }
    return .probability(p)
}

/// `#N`, N from 1.
func callNumber(_ text: Substring) -> UInt64? {
    guard text.first == "#", let number = UInt64(text.dropFirst()), number > 0 else { return nil }
    return number
}

/// A `CKR_` name of the header, or `0x` and hexadecimal digits.
func returnCode(_ text: Substring) -> CK_RV? {
    text.hasPrefix("0x") ? CK_RV(text.dropFirst(2), radix: 16) : returnCodes[String(text)]
}

/// The text without the spaces and tabs around it.
func trimmed(_ text: Substring) -> Substring {
    var text = text.drop(while: \.isWhitespace)
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return text
}
