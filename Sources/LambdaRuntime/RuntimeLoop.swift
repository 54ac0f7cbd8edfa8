public import Logging
internal import NIOCore
internal import NIOHTTP1

/// The loop of a custom runtime: asks the Lambda Runtime API for an event, has it handled, and asks for the next.
///
///     let loop = RuntimeLoop(endpoint: "127.0.0.1:9001", logger: logger)
///     try await loop.run { invocation, responder in
///         responder.send(.response(invocation.body))
///     }
///
/// It ends by throwing only: `LambdaRuntimeError` where the process should exit, `CancellationError` if its task was
/// cancelled, which cuts the wait for an event but lets an event that is here be handled and answered.
///
/// - SeeAlso: "Using the Lambda runtime API for custom runtimes", version 2018-06-01.
public struct RuntimeLoop: Sendable {
    private static let base = "/2018-06-01/runtime"

    private let endpoint: String
    private let logger: Logger
    private let failureMessage: String

    /// - Parameters:
    ///   - endpoint: `host:port`, the value of `AWS_LAMBDA_RUNTIME_API`.
    ///   - failureMessage: what a user may read where there is no reply, or one that Lambda doesn't take.
    public init(
        endpoint: String, logger: Logger, failureMessage: String = InvocationReply.defaultFailureMessage
    ) {
        self.endpoint = endpoint
        self.logger = logger
        self.failureMessage = failureMessage
    }

    /// - Parameter onFirstNext: called right before the first event is asked for, where initialisation ends.
    @concurrent
    public func run(onFirstNext: @Sendable () -> Void = {}, _ handler: @escaping InvocationHandler) async throws {
        try await run(onFirstNext: onFirstNext, accepting: acceptor(handler))
    }

    /// The same, with a part that is done the moment an event is there.
    @concurrent
    public func run(
        onFirstNext: @Sendable () -> Void = {}, accepting accept: @escaping InvocationAcceptor
    ) async throws {
        TraceVariable.prepare()
        try await withConnection { connection in
            onFirstNext()
            while true {
                let event = try await next(connection, accept)
                await event.work()
                event.responder.send(.internalError(failureMessage))
                // The runtime has taken the reply.
                try await event.taken.get()
            }
        }
    }

    /// Tells the runtime that this process can't start. The caller exits then.
    @concurrent
    public func reportInitError(type: String, message: String) async throws {
        try await withConnection { connection in
            try await post(.error(type: type, message: message), to: "/init/error", connection).get()
        }
    }

    private func withConnection(_ body: (RuntimeConnection) async throws -> Void) async throws {
        let connection = try RuntimeConnection(endpoint: endpoint)
        do {
            try await body(connection)
        } catch {
            await connection.close()
            throw error
        }
        await connection.close()
    }

    // MARK: An event

    /// An event that was accepted.
    private struct AcceptedEvent: Sendable {
        let work: @Sendable () async -> Void
        let responder: InvocationResponder
        let taken: EventLoopFuture<Void>
    }

    private func next(
        _ connection: RuntimeConnection, _ accept: @escaping InvocationAcceptor
    ) async throws -> AcceptedEvent {
        try Task.checkCancellation()
        let request = RuntimeRequest(
            method: .GET, path: Self.base + "/invocation/next", headers: ["Host": connection.hostHeader])
        do {
            return try await withTaskCancellationHandler {
                // Accepted by the socket's thread, before a thread of the cooperative pool is needed.
                try await connection.send(request).flatMapThrowing { answer in
                    self.accept(try Self.invocation(in: answer), connection, accept)
                }.get()
            } onCancel: {
                connection.stopWaiting()
            }
        } catch {
            try Task.checkCancellation()
            throw error
        }
    }

    private static func invocation(in answer: RuntimeAnswer) throws -> Invocation {
        guard answer.head.status == .ok else {
            throw refusal(of: "next", answer)
        }
        let headers = answer.head.headers
        guard let requestID = headers.first(name: "Lambda-Runtime-Aws-Request-Id"), isPathSafe(requestID) else {
            // Nobody can be answered, and the next one would be this one again.
            throw LambdaRuntimeError(.unexpectedAnswer, "an event without a request id")
        }
        return Invocation(
            requestID: requestID,
            deadlineMilliseconds: headers.first(name: "Lambda-Runtime-Deadline-Ms").flatMap { Int64($0) },
            traceID: headers.first(name: "Lambda-Runtime-Trace-Id"), body: Array(buffer: answer.body),
            arrival: answer.arrival)
    }

    /// Goes into a path, so it must be one segment of it.
    private static func isPathSafe(_ requestID: String) -> Bool {
        !requestID.isEmpty
            && requestID.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"/?#%".utf8.contains($0) }
    }

    private func accept(
        _ invocation: Invocation, _ connection: RuntimeConnection, _ accept: InvocationAcceptor
    ) -> AcceptedEvent {
        TraceVariable.set(invocation.traceID)
        let taken = connection.makePromise()
        let responder = InvocationResponder { reply in
            // On whatever thread this is: futures need no thread of the cooperative pool.
            answer(reply, to: invocation.requestID, connection).cascade(to: taken)
        }
        return AcceptedEvent(
            work: accept(invocation, responder), responder: responder, taken: taken.futureResult)
    }

    // MARK: A reply

    private func answer(
        _ reply: InvocationReply, to requestID: String, _ connection: RuntimeConnection
    ) -> EventLoopFuture<Void> {
        let path = "/invocation/\(requestID)"
        let reply = reply.withinLimit(orElse: failureMessage)
        switch reply {
        case .response(let bytes):
            return post(bytes, errorType: nil, to: path + "/response", connection).flatMap { status in
                guard status == .payloadTooLarge else { return connection.makeSucceededFuture() }
                // The runtime's limit is another than ours. The event must still end, and not by its time-out.
                return post(.internalError(failureMessage), to: path + "/error", connection)
            }
        case .error:
            return post(reply, to: path + "/error", connection)
        }
    }

    private func post(
        _ reply: InvocationReply, to path: String, _ connection: RuntimeConnection
    ) -> EventLoopFuture<Void> {
        guard case .error(let type, let message) = reply else { preconditionFailure("a response has its own path") }
        let error = ErrorObject(type: type, message: message)
        return post(error.json, errorType: error.headerValue, to: path, connection).map { _ in }
    }

    /// The status that the runtime answers, already logged if it refuses; fails if the process should exit.
    private func post(
        _ body: [UInt8], errorType: String?, to path: String, _ connection: RuntimeConnection
    ) -> EventLoopFuture<HTTPResponseStatus> {
        var headers: HTTPHeaders = [
            "Host": connection.hostHeader, "Content-Type": "application/json", "Content-Length": "\(body.count)",
        ]
        if let errorType { headers.add(name: "Lambda-Runtime-Function-Error-Type", value: errorType) }
        let request = RuntimeRequest(method: .POST, path: Self.base + path, headers: headers, body: body)
        return connection.send(request).flatMapThrowing { answer in
            switch answer.head.status.code {
            case 200..<300: break
            case 500...: throw Self.refusal(of: path, answer)
            default:
                // The runtime's word says what it didn't like (an id it no longer knows, a state it isn't in).
                logger.error(
                    "runtime-refused-reply",
                    metadata: [
                        "path": .string(path), "status": .stringConvertible(answer.head.status.code),
                        "answer": .string(Self.excerpt(answer.body)),
                    ])
            }
            return answer.head.status
        }
    }

    private static func refusal(of request: String, _ answer: RuntimeAnswer) -> LambdaRuntimeError {
        let code: LambdaRuntimeError.Code = answer.head.status.code >= 500 ? .runtimeFailed : .unexpectedAnswer
        return LambdaRuntimeError(code, "\(answer.head.status.code) to \(request): \(excerpt(answer.body))")
    }

    private static func excerpt(_ body: ByteBuffer) -> String {
        String(decoding: body.readableBytesView.prefix(512), as: UTF8.self)
    }
}
