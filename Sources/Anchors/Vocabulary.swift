import Cryptoki

// The words of Cryptoki that whoever plans a measurement needs: targets above this one import
// Anchors alone, and no pointer of PKCS#11 comes with it.

/// What one anchored call does.
package typealias AnchoredOperation = Cryptoki.AnchoredOperation
/// How records are sealed.
package typealias RecordMechanism = Cryptoki.RecordMechanism
/// A kind of key.
package typealias KeyAlgorithm = Cryptoki.KeyAlgorithm
/// Where a key comes from.
package typealias KeySource = Cryptoki.KeySource
/// What the attributes of a key allow.
package typealias KeyPolicy = Cryptoki.KeyPolicy
/// What a module says of itself.
package typealias ModuleInfo = Cryptoki.ModuleInfo
/// What a token says of itself.
package typealias TokenInfo = Cryptoki.TokenInfo
/// A PIN in memory that is wiped.
package typealias Pin = Cryptoki.Pin
/// Where a PIN comes from.
package typealias PinSource = Cryptoki.PinSource
/// Which token is meant.
package typealias TokenMatch = Cryptoki.TokenMatch
/// Which stored key is meant.
package typealias KeyMatch = Cryptoki.KeyMatch
/// The name of an anchor.
package typealias PKCS11URI = Cryptoki.PKCS11URI
/// A `CKR_` code.
package typealias ReturnCode = Cryptoki.ReturnCode
/// Why an anchor cannot be used.
package typealias CryptokiError = Cryptoki.CryptokiError
/// Why a URI cannot be used.
package typealias URIError = Cryptoki.URIError
/// A record as it lies in a database.
package typealias SealedBytes = Cryptoki.SealedBytes
/// A session that seals and opens records of a database.
package typealias RecordOpener = Cryptoki.RecordOpener
