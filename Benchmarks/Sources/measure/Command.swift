import Foundation

/// Other people's programs.
enum Command {
    /// Runs a program and waits for its end.
    ///
    /// - Returns: what it printed; nothing if that was thrown away.
    @discardableResult
    static func run(_ arguments: [String], keepsOutput: Bool) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = keepsOutput ? pipe : FileHandle.nullDevice
        try process.run()
        let output = keepsOutput ? try pipe.fileHandleForReading.readToEnd() ?? Data() : Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { fail("\(arguments[0]) failed") }
        return output
    }
}
