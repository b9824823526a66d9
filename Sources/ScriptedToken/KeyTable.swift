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
    }

    /// Bits 0–1 the kind, 2 an object, 3 encrypt, 4 decrypt, 5 private, from 8 the modulus length
    /// in bytes.
    let rawValue: UInt64

    init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    init(kind: Kind, encrypts: Bool, decrypts: Bool, isPrivate: Bool, modulusLength: Int) {
        rawValue =
            kind.rawValue | 1 << 2 | (encrypts ? 1 << 3 : 0) | (decrypts ? 1 << 4 : 0)
            | (isPrivate ? 1 << 5 : 0) | UInt64(modulusLength) << 8
    }

    var kind: Kind { Kind(rawValue: rawValue & 3) ?? .none }
    var exists: Bool { rawValue & 1 << 2 != 0 }
    var encrypts: Bool { rawValue & 1 << 3 != 0 }
    var decrypts: Bool { rawValue & 1 << 4 != 0 }
    var isPrivate: Bool { rawValue & 1 << 5 != 0 }
    /// In bytes; 0 for a key that has none.
    var modulusLength: Int { Int(rawValue >> 8) }
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
