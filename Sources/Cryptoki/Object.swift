import CCryptoki

/// The handle of an object, good in the process that got it while the object lives.
package struct ObjectHandle: Hashable, Sendable {
    let rawValue: UInt
}

extension Session {
    /// The objects that match every attribute (`C_FindObjectsInit`, `C_FindObjects`, `…Final`).
    func objects(matching template: [Attribute]) throws(CryptokiError) -> [ObjectHandle] {
        let list = unsafe module.functions
        let begin = unsafe try module.member(list.pointee.C_FindObjectsInit, "C_FindObjectsInit")
        let next = unsafe try module.member(list.pointee.C_FindObjects, "C_FindObjects")
        let end = unsafe try module.member(list.pointee.C_FindObjectsFinal, "C_FindObjectsFinal")
        try check(
            "C_FindObjectsInit", unsafe template.withTemplate { unsafe begin(handle, $0, $1) })
        defer { _ = end(handle) }
        var found: [ObjectHandle] = []
        var batch = [UInt](repeating: 0, count: 64)
        while true {
            var count: UInt = 0
            try check("C_FindObjects", unsafe next(handle, &batch, UInt(batch.count), &count))
            guard count > 0 else { return found }
            found += batch.prefix(Int(count)).map(ObjectHandle.init(rawValue:))
        }
    }

    /// One attribute of an object (`C_GetAttributeValue`, first for the length, then the bytes).
    func attribute(
        _ type: UInt, of object: ObjectHandle
    ) throws(CryptokiError) -> AttributeValue {
        let get = unsafe try module.member(
            module.functions.pointee.C_GetAttributeValue, "C_GetAttributeValue")
        var attribute = unsafe CK_ATTRIBUTE(type: type, pValue: nil, ulValueLen: 0)
        switch ReturnCode(rawValue: unsafe get(handle, object.rawValue, &attribute, 1)) {
        case .ok: break
        case .attributeSensitive: return .sensitive
        case .attributeTypeInvalid: return .absent
        case let code: throw CryptokiError.call(function: "C_GetAttributeValue", code: code)
        }
        let length = unsafe attribute.ulValueLen
        guard length != .max else { return .absent }
        var bytes = [UInt8](repeating: 0, count: Int(length))
        let code = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe attribute.pValue = buffer.baseAddress
            return unsafe get(handle, object.rawValue, &attribute, 1)
        }
        try check("C_GetAttributeValue", code)
        return .bytes(Array(bytes.prefix(unsafe Int(attribute.ulValueLen))))
    }

    /// `C_CreateObject`.
    func createObject(_ template: [Attribute]) throws(CryptokiError) -> ObjectHandle {
        let create = unsafe try module.member(
            module.functions.pointee.C_CreateObject, "C_CreateObject")
        var object: UInt = 0
        let code = unsafe template.withTemplate { unsafe create(handle, $0, $1, &object) }
        try check("C_CreateObject", code)
        return ObjectHandle(rawValue: object)
    }

    /// `C_DestroyObject`.
    func destroyObject(_ object: ObjectHandle) throws(CryptokiError) {
        let destroy = unsafe try module.member(
            module.functions.pointee.C_DestroyObject, "C_DestroyObject")
        try check("C_DestroyObject", destroy(handle, object.rawValue))
    }
}
