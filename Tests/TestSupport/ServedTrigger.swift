import Foundation
import Synchronization

/// `migrate-cli serve` over a configuration, as a process, asked over HTTP.
public final class ServedTrigger: Sendable {
    /// What it says to an event.
    public struct Reply: Sendable {
        public let status: Int
        public let bytes: [UInt8]
        public let isError: Bool
        /// As this process saw it, the connection to it included.
        public let duration: Duration
    }

    public let program: Program
    /// With the configuration.
    public let folder: TemporaryFolder
    private let port: Int
    private let answered = Atomic(0)

    /// - Parameters:
    ///   - yaml: connectors.yaml; relative files lie in `folder`.
    ///   - command: what starts it; migrate-cli and its arguments come behind it.
    public init(
        _ yaml: String, environment: [String: String] = [:], in folder: TemporaryFolder? = nil,
        arguments: [String] = [], by command: [String] = []
    ) async throws {
        self.folder = try folder ?? TemporaryFolder("serve")
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: self.folder.file("connectors.yaml")))
        let words = command + ["\(Program.folder)/migrate-cli", "serve", "--listen", "127.0.0.1:0"] + arguments
        program = try Program(words[0], Array(words.dropFirst()), environment: environment, in: self.folder.path)
        let address = try await program.listeningAddress()
        guard let port = URL(string: address)?.port else {
            throw ChildProcess.Failure(description: "no port in \(address)")
        }
        self.port = port
    }

    deinit {
        program.signal(SIGKILL)
    }

    public func send(_ event: String, within limit: Duration = .seconds(30)) async throws -> Reply {
        let exchange = try await HTTPExchange.post(
            Array(event.utf8), to: "/2015-03-31/functions/function/invocations", port: port, within: limit)
        answered.wrappingAdd(1, ordering: .relaxed)
        return Reply(
            status: exchange.status, bytes: exchange.body,
            isError: exchange.header("X-Amz-Function-Error") == "Unhandled", duration: exchange.duration)
    }

    /// Its lines about invocations, in their order: one for each event that was answered so far, at least.
    public func invocations() async throws -> [InvocationLine] {
        var lines = try InvocationLine.all(in: program.errorsSoFar)
        // A line is written after its answer.
        for _ in 0..<200 where lines.count < answered.load(ordering: .relaxed) {
            try await Task.sleep(for: .milliseconds(10))
            lines = try InvocationLine.all(in: program.errorsSoFar)
        }
        return lines
    }

    /// Stops it.
    ///
    /// - Returns: all that it wrote to standard error.
    /// - Throws: unless it ended with 0.
    @discardableResult
    public func end() async throws -> String {
        program.signal(SIGINT)
        let result = await program.result()
        guard result.status == 0 else {
            throw ChildProcess.Failure(description: "it ended with \(result.status): \(result.errors)")
        }
        return result.errors
    }
}

/// The log's line of one invocation.
public struct InvocationLine: Sendable {
    public let requestID: String?
    public let verdict: String?
    public let directory: String?
    public let reason: String?
    public let cache: String?
    /// By the process's own clock, from the event's arrival.
    public let milliseconds: Int

    public static func all(in log: String) throws -> [InvocationLine] {
        // The last line may be there in part only.
        let lines = log.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        return try lines.filter { $0.hasPrefix("{") }.compactMap { line in
            guard let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
                object["message"] as? String == "invocation",
                let times = object["ms"] as? [String: Any], let total = times["total"] as? Int
            else { return nil }
            return InvocationLine(
                requestID: object["requestId"] as? String, verdict: object["verdict"] as? String,
                directory: object["directory"] as? String, reason: object["reason"] as? String,
                cache: object["cache"] as? String, milliseconds: total)
        }
    }
}
