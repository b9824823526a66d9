import Foundation

/// The terminal that this process belongs to, whatever its standard input is.
enum SystemTerminal {
    /// Asks a question and reads one line that is not shown.
    ///
    /// - Throws: `ExperimentError.missingInput` where there is no terminal.
    static func readWithoutEcho(prompt: String) throws(ExperimentError) -> [UInt8] {
        let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
        guard terminal >= 0 else {
            throw ExperimentError.missingInput(
                "pin-source=prompt needs a terminal: use env:NAME or file:/path here")
        }
        defer { close(terminal) }
        var settings = termios()
        tcgetattr(terminal, &settings)
        let original = settings
        settings.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(terminal, TCSAFLUSH, &settings)
        defer { withUnsafePointer(to: original) { _ = tcsetattr(terminal, TCSAFLUSH, $0) } }
        let question = Array(prompt.utf8)
        _ = write(terminal, question, question.count)
        var (bytes, byte): ([UInt8], UInt8) = ([], 0)
        while read(terminal, &byte, 1) == 1, byte != UInt8(ascii: "\n") { bytes.append(byte) }
        _ = write(terminal, [UInt8(ascii: "\n")], 1)
        return bytes
    }
}
