import ArgumentParser

/// `anchorbench gate`.
struct GateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gate",
        abstract: "A PKCS#11 module before another one: counts, throttles and revokes.",
        discussion: """
            libanchorgate.so stands beside this command's own file: in lib/anchorbench of an \
            archive, in .build/release of a build. Any PKCS#11 client loads it in place of the \
            module that it guards; ANCHORGATE_STATE names the gate's state, ANCHORGATE_IDENTITY \
            the client (by default uid:N).

              anchorbench gate create --module /opt/hsm/lib.so gate.state \\
                --throttle '{ token-bucket: { rate: 500/s, burst: 100 } }'
              export ANCHORGATE_STATE=$PWD/gate.state
              pkcs11-tool --module ./libanchorgate.so --list-slots
              anchorbench gate status gate.state
              anchorbench gate revoke gate.state front-end

            Inside the application's process a gate counts and slows whoever keeps to it; a thief \
            who runs code there can load the real module himself, or write the state. Behind a \
            socket, in a process of another user, he can do neither.
            """,
        subcommands: [
            GateCreateCommand.self, GateStatusCommand.self, GateWatchCommand.self,
            GateServeCommand.self, GateRevokeCommand.self, GateRestoreCommand.self,
        ])

    func run() async throws { throw Self.missingCommand() }
}
