import Foundation
import Units

/// What the same theft takes where nothing needs an anchor: a bulk dump of a database.
package struct BulkDump: Hashable, Sendable {
    /// Rows a second that leave, as measured or stated; positive.
    package let rowsPerSecond: Double

    /// A dump at a rate.
    package init(rowsPerSecond: Double) {
        precondition(rowsPerSecond > 0, "a dump gets on")
        self.rowsPerSecond = rowsPerSecond
    }

    /// How long a data set takes.
    package func time(for dataset: RecordCount) -> Seconds {
        Seconds(Double(dataset.count) / rowsPerSecond)
    }

    /// How many times as long as the dump a theft through the anchor takes.
    package func anchorFactor(of theft: Seconds, for dataset: RecordCount) -> Double {
        theft.value / time(for: dataset).value
    }
}

/// What guessing hashed secrets takes where the hash needs no anchor, so that a stolen table is
/// guessed on graphics cards of the thief's own.
package struct OfflineGuessing: Hashable, Sendable {
    /// The benchmark of one card.
    package let fact: DocumentedFact
    /// Guesses a second on one card.
    package let perCardAndSecond: Double

    /// The cost of bcrypt that its benchmark was made at.
    package static let benchmarkedBcryptCost = 5

    /// The guessing of a hash on a kind of card.
    ///
    /// - Parameters:
    ///   - hash: as the facts name it: `sha-256`, `bcrypt`, `scrypt`.
    ///   - cost: of bcrypt, 4 to 31; each step takes twice as long.
    /// - Returns: nil where no benchmark of it is documented, or the cost is none.
    package init?(
        hash: String, card: String = "rtx-4090", cost: Int = benchmarkedBcryptCost,
        facts: Facts = .documented
    ) {
        let isBcrypt = hash == "bcrypt"
        guard !isBcrypt || (4...31).contains(cost) else { return nil }
        let name = isBcrypt ? "bcrypt-\(Self.benchmarkedBcryptCost)" : hash
        guard let fact = facts.named("\(card)-\(name)"), fact.unit == "guesses/s" else {
            return nil
        }
        self.fact = fact
        let steps = isBcrypt ? cost - Self.benchmarkedBcryptCost : 0
        perCardAndSecond = fact.value.likely / pow(2, Double(steps))
    }

    /// How long so many guesses take.
    package func time(for guesses: Double, cards: Int = 1) -> Seconds {
        precondition(cards > 0, "somebody has to guess")
        return Seconds(guesses / (perCardAndSecond * Double(cards)))
    }

    /// Card-hours that so many guesses take, on however many cards.
    package func cardHours(for guesses: Double) -> Double {
        guesses / perCardAndSecond / Money.secondsPerHour
    }

    /// What so many guesses cost: card-hours times the price of one, whatever the parallelism.
    package func cost(of guesses: Double, hourly: Double) -> Double {
        Money.product(hourly, cardHours(for: guesses))
    }
}
