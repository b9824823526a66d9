import CCryptoki

/// What the token was told to do: the value of the environment variable `ANCHORBENCH_SCRIPT`,
/// parsed.
///
/// Directives are separated by `;` or a new line, each a key, `=` and a value; spaces around them
/// do not count. A directive that may come more than once adds to the earlier ones, any other
/// replaces them. Times are a number and `ns`, `us`, `ms`, `s` or `min`. WHICH is `#N`, exactly the
/// N-th call since the script was read, `#N+`, that call and every one after it, or a probability,
/// drawn from the seed. Draws depend on the seed and the number of the call alone: processes that
/// are to differ are given different seeds.
///
///     pin=1234                       the user PIN
///     label=scripted                 the token's label, up to 32 bytes
///     initialize=TEXT                what C_Initialize must be given as pReserved; unless
///                                    given nothing, as the standard has it
///     seed=N                         of every draw; 0 unless given
///     service=fixed:TIME             how long one call of work occupies a server
///     service=exponential:MEAN       likewise, exponentially distributed
///     slowdown=FACTOR                each service takes FACTOR times as long, up to 1000; 1
///                                    unless given
///     jitter=DEPTH:PERIOD            all services that start in one PERIOD of the monotonic clock
///                                    take a factor as long, log-normal, DEPTH (up to 1) the
///                                    standard deviation of its logarithm, drawn from the seed and
///                                    the period: the machine's own unsteadiness, the same at one
///                                    time in all processes with one seed; may be repeated, such
///                                    as a short and a long one, and the factors multiply
///     servers=C                      how many calls are served at a time; 1 unless given
///     stall=AT:LENGTH                every server stands still once, AT after C_Initialize
///     stall=AT:LENGTH:work           likewise, AT after the first call of work
///     fault=FUNCTION:CODE:WHICH      answer CODE (a name or 0xHEX); may be repeated
///     garbage=WHICH                  a call flips a byte of its result; may be repeated
///     truncate=WHICH                 a call's result lacks its last byte; may be repeated
///     longest=N                      a ciphertext of more bytes is CKR_DATA_LEN_RANGE
///     without=CKM_NAME               a mechanism that the token neither lists nor takes; may be
///                                    repeated
///     leave-active=yes               a C_Decrypt that fails leaves its operation active, against
///                                    the standard; no unless given
///     read-only=CODE                 what a read-only session is refused with
///     iv=zeroed                      C_EncryptInit takes a GCM IV of 12 zeros alone, and C_Encrypt
///                                    writes one of the token's own in their place; with
///                                    `zeroed:kept` it leaves the zeros, with `zeroed:repeated` it
///                                    writes the same each time. Another IV is refused with
///                                    CKR_MECHANISM_PARAM_INVALID. With any `iv` a tag repeats the
///                                    IV: C_Decrypt with another is CKR_ENCRYPTED_DATA_INVALID
///     iv=appended                    C_EncryptInit takes no GCM IV (length 0) alone, and C_Encrypt
///                                    appends one of 16 bytes; `appended:any` takes any, and
///                                    appends another that is as long
///     hang=#N                        the N-th call never returns
///     crash=#N                       the N-th call aborts the process
///     remove=#N                      from the N-th call on, all is CKR_DEVICE_REMOVED
///     login-delay=TIME               how long C_Login takes
///     count-file=PATH                counters shared by processes, see CountFile
///
/// Calls of work are those of C_Decrypt, C_UnwrapKey and C_Sign, each function counted for itself;
/// their results are the plaintext, the value of the unwrapped key and the MAC. They share the
/// servers.
struct Script {
    /// A code that a function answers instead of doing its work.
    struct Fault {
        let function: ScriptedFunction
        let code: CK_RV
        let trigger: Trigger
    }

    /// A time in which no call is served.
    struct Stall {
        /// In nanoseconds after its origin.
        let time_ns: Range<UInt64>
        /// Whether its origin is the first call of work, and not `C_Initialize`.
        let isFromWork: Bool
    }

    var pin: [UInt8] = Array("1234".utf8)
    var label: [UInt8] = Array("scripted".utf8)
    var initialize: [UInt8]?
    var seed: UInt64 = 0
    var service: ServiceTime?
    var slowdown = 1.0
    var jitters: [Unsteadiness.Jitter] = []
    var servers: Int?
    var stall: Stall?
    var faults: [Fault] = []
    var garbage: [Trigger] = []
    var truncation: [Trigger] = []
    /// In bytes; what C_Decrypt takes at most.
    var longest: UInt64?
    /// Mechanisms that there are not.
    var without: [CK_MECHANISM_TYPE] = []
    /// Whether a failed decryption stays active.
    var leavesActive = false
    /// What a read-only session is refused with.
    var readOnlyRefusal: CK_RV?
    /// What the token does where it makes the IVs of GCM itself.
    var ivs: DeviceIVs?
    /// Numbers of calls of work.
    var hang: UInt64?
    var crash: UInt64?
    var removal: UInt64?
    var loginDelay_ns: UInt64 = 0
    var countFile: String?

    /// Whether calls pass a queue; without one they take neither a lock nor a delay.
    var hasQueue: Bool {
        service != nil || stall != nil
    }

    /// How unsteady the machine is; nil where it is not.
    var unsteadiness: Unsteadiness? {
        jitters.isEmpty ? nil : Unsteadiness(jitters: jitters, seed: seed)
    }

    /// Whether a call has to ask the script at all.
    var concernsCalls: Bool {
        hasQueue || !faults.isEmpty || !garbage.isEmpty || !truncation.isEmpty
            || longest != nil || hang != nil || crash != nil || removal != nil
            || loginDelay_ns > 0 || countFile != nil || !without.isEmpty || leavesActive
            || readOnlyRefusal != nil || ivs != nil
    }
}
