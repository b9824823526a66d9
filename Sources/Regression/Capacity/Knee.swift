import Units

/// The knee of a curve of latency over throughput: the load at which Kleinrock's power, throughput
/// over response time, is largest (Kleinrock, Power and deterministic rules of thumb for
/// probabilistic problems in computer communications, 1979).
package struct Knee: Codable, Equatable, Sendable {
    /// One measured load.
    package struct Load: Codable, Equatable, Sendable {
        /// Completed operations a second.
        package var throughput: Double
        /// Its response time.
        package var response: Nanoseconds

        /// A load from its parts.
        package init(throughput: Double, response: Nanoseconds) {
            self.throughput = throughput
            self.response = response
        }

        /// Operations a second, over the seconds that one takes.
        package var power: Double { throughput / response.seconds.value }
    }

    /// The load at the knee.
    package let load: Load
    /// Its place among the loads given.
    package let index: Int
    /// Whether it is the lowest or the highest load measured, so that the true knee may lie
    /// beyond.
    package let isAtEdge: Bool

    /// The load of the largest power; of equals the one of the least throughput.
    ///
    /// - Returns: nil where no load has a throughput and a response time above nothing.
    package init?(among loads: [Load]) {
        let usable = loads.indices.filter {
            loads[$0].throughput > 0 && loads[$0].throughput.isFinite
                && loads[$0].response > .zero
        }
        let rising = usable.sorted { loads[$0].throughput < loads[$1].throughput }
        guard let first = rising.first, let last = rising.last else { return nil }
        var best = first
        for index in rising where loads[index].power > loads[best].power { best = index }
        index = best
        load = loads[best]
        isAtEdge = best == first || best == last
    }
}
