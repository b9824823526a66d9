/// A PKCS#11 function whose calls are counted, and which a script may make fail.
///
/// The raw values of the first ten are the order of the 64-bit counters in a `count-file`: that
/// order is read by other programs and does not change; what a count file does not hold comes
/// after.
enum ScriptedFunction: Int, CaseIterable {
    case initialize = 0
    case openSession = 1
    case login = 2
    case encryptInit = 3
    case encrypt = 4
    case decryptInit = 5
    case decrypt = 6
    case unwrapKey = 7
    case signInit = 8
    case sign = 9
    case findObjectsInit = 10
    case generateKey = 11
    case createObject = 12
    case destroyObject = 13
    case getAttributeValue = 14
    case wrapKey = 15
    case getSlotList = 16
    case getTokenInfo = 17

    /// How many of the functions, from the first, have a counter in a count file.
    static let countFileCounters = 10

    /// Whether it does the work of an operation: what a script says of a device's speed and of its
    /// results holds for these, each counted for itself.
    var isWork: Bool { self == .decrypt || self == .unwrapKey || self == .sign }

    /// The function that a directive names.
    init?(named name: Substring) {
        guard let function = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = function
    }

    /// The name in the standard.
    var name: String {
        switch self {
        case .initialize: "C_Initialize"
        case .openSession: "C_OpenSession"
        case .login: "C_Login"
        case .encryptInit: "C_EncryptInit"
        case .encrypt: "C_Encrypt"
        case .decryptInit: "C_DecryptInit"
        case .decrypt: "C_Decrypt"
        case .unwrapKey: "C_UnwrapKey"
        case .signInit: "C_SignInit"
        case .sign: "C_Sign"
        case .findObjectsInit: "C_FindObjectsInit"
        case .generateKey: "C_GenerateKey"
        case .createObject: "C_CreateObject"
        case .destroyObject: "C_DestroyObject"
        case .getAttributeValue: "C_GetAttributeValue"
        case .wrapKey: "C_WrapKey"
        case .getSlotList: "C_GetSlotList"
        case .getTokenInfo: "C_GetTokenInfo"
        }
    }
}
