import CCryptoki

/// What the token holds and what is looked for in it: everything that no cipher reads on its way.
struct TokenContents {
    var script = Script()
    /// How often `C_Initialize` was called in this process.
    var initializations: UInt64 = 0
    private(set) var objects: [CK_OBJECT_HANDLE: TokenObject] = [:]
    /// What each session's search found and has not handed out.
    var searches: [CK_SESSION_HANDLE: ArraySlice<CK_OBJECT_HANDLE>] = [:]
    var openSessions = 0
    var lastSession: CK_SESSION_HANDLE = 0
    private var lastObject: CK_OBJECT_HANDLE = 0

    /// Stores an object under a handle that comes back as late as possible.
    ///
    /// - Throws: `CKR_DEVICE_MEMORY` where the token is full.
    mutating func insert(
        _ object: TokenObject, _ keys: KeyTable
    ) throws(Refusal) -> CK_OBJECT_HANDLE {
        guard objects.count < KeyTable.capacity else { throw Refusal(CKR_DEVICE_MEMORY) }
        repeat {
            lastObject = lastObject % CK_OBJECT_HANDLE(KeyTable.capacity) + 1
        } while objects[lastObject] != nil
        objects[lastObject] = object
        keys.set(lastObject, object.card)
        return lastObject
    }

    /// Takes objects away.
    mutating func remove(_ keys: KeyTable, where isGone: (TokenObject) -> Bool) {
        for (handle, object) in objects where isGone(object) {
            remove(handle, keys)
        }
    }

    /// Takes one object away.
    mutating func remove(_ handle: CK_OBJECT_HANDLE, _ keys: KeyTable) {
        objects[handle] = nil
        keys.set(handle, nil)
    }

    /// Empties the token, and puts in what every token is born with: the AES-256 key `records` (id
    /// 01), the RSA-2048 pair `records-rsa` (id 02), the AES-256 key `records-wrap` (id 03), which
    /// wraps and unwraps only, and the generic secret key `records-mac` (id 04) of 256 bits.
    mutating func restore(_ keys: KeyTable) throws(Refusal) {
        remove(keys) { _ in true }
        lastObject = 0
        var key = Self.template(label: "records", id: 1)
        key.set(CKA_VALUE_LEN, CK_ULONG(32))
        try addBuiltIn(try ObjectMaking.generatedAES(key), keys)
        let half = Self.template(label: "records-rsa", id: 2)
        var publicHalf = half
        publicHalf.set(CKA_MODULUS_BITS, CK_ULONG(2048))
        let pair = try ObjectMaking.generatedRSA(public: publicHalf, private: half)
        try addBuiltIn(pair.public, keys)
        try addBuiltIn(pair.private, keys)
        var wrapping = Self.template(label: "records-wrap", id: 3)
        wrapping.set(CKA_VALUE_LEN, CK_ULONG(32))
        for (type, isAllowed) in [
            (CKA_ENCRYPT, false), (CKA_DECRYPT, false), (CKA_WRAP, true), (CKA_UNWRAP, true),
        ] {
            wrapping.set(type, isAllowed)
        }
        try addBuiltIn(try ObjectMaking.generatedAES(wrapping), keys)
        var mac = Self.template(label: "records-mac", id: 4)
        mac.set(CKA_VALUE_LEN, CK_ULONG(32))
        for (type, isAllowed) in [(CKA_ENCRYPT, false), (CKA_DECRYPT, false), (CKA_SIGN, true)] {
            mac.set(type, isAllowed)
        }
        try addBuiltIn(try ObjectMaking.generatedGeneric(mac), keys)
    }

    private mutating func addBuiltIn(_ attributes: Attributes, _ keys: KeyTable) throws(Refusal) {
        _ = try insert(TokenObject(attributes: attributes, owner: nil), keys)
    }

    private static func template(label: String, id: UInt8) -> Attributes {
        var attributes = Attributes()
        attributes.set(CKA_TOKEN, true)
        attributes[CKA_LABEL] = Array(label.utf8)
        attributes[CKA_ID] = [id]
        return attributes
    }
}
