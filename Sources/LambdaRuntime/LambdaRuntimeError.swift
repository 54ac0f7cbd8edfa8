/// Why the runtime loop ended, or the server could not start. The process should exit then; the platform starts another.
public struct LambdaRuntimeError: Error, Sendable {
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// The endpoint is not `host:port`.
        case invalidEndpoint = "invalid-endpoint"
        /// No connection to the Runtime API.
        case unreachable = "unreachable"
        /// The Runtime API closed the connection again and again instead of answering.
        case connectionLost = "connection-lost"
        /// The Runtime API said 5xx: it asks the process to exit at once.
        case runtimeFailed = "runtime-failed"
        /// The Runtime API said something that can't be acted on.
        case unexpectedAnswer = "unexpected-answer"
        /// The address can't be listened on.
        case cannotListen = "cannot-listen"
    }

    public let code: Code
    /// What was seen, for the log: never an event or a reply.
    public let detail: String

    init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
    }
}

extension LambdaRuntimeError: Equatable {
    /// By code, so that a test can write down the one it expects.
    public static func == (left: LambdaRuntimeError, right: LambdaRuntimeError) -> Bool {
        left.code == right.code
    }
}

extension LambdaRuntimeError: CustomStringConvertible {
    public var description: String {
        "\(code.rawValue): \(detail)"
    }
}
