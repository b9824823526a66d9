/// A Markov chain that ends: how long it runs on average from each of its states.
struct RunLengthChain {
    private let states: Int
    /// The probability of going from one state to another, row by row, and of ending.
    private var transitions: [Double]
    private var endings: [Double]

    /// A chain without transitions.
    init(states: Int) {
        self.states = states
        transitions = [Double](repeating: 0, count: states * states)
        endings = [Double](repeating: 0, count: states)
    }

    /// The probability of a transition.
    subscript(from: Int, to: Int) -> Double {
        get { transitions[from * states + to] }
        set { transitions[from * states + to] = newValue }
    }

    /// Sets the probability of ending from a state.
    mutating func end(_ from: Int, _ probability: Double) { endings[from] = probability }

    /// Steps until the end, from each state; infinite where it is never reached.
    ///
    /// States are eliminated one by one as in Grassmann, Taksar and Heyman (Operations Research 33,
    /// 1985), which subtracts nothing: ends that are rarer than a rounding error keep their size.
    consuming func averageRunLengths() -> [Double] {
        var lengths = [Double](repeating: 1, count: states)
        var leaving = lengths
        for last in stride(from: states - 1, through: 0, by: -1) {
            let lastRow = last * states
            leaving[last] = transitions[lastRow..<lastRow + last].reduce(endings[last], +)
            for from in 0..<last where self[from, last] > 0 {
                let row = from * states
                let share = transitions[row + last] / leaving[last]
                for to in 0..<last { transitions[row + to] += share * transitions[lastRow + to] }
                endings[from] += share * endings[last]
                lengths[from] += share * lengths[last]
            }
        }
        for state in 0..<states {
            for before in 0..<state { lengths[state] += self[state, before] * lengths[before] }
            lengths[state] /= leaving[state]
        }
        return lengths
    }
}
