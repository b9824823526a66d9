import CCryptoki
import Synchronization

/// What a cipher has to know of a key, in one word that is read at once and without a lock.
struct KeyCard: RawRepresentable {
    /// The keys that take part in a cipher.
    enum Kind: UInt64 {
        case none
        case aes
        case rsaPublic
        case rsaPrivate
        case generic
    }

    /// What a key may be used for, as bits of the word.
    struct Usage: OptionSet {
        let rawValue: UInt64

        static let encrypt = Usage(rawValue: 1 << 5)
        static let decrypt = Usage(rawValue: 1 << 6)
        static let wrap = Usage(rawValue: 1 << 7)
        static let unwrap = Usage(rawValue: 1 << 8)
        static let sign = Usage(rawValue: 1 << 9)
    }

    /// Bits 0–2 the kind, 3 an object, 4 private, 5–9 the usage, from 16 the modulus length in
    /// bytes.
    let rawValue: UInt64

    init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    init(kind: Kind, usage: Usage, isPrivate: Bool, modulusLength: Int) {
        rawValue =
            kind.rawValue | 1 << 3 | (isPrivate ? 1 << 4 : 0) | usage.rawValue
            | UInt64(modulusLength) << 16
    }

    var kind: Kind { Kind(rawValue: rawValue & 7) ?? .none }
    var exists: Bool { rawValue & 1 << 3 != 0 }
    var isPrivate: Bool { rawValue & 1 << 4 != 0 }
    /// In bytes; 0 for a key that has none.
    var modulusLength: Int { Int(rawValue >> 16) }

    /// Whether the key may be used so.
    @inline(__always)
    func allows(_ usage: Usage) -> Bool { rawValue & usage.rawValue != 0 }
}

/// The cards of all objects, in a fixed array indexed by handle.
struct KeyTable: @unchecked Sendable {
    /// The most objects there can be at a time.
    static let capacity = 65_536

    private let cards: UnsafeMutablePointer<Atomic<UInt64>>

    init() {
        cards = UnsafeMutablePointer<Atomic<UInt64>>.allocate(capacity: Self.capacity + 1)
        for handle in 0...Self.capacity {
            (cards + handle).initialize(to: Atomic(0))
        }
    }

    /// The card of a handle.
    ///
    /// - Throws: `CKR_KEY_HANDLE_INVALID` where there is no such object.
    @inline(__always)
    func find(_ handle: CK_OBJECT_HANDLE) throws(Refusal) -> KeyCard {
        guard handle <= CK_OBJECT_HANDLE(Self.capacity) else {
            throw Refusal(CKR_KEY_HANDLE_INVALID)
        }
        let card = KeyCard(rawValue: cards[Int(bitPattern: handle)].load(ordering: .acquiring))
        guard card.exists else { throw Refusal(CKR_KEY_HANDLE_INVALID) }
        return card
    }

    /// Writes the card of a handle; nil takes it away.
    func set(_ handle: CK_OBJECT_HANDLE, _ card: KeyCard?) {
        cards[Int(bitPattern: handle)].store(card?.rawValue ?? 0, ordering: .releasing)
    }
}
