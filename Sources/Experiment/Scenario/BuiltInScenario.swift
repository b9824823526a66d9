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
          mechanism: [aes-gcm, rsa-oaep] # decrypt: also aes-cbc-pad, aes-cbc, aes-ctr, rsa-pkcs;
                                         # unwrap: aes-key-wrap, rsa-oaep; mac: hmac-sha256
          key-bits: { aes-gcm: 256, rsa-oaep: 2048 }
          session: read-only             # some devices want read-write
          # key: token                   # or session; by default a token key on softhsm, on yours
                                         # the one that object= names, else a session key
          # initialize: 'TEXT'           # what a module of yours wants with C_Initialize, as NSS
                                         # does; it is stored and printed, so no secret
          # environment: { TPM2_PKCS11_STORE: /var/lib/tpm }
                                         # what the processes that load the module have in their
                                         # environment besides; stored and printed as well
          # denied-by: [CKR_FUNCTION_FAILED]
                                         # codes with which a throttle of the anchor's own
                                         # refuses: such calls are denied, and no errors

        record-bytes: [256]              # rsa-* and unwrap always open one 32-byte data key

        load:
          closed: [1, 2, 4]              # callers that call again at once: the thief's best rate
          processes: [1, 2]              # callers are spread over so many worker processes
          # open: [{ rate: 2k/s, arrivals: poisson, callers: 16 }]
                                         # calls that fall due, whatever becomes of them: what
                                         # users feel at a demand; arrivals: poisson | constant
          # mixed: [{ legitimate: { rate: 200/s, arrivals: poisson, clients: 4, callers: 16 },
          #           attackers: 1 }]    # users beside a thief who calls flat out, behind every
                                         # throttle: what it costs the innocent. Call n comes from
                                         # client n mod clients, every attack from one more client;
                                         # 'anchorbench scenario --mixed' is made for this

        throttles:
          - none
          - { token-bucket: { rate: 500/s, burst: 100 }, on-limit: wait, max-wait: 30s }
          - { fixed-window: { limit: 10k, window: 1m }, on-limit: deny }
          # - { sliding-window: { limit: 10k, window: 1m } }    # in any minute, wherever begun
          # - { budget: { quota: 50k, period: day } }           # or week; from each client
          # - { concurrency: 4 }                                # calls in flight
          # - { delay: 5ms }                                    # before every call, in parallel
          # - { tarpit: { free: 100, first: 10ms, growth: 2, longest: 1s, window: 1m } }
          #                                     # from 100 calls a minute on each waits, the next
          #                                     # twice as long, up to 1s, one after another
          # - { breaker: { threshold: 1k, window: 1m, lockout: 10m } }
          #                                     # the 1000th call in a minute shuts it for 10m
          # - { all: [ { concurrency: 4 }, { token-bucket: { rate: 500/s, burst: 100 } } ] }
          # A throttle also takes
          #   on-limit: wait | deny             # first come, first served; or refused at once
          #   max-wait: 30s                     # whoever would wait for longer is refused
          #   scope: global | per-client        # whose calls share it; budgets are per-client
          #   charge: operation | { bytes: 256 }# by bytes, records joined in one call gain nothing
          #   enforced: hsm | service | host    # a thief on the host walks around the last
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
        audit-batching: false            # true: also many records joined into one call, as a thief
                                         # would: aes-cbc-pad, aes-cbc, aes-gcm, aes-ctr

        exposure:
          datasets: [10k, 100k, 1M, 10M, 100M, 1G]
          windows: [1m, 5m, 15m, 1h, 1d, 14d, 30d, 241d]
          identities: [1]                # client identities that the thief holds
          callers: 16                    # concurrent calls that the thief can hold open
          records-per-operation: auto    # 1, or what audit-batching finds; a number where one
                                         # data key seals many records
          attackers: [sprint, creep, fill, pulse, harvest, best]
                                         # flat out; the same little in every period; up to the
                                         # threshold; flat out as often as the alarm forgives;
                                         # what users open anyway; the worst of all
          demand: { mean: 200/s, dispersion: 5, shape: diurnal }
                                         # what your users ask for, their variance over the mean in
                                         # one period, and flat | diurnal | 24 or 168 weights; or
                                         # { trace: demand.csv }: timestamps, or counts of periods
          alarm: { period: 60s, threshold: auto, comparison: '>', evaluation-periods: 3,
                   datapoints-to-alarm: 3, missing: not-breaching, window: sliding }
                                         # of operations in a period, users and thief together;
                                         # auto: the least that keeps the false alarms of targets
          delays: { publish: [10s, 60s, 120s], evaluation: 0s, response: { automatic: 5s },
                    ends-sessions: true }
                                         # from the alarm to the thief's last call, each known or
                                         # least, likeliest, most; or { human: [5m, 30m, 4h] }
          horizon: auto                  # how long nobody notices without an alarm: the longest
                                         # of the windows
          confidence: 95%                # how sure a creeping thief wants to be of no breach
          value: uniform                 # or { best: 1%, worth: 50% }, for a thief who picks
          canaries: 0                    # records among the others that nobody should open
          budget: none                   # most records that one client may open in all
          ewma: none                     # or { weight: 0.1, limit: 3 }, beside the alarm
          cusum: none                    # or { reference: 0.5, decision: 5 }
          # draws: 10000                 # thefts that are drawn of each kind
          cost: { currency: USD }        # record-price, attacker-hourly, attacker-fixed, operation,
                                         # device-hourly, devices, record-loss, triage, denied-call,
                                         # guessing-hourly: one figure or [least, likeliest, most];
                                         # what is left out is the documented or assumed default
          targets: { false-alarms-per-month: 1, burdened-share: 0.1%, records-lost: 3M,
                     within: 1h }        # what 'anchorbench threshold' shall meet: in 95 of 100
                                         # thefts no more than so many records within a time,
                                         # whatever calls the thief adds

        """
}
