/// The scenario that asks what an attack costs the users, as the file that `anchorbench scenario
/// --mixed` prints.
package enum MixedScenario {
    /// YAML over the built-in scenario, with a comment for every key.
    package static let text = """
        # What does an attack do to your users? Legitimate calls beside a thief who hammers, behind
        # one rate in four ways: shared by all or by each client, waiting or refusing. About two
        # minutes. What is left out is as 'anchorbench scenario' prints it.

        name: softhsm-mixed              # the run's folder is results/<time>-<name>

        anchor:
          uri: softhsm                   # a throwaway token; or 'pkcs11:token=…?module-path=…'
          mechanism: [aes-gcm]
        record-bytes: [256]

        load:
          closed: [1]                    # the thief alone, for comparison
          mixed:
            - legitimate:                # calls that fall due whatever becomes of them
                rate: 200/s
                arrivals: poisson        # or constant
                clients: 4               # identities that they come from in turn
                callers: 16              # how many can be under way at once
              attackers: 1               # calls that the thief holds open, all as one more client
          processes: [1]                 # both classes live in the fewest processes

        throttles:
          - none
          - { token-bucket: { rate: 500/s, burst: 100 }, on-limit: wait, scope: global }
          - { token-bucket: { rate: 500/s, burst: 100 }, on-limit: deny, scope: global }
          - { token-bucket: { rate: 500/s, burst: 100 }, on-limit: wait, scope: per-client }
          - { token-bucket: { rate: 500/s, burst: 100 }, on-limit: deny, scope: per-client }
        on-denied: spin                  # a denied thief asks again at once; or backoff

        rounds: 5
        duration: 2s

        """
}
