import Foundation
import Testing

/// Makes what the commands of the pages find, once for all tests of a suite.
struct OneDesk: SuiteTrait, TestScoping {
    @TaskLocal static var surroundings: String?

    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        let bench = try Bench()
        let made = try bench.startUnblocked(
            DocumentationShell.path("surroundings"),
            [bench.path("desk"), Page.root.path, try BuildFolder.command().path]
        ).wait()
        guard made.code == 0 else { throw NotMade(error: made.error) }
        try await Self.$surroundings.withValue(bench.path("desk")) { try await function() }
    }

    /// What the script said.
    private struct NotMade: Error { let error: String }
}

extension Trait where Self == OneDesk {
    /// The surroundings of the pages' commands, for all tests of the suite.
    static var oneDesk: Self { Self() }
}
