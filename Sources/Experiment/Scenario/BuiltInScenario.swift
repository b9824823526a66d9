/// The scenario that runs where none is given, as the file that `anchorbench scenario` prints.
package enum BuiltInScenario {
    /// YAML with a comment for every key.
    package static let text = """
        # The scenario that anchorbench runs where none is given. Keep what you need: every key is
        # optional. Durations: 250us 5ms 90s 15m 1h 30d. Rates: 500/s 30k/min 100/h 50/d.
        # Counts: 10k 1M 1G. Sizes: 256B 4KiB.

        name: softhsm-default            # the run's folder is results/<time>-<name>

        anchor:
          uri: softhsm                   # a throwaway token; or 'pkcs11:token=…?module-path=…'
          operation: decrypt             # what one call does: decrypt opens a record, unwrap a
                                         # data key, mac hashes a password under the key
          mechanism: [aes-gcm, rsa-oaep] # decrypt: also aes-cbc-pad, aes-ctr, rsa-pkcs;
                                         # unwrap: aes-key-wrap, rsa-oaep; mac: hmac-sha256
          key-bits: { aes-gcm: 256, rsa-oaep: 2048 }
          session: read-only             # some devices want read-write
          # key: token                   # or session; by default a token key on softhsm, on yours
                                         # the one that object= names, else a session key
          # initialize: 'TEXT'           # what a module of yours wants with C_Initialize, as NSS
                                         # does; it is stored and printed, so no secret

        record-bytes: [256]              # rsa-* and unwrap always open one 32-byte data key

        load:
          closed: [1, 2, 4]              # callers that call again at once: the thief's best rate
          processes: [1, 2]              # callers are spread over so many worker processes
          # open: [{ rate: 2k/s, arrivals: poisson, callers: 16 }]
                                         # calls that fall due, whatever becomes of them: what
                                         # users feel at a demand; arrivals: poisson | constant

        throttles:
          - none
          - { token-bucket: { rate: 500/s, burst: 100 }, on-limit: wait, max-wait: 30s }
          - { fixed-window: { limit: 10k, window: 1m }, on-limit: deny }
          # a throttle also takes scope: global | per-client, and where it is enforced:
          # hsm | service | host (a thief on the host walks around the last)
        throttles-at: largest            # only at the largest load in one process; or all
        on-denied: backoff               # a denied caller sleeps until retry-after; or spin

        rounds: 5                        # the spread between rounds gives the intervals
        duration: 500ms                  # of one round of one cell
        warm-up: auto                    # until service times have settled; or a duration
        limits:                          # what protects a device; warm-ups count too
          max-rate: none                 # calls a second, such as 200/s
          max-operations: none           # calls of the whole run, such as 10k
          abort-after-errors: 100        # a round ends early after so many failed calls

        audit-cache: false               # true: also one record again and again, against many

        exposure:
          datasets: [10k, 100k, 1M, 10M, 100M, 1G]
          windows: [1m, 5m, 15m, 1h, 1d, 14d, 30d, 241d]
          attackers: [sprint]            # as fast as HSM and throttle allow
          identities: [1]                # client identities that the thief holds
          callers: 16                    # concurrent calls that the thief can hold open
          records-per-operation: 1       # more where one data key seals many records

        """
}
