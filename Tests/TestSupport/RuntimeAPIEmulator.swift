public import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// A small, strict Lambda Runtime API (version 2018-06-01) on a loopback port that the system hands out.
///
///     let emulator = try await RuntimeAPIEmulator.start()
///     // … start the runtime with AWS_LAMBDA_RUNTIME_API=\(emulator.endpoint) …
///     let outcome = try await emulator.invoke(Array("{}".utf8))
///     await emulator.stop()
///
/// It hands out one event at a time, in the order they were queued, and refuses what Lambda refuses: a reply for an id
/// that isn't known (400), a second reply or one before its turn (403), an error without its header or with another body
/// than an error object (400), a response over 6 MB (413), an initialisation error after the first `next` (403). Each
/// refusal is kept in `refusals`, for tests that expect none. The runtime may be a process of its own.
public final class RuntimeAPIEmulator: Sendable {
    /// How an invocation ended.
    public enum Outcome: Sendable, Hashable {
        case response([UInt8])
        /// `type` is the header's value, `Function.<errorType>`; `body` the error object as it came.
        case error(type: String, body: [UInt8])
    }

    public struct InitError: Sendable, Hashable {
        public let type: String
        public let body: [UInt8]

        public init(type: String, body: [UInt8]) {
            self.type = type
            self.body = body
        }
    }

    /// A request that was refused.
    public struct Refusal: Sendable, Hashable {
        public let status: Int
        public let request: String
        public let reason: String
    }

    /// What can go wrong with the emulator itself.
    public enum Failure: Error, Sendable, Hashable {
        /// Nobody replied in time.
        case timedOut
        /// The reply got the status that the test asked for, and the invocation ended without one.
        case replyRefused
        case stopped
    }

    /// What the runtime was seen doing, as it happens, on the emulator's own thread: must not block.
    public enum Observation: Sendable, Hashable {
        case next
        case handedOut(requestID: String)
        case replied(requestID: String)
        case initError
    }

    private let group: MultiThreadedEventLoopGroup
    private let server: any Channel
    private let state: NIOLoopBound<RuntimeAPIState>
    private let isStopped = Atomic(false)

    /// `host:port`, the value for `AWS_LAMBDA_RUNTIME_API`.
    public let endpoint: String

    private init(
        group: MultiThreadedEventLoopGroup, server: any Channel, state: NIOLoopBound<RuntimeAPIState>, endpoint: String
    ) {
        self.group = group
        self.server = server
        self.state = state
        self.endpoint = endpoint
    }

    /// - Parameter maxResponseBytes: for tests of the 413; Lambda's 6 MB unless said.
    public static func start(
        maxResponseBytes: Int = 6 * 1024 * 1024,
        onObservation: @escaping @Sendable (Observation) -> Void = { _ in }
    ) async throws -> RuntimeAPIEmulator {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let state = try await loop.submit {
            NIOLoopBound(
                RuntimeAPIState(maxResponseBytes: maxResponseBytes, onObservation: onObservation), eventLoop: loop)
        }.get()
        let server = try await ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(RuntimeAPIHandler(state: state.value))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = server.localAddress?.port ?? 0
        return RuntimeAPIEmulator(group: group, server: server, state: state, endpoint: "127.0.0.1:\(port)")
    }

    /// Queues an event and waits for what the runtime makes of it.
    ///
    /// - Parameters:
    ///   - deadline: from now, becomes `Lambda-Runtime-Deadline-Ms`; the emulator itself doesn't enforce it.
    ///   - limit: how long to wait for a reply before `Failure.timedOut`.
    public func invoke(
        _ event: [UInt8], deadline: Duration = .seconds(5), requestID: String = UUID().uuidString.lowercased(),
        traceID: String? = nil, within limit: Duration = .seconds(30)
    ) async throws -> Outcome {
        let parts = deadline.components
        let deadlineMilliseconds =
            Int64(Date().timeIntervalSince1970 * 1000) + parts.seconds * 1000 + parts.attoseconds
            / 1_000_000_000_000_000
        return try await future(within: limit) { state, promise in
            state.queue(
                .init(
                    requestID: requestID, deadlineMilliseconds: deadlineMilliseconds, traceID: traceID, body: event,
                    outcome: promise))
        }
    }

    /// The initialisation error that was reported, or will be.
    public func initError(within limit: Duration = .seconds(30)) async throws -> InitError {
        try await future(within: limit) { state, promise in state.awaitInitError(promise) }
    }

    /// Returns once the runtime asks for an event: it is initialised then, and idle.
    public func nextIsAsked(within limit: Duration = .seconds(30)) async throws {
        try await future(within: limit) { state, promise in state.awaitNext(promise) }
    }

    public var refusals: [Refusal] {
        get async throws { try await onLoop { $0.refusals } }
    }

    // MARK: Faults

    /// The next `count` requests for an event, or replies, get this status instead of being looked at.
    public func failRequests(with status: Int, for kind: FaultyRequest, count: Int = 1) async throws {
        try await onLoop { $0.faults[kind, default: []] += Array(repeating: status, count: count) }
    }

    public enum FaultyRequest: Sendable, Hashable {
        case next, reply
    }

    /// Closes every connection now, also one on which an event is waited for.
    public func closeConnections() async throws {
        try await onLoop { $0.closeConnections() }
    }

    /// Closes the connection after each reply it took, without having announced it.
    public func closeAfterReplies() async throws {
        try await onLoop { $0.closesAfterReplies = true }
    }

    /// Hands the next event out without its request id.
    public func omitRequestID() async throws {
        try await onLoop { $0.omitsRequestID = true }
    }

    /// Ends the emulator; who still waits gets `Failure.stopped`. Nothing can be asked of it afterwards, but to stop.
    public func stop() async {
        guard !isStopped.exchange(true, ordering: .sequentiallyConsistent) else { return }
        try? await onLoop { $0.stop() }
        try? await server.close()
        try? await group.shutdownGracefully()
    }

    private func onLoop<Result: Sendable>(
        _ body: @escaping @Sendable (RuntimeAPIState) throws -> Result
    ) async throws -> Result {
        try await server.eventLoop.submit { [state] in try body(state.value) }.get()
    }

    private func future<Result: Sendable>(
        within limit: Duration, _ body: @escaping @Sendable (RuntimeAPIState, EventLoopPromise<Result>) -> Void
    ) async throws -> Result {
        let promise = server.eventLoop.makePromise(of: Result.self)
        server.eventLoop.execute { [state] in body(state.value, promise) }
        let timeout = server.eventLoop.scheduleTask(in: TimeAmount(limit)) { promise.fail(Failure.timedOut) }
        promise.futureResult.whenComplete { _ in timeout.cancel() }
        return try await promise.futureResult.get()
    }
}

/// All the emulator knows; only touched on its event loop.
private final class RuntimeAPIState {
    struct Invocation {
        let requestID: String
        let deadlineMilliseconds: Int64
        let traceID: String?
        let body: [UInt8]
        let outcome: EventLoopPromise<RuntimeAPIEmulator.Outcome>
    }

    let maxResponseBytes: Int
    let onObservation: @Sendable (RuntimeAPIEmulator.Observation) -> Void
    var faults: [RuntimeAPIEmulator.FaultyRequest: [Int]] = [:]
    var closesAfterReplies = false
    var omitsRequestID = false
    private(set) var refusals: [RuntimeAPIEmulator.Refusal] = []

    private var queued: [Invocation] = []
    /// The event that was handed out and has no reply yet.
    private var current: Invocation?
    private var replied: Set<String> = []
    private var isInitialised = false
    private var waitingForEvent: RuntimeAPIHandler?
    private var connections: [ObjectIdentifier: any Channel] = [:]
    private var initErrors: [RuntimeAPIEmulator.InitError] = []
    private var initErrorWaiters: [EventLoopPromise<RuntimeAPIEmulator.InitError>] = []
    private var nextWaiters: [EventLoopPromise<Void>] = []

    init(maxResponseBytes: Int, onObservation: @escaping @Sendable (RuntimeAPIEmulator.Observation) -> Void) {
        self.maxResponseBytes = maxResponseBytes
        self.onObservation = onObservation
    }

    // MARK: The test's side

    func queue(_ invocation: Invocation) {
        queued.append(invocation)
        handOut()
    }

    func awaitInitError(_ promise: EventLoopPromise<RuntimeAPIEmulator.InitError>) {
        if let error = initErrors.first { promise.succeed(error) } else { initErrorWaiters.append(promise) }
    }

    func awaitNext(_ promise: EventLoopPromise<Void>) {
        if waitingForEvent != nil { promise.succeed() } else { nextWaiters.append(promise) }
    }

    func closeConnections() {
        for channel in connections.values { channel.close(promise: nil) }
    }

    func stop() {
        for invocation in queued + (current.map { [$0] } ?? []) {
            invocation.outcome.fail(RuntimeAPIEmulator.Failure.stopped)
        }
        for promise in initErrorWaiters { promise.fail(RuntimeAPIEmulator.Failure.stopped) }
        for promise in nextWaiters { promise.fail(RuntimeAPIEmulator.Failure.stopped) }
        (queued, current, initErrorWaiters, nextWaiters) = ([], nil, [], [])
        closeConnections()
    }

    // MARK: The runtime's side

    func opened(_ channel: any Channel) {
        connections[ObjectIdentifier(channel)] = channel
    }

    func closed(_ channel: any Channel, _ handler: RuntimeAPIHandler) {
        connections[ObjectIdentifier(channel)] = nil
        if waitingForEvent === handler { waitingForEvent = nil }
    }

    func received(_ head: HTTPRequestHead, _ body: ByteBuffer, _ connection: RuntimeAPIHandler) {
        let request = "\(head.method) \(head.uri)"
        let bytes = Array(buffer: body)

        func refuse(_ status: Int, _ type: String, _ message: String) {
            refusals.append(.init(status: status, request: request, reason: message))
            connection.answer(status, json: ["errorType": type, "errorMessage": message])
        }

        guard head.headers.contains(name: "Host") else { return refuse(400, "BadRequest", "no Host header") }
        let base = "/2018-06-01/runtime/"
        guard head.uri.hasPrefix(base) else { return refuse(404, "NotFound", "no such path") }
        let path = head.uri.dropFirst(base.count).split(separator: "/", omittingEmptySubsequences: false).map(
            String.init)

        switch (head.method, path.count, path.first, path.last) {
        case (.GET, 2, "invocation", "next"):
            if let status = takeFault(.next) { return refuse(status, "Fault", "asked for by the test") }
            guard current == nil else { return refuse(403, "InvalidStateTransition", "the last event has no reply") }
            guard waitingForEvent == nil else { return refuse(403, "InvalidStateTransition", "next is being asked") }
            isInitialised = true
            waitingForEvent = connection
            onObservation(.next)
            for promise in nextWaiters { promise.succeed() }
            nextWaiters = []
            handOut()

        case (.POST, 3, "invocation", "response"), (.POST, 3, "invocation", "error"):
            if let status = takeFault(.reply) {
                current.take()?.outcome.fail(RuntimeAPIEmulator.Failure.replyRefused)
                return refuse(status, "Fault", "asked for by the test")
            }
            guard let invocation = current, invocation.requestID == path[1] else {
                if replied.contains(path[1]) {
                    return refuse(403, "InvalidStateTransition", "this event has its reply")
                }
                return refuse(400, "InvalidRequestID", "unknown request id")
            }
            let outcome: RuntimeAPIEmulator.Outcome
            if path[2] == "response" {
                guard bytes.count <= maxResponseBytes else {
                    return refuse(413, "RequestEntityTooLarge", "the response has \(bytes.count) bytes")
                }
                outcome = .response(bytes)
            } else {
                switch Self.errorReport(head, bytes) {
                case .success(let error): outcome = .error(type: error.type, body: error.body)
                case .failure(let problem): return refuse(400, "InvalidRequest", problem.text)
                }
            }
            current = nil
            replied.insert(invocation.requestID)
            onObservation(.replied(requestID: invocation.requestID))
            invocation.outcome.succeed(outcome)
            connection.answer(202, json: ["status": "OK"], thenClose: closesAfterReplies)

        case (.POST, 2, "init", "error"):
            guard !isInitialised else { return refuse(403, "InvalidStateTransition", "initialisation is over") }
            switch Self.errorReport(head, bytes) {
            case .failure(let problem): return refuse(400, "InvalidRequest", problem.text)
            case .success(let error):
                initErrors.append(error)
                onObservation(.initError)
                for promise in initErrorWaiters { promise.succeed(error) }
                initErrorWaiters = []
                connection.answer(202, json: ["status": "OK"])
            }

        case (_, 2, "invocation", "next"), (_, 3, "invocation", "response"), (_, 3, "invocation", "error"),
            (_, 2, "init", "error"):
            refuse(405, "MethodNotAllowed", "another method")

        default:
            refuse(404, "NotFound", "no such path")
        }
    }

    private func takeFault(_ kind: RuntimeAPIEmulator.FaultyRequest) -> Int? {
        guard let statuses = faults[kind], !statuses.isEmpty else { return nil }
        return faults[kind]?.removeFirst()
    }

    private func handOut() {
        guard let connection = waitingForEvent, current == nil, !queued.isEmpty else { return }
        let invocation = queued.removeFirst()
        waitingForEvent = nil
        current = invocation
        var headers: HTTPHeaders = [
            "Content-Type": "application/json",
            "Lambda-Runtime-Deadline-Ms": "\(invocation.deadlineMilliseconds)",
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:us-east-1:123456789012:function:function",
        ]
        if !omitsRequestID { headers.add(name: "Lambda-Runtime-Aws-Request-Id", value: invocation.requestID) }
        if let traceID = invocation.traceID { headers.add(name: "Lambda-Runtime-Trace-Id", value: traceID) }
        onObservation(.handedOut(requestID: invocation.requestID))
        connection.answer(200, headers, invocation.body)
    }

    private struct Problem: Error {
        let text: String
    }

    /// An error as Lambda takes it: the header, and an error object as the body.
    private static func errorReport(
        _ head: HTTPRequestHead, _ body: [UInt8]
    ) -> Result<RuntimeAPIEmulator.InitError, Problem> {
        guard let type = head.headers.first(name: "Lambda-Runtime-Function-Error-Type") else {
            return .failure(Problem(text: "no Lambda-Runtime-Function-Error-Type"))
        }
        let parts = type.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts.allSatisfy({ !$0.isEmpty }) else {
            return .failure(Problem(text: "the error type isn't Category.Reason"))
        }
        guard let object = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any],
            object["errorType"] is String, object["errorMessage"] is String
        else {
            return .failure(Problem(text: "the body isn't an error object"))
        }
        return .success(.init(type: type, body: body))
    }
}

/// One connection of the runtime.
private final class RuntimeAPIHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let state: RuntimeAPIState
    private var context: ChannelHandlerContext?
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()

    init(state: RuntimeAPIState) {
        self.state = state
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        state.opened(context.channel)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        state.closed(context.channel, self)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = ByteBuffer()
        case .body(var bytes):
            body.writeBuffer(&bytes)
        case .end:
            guard let head = head.take() else { return }
            state.received(head, body, self)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func answer(_ status: Int, json: [String: String], thenClose: Bool = false) {
        let body = (try? JSONSerialization.data(withJSONObject: json, options: .sortedKeys)) ?? Data()
        answer(status, ["Content-Type": "application/json"], Array(body), thenClose: thenClose)
    }

    func answer(_ status: Int, _ headers: HTTPHeaders, _ body: [UInt8], thenClose: Bool = false) {
        guard let context else { return }
        var headers = headers
        headers.replaceOrAdd(name: "Content-Length", value: "\(body.count)")
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        if thenClose { context.close(promise: nil) }
    }
}
