import Foundation
import Synchronization

/// One of our programs, as it was built, run as a process.
final class Program: Sendable {
    struct Result: Sendable {
        let status: Int32
        let output: String
        let errors: String
    }

    /// The folder of the built programs: that of the test bundle.
    static let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().path

    private let process = Process()
    private let output: CollectedOutput
    private let errors: CollectedOutput
    private let status = Mutex<(value: Int32?, waiters: [CheckedContinuation<Int32, Never>])>((nil, []))

    /// - Parameters:
    ///   - name: of a product of the package, or a path.
    ///   - environment: all of it: nothing is inherited but PATH.
    init(
        _ name: String, _ arguments: [String] = [], environment: [String: String] = [:], input: [UInt8] = [],
        in folder: String? = nil
    ) throws {
        process.executableURL = URL(fileURLWithPath: name.hasPrefix("/") ? name : "\(Self.folder)/\(name)")
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        let (outputPipe, errorPipe, inputPipe) = (Pipe(), Pipe(), Pipe())
        process.standardOutput = outputPipe
        process.standardError = errorPipe
        process.standardInput = inputPipe
        output = CollectedOutput(outputPipe)
        errors = CollectedOutput(errorPipe)
        process.terminationHandler = { [weak self] process in self?.ended(process.terminationStatus) }
        try process.run()
        Thread.detachNewThread {
            try? inputPipe.fileHandleForWriting.write(contentsOf: Data(input))
            try? inputPipe.fileHandleForWriting.close()
        }
    }

    deinit {
        if process.isRunning { process.terminate() }
    }

    private func ended(_ code: Int32) {
        let waiters = status.withLock { status in
            status.value = code
            defer { status.waiters = [] }
            return status.waiters
        }
        for waiter in waiters { waiter.resume(returning: code) }
    }

    /// Waits for its end.
    func result() async -> Result {
        let code = await withCheckedContinuation { continuation in
            let ended = status.withLock { status -> Int32? in
                if status.value == nil { status.waiters.append(continuation) }
                return status.value
            }
            if let ended { continuation.resume(returning: ended) }
        }
        return Result(status: code, output: await output.whole(), errors: await errors.whole())
    }

    /// What it has written to standard error so far.
    var errorsSoFar: String { errors.soFar }

    func signal(_ number: Int32) {
        kill(process.processIdentifier, number)
    }

    /// Runs one to its end.
    static func run(
        _ name: String, _ arguments: [String], environment: [String: String] = [:], input: String = "",
        in folder: String? = nil
    ) async throws -> Result {
        try await Program(name, arguments, environment: environment, input: Array(input.utf8), in: folder).result()
    }
}

/// Everything that comes out of a pipe.
private final class CollectedOutput: Sendable {
    private let state = Mutex<(data: Data, isOver: Bool, waiter: CheckedContinuation<Void, Never>?)>((Data(), false, nil))

    init(_ pipe: Pipe) {
        pipe.fileHandleForReading.readabilityHandler = { [weak self] handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            self?.take(data)
        }
    }

    private func take(_ data: Data) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.data.append(data)
            guard data.isEmpty else { return nil }
            state.isOver = true
            return state.waiter.take()
        }
        waiter?.resume()
    }

    var soFar: String {
        state.withLock { String(decoding: $0.data, as: UTF8.self) }
    }

    func whole() async -> String {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.isOver { state.waiter = continuation }
                return state.isOver
            }
            if isOver { continuation.resume() }
        }
        return soFar
    }
}
