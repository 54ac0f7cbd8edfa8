public import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A handler behind a local HTTP endpoint, as Lambda's own emulator offers one: `POST` an event to
/// `/2015-03-31/functions/function/invocations`, get the reply.
///
///     let server = InvocationServer(logger: logger, handler: handler)
///     let address = try await server.start(host: "127.0.0.1", port: 0)
///     print("listening on http://\(address)")
///     // …
///     await server.shutdown()
///
/// `GET /metrics` is answered with the metrics, if there are any to tell. `GET` or `HEAD /healthz` is answered with 200 as
/// long as the process answers events, and with 503 while it shuts down. It says nothing of what the handler depends on:
/// who restarts a process because a server elsewhere is away makes an outage longer.
///
/// An invocation error is status 200 with the header `X-Amz-Function-Error: Unhandled` and the error object as its body.
/// What isn't an invocation is refused with a status and `{"message":…}`: another path 404, another method 405, an event
/// over 6 MB 413. Requests of several connections are handled concurrently, those of one connection in turn. For trying
/// out and tests on one machine: it speaks no TLS and asks nobody who they are.
public final class InvocationServer: Sendable {
    /// What a client may cost. A request that isn't complete in time is answered with 408, more connections than these
    /// wait to be accepted.
    public struct Limits: Sendable, Hashable {
        /// From the connection's start, or its last reply, to the end of the next request; idle or slow alike.
        public var requestTime: Duration = .seconds(30)
        public var connections = 256

        public init() {}
    }

    /// Where the server listens.
    public struct Address: Sendable, Hashable, CustomStringConvertible {
        public let host: String
        public let port: Int

        /// `host:port`, an IPv6 address in brackets.
        public var description: String {
            host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }

    static let healthPath = "/healthz"
    static let metricsPath = "/metrics"
    static let path = "/2015-03-31/functions/function/invocations"

    private struct State {
        var listener: (any Channel)?
        var isShutDown = false
        var nextID: UInt64 = 0
        var handling: [UInt64: Task<Void, Never>] = [:]
    }

    private let accept: InvocationAcceptor
    private let failureMessage: String
    private let logger: Logger
    private let metrics: (@Sendable () -> String)?
    private let limits: Limits
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let connections: NIOLoopBoundBox<OpenConnections>
    private let state = Mutex(State())

    /// - Parameters:
    ///   - logger: for what is refused; the handler logs its invocations itself.
    ///   - metrics: what `GET /metrics` tells, in the text format of `MetricsRegistry`.
    public convenience init(
        logger: Logger, limits: Limits = Limits(), metrics: (@Sendable () -> String)? = nil,
        handler: @escaping InvocationHandler
    ) {
        self.init(logger: logger, limits: limits, metrics: metrics, accepting: acceptor(handler))
    }

    /// The same, with a part that is done the moment an event is there.
    ///
    /// - Parameters:
    ///   - failureMessage: what a user may read where there is no reply, or one that Lambda wouldn't take.
    ///   - metrics: what `GET /metrics` tells, in the text format of `MetricsRegistry`.
    public init(
        logger: Logger, limits: Limits = Limits(), failureMessage: String = InvocationReply.defaultFailureMessage,
        metrics: (@Sendable () -> String)? = nil, accepting accept: @escaping InvocationAcceptor
    ) {
        self.accept = accept
        self.failureMessage = failureMessage
        self.logger = logger
        self.metrics = metrics
        self.limits = limits
        connections = .makeBoxSendingValue(OpenConnections(limit: limits.connections), eventLoop: group.next())
    }

    /// Listens, and returns the address that it got.
    ///
    /// - Parameter port: 0 for any that is free.
    /// - Throws: `LambdaRuntimeError.cannotListen`, which names the address and the reason. Called once.
    @concurrent
    public func start(host: String, port: Int) async throws -> Address {
        let listener: any Channel
        do {
            listener = try await ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                // One at a time, so that the limit is exact.
                .serverChannelOption(.maxMessagesPerRead, value: 1)
                .serverChannelInitializer { [connections] channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(AcceptGate(connections: connections.value))
                    }
                }
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelOption(.allowRemoteHalfClosure, value: true)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                        try channel.pipeline.syncOperations.addHandler(
                            InvocationChannelHandler(
                                requestTime: TimeAmount(self.limits.requestTime),
                                logger: self.logger, metrics: self.metrics,
                                isShuttingDown: { self.state.withLock(\.isShutDown) }, handle: self.handle))
                    }
                }
                .bind(host: host, port: port).get()
        } catch {
            // NIO's own text names its function; the system's says why.
            let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
            throw LambdaRuntimeError(.cannotListen, "\(Address(host: host, port: port)): \(reason)")
        }
        let isLate = state.withLock { state in
            state.listener = listener
            return state.isShutDown
        }
        if isLate { try? await listener.close() }
        let address = listener.localAddress
        return Address(host: address?.ipAddress ?? host, port: address?.port ?? port)
    }

    /// Accepts nothing more, lets the requests that are here be answered, and ends. Safe to call again.
    ///
    /// It waits for the handlers, which are bounded, and at most `Limits.requestTime` for a slow client.
    @concurrent
    public func shutdown() async {
        let (isFirst, listener) = state.withLock { state in
            defer { state.isShutDown = true }
            return (!state.isShutDown, state.listener)
        }
        guard isFirst else { return }
        // Its only error is that it is closed already.
        try? await listener?.close()
        await drain()
        while let task = state.withLock({ $0.handling.first?.value }) { await task.value }
        try? await group.shutdownGracefully()
    }

    private func drain() async {
        let loop = group.next()
        let drained = loop.flatSubmit { [connections] in
            connections.value.drain() ?? loop.makeSucceededVoidFuture()
        }
        // Can't fail: how each connection ended doesn't matter.
        try? await drained.get()
    }

    /// Starts the handler for one event; `reply` is called exactly once, on any thread.
    private func handle(_ body: [UInt8], reply: @escaping @Sendable (InvocationReply) -> Void) {
        let invocation = Invocation(
            requestID: RequestID.random(), deadlineMilliseconds: nil, traceID: nil, body: body, arrival: .now)
        let responder = InvocationResponder { [failureMessage] in reply($0.withinLimit(orElse: failureMessage)) }
        let work = accept(invocation, responder)
        state.withLock { state in
            let id = state.nextID
            state.nextID += 1
            // Its parent is the server: `shutdown` waits for it.
            state.handling[id] = Task {
                await work()
                responder.send(.internalError(self.failureMessage))
                _ = self.state.withLock { $0.handling.removeValue(forKey: id) }
            }
        }
    }
}

enum RequestID {
    /// A random UUID (RFC 9562, version 4), as Lambda names its invocations.
    static func random() -> String {
        var bytes: [UInt8] = (0..<16).map { _ in .random(in: 0...255) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        var text: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text.append(UInt8(ascii: "-")) }
            text.append(hexDigit(byte >> 4))
            text.append(hexDigit(byte & 15))
        }
        return String(decoding: text, as: UTF8.self)
    }
}
