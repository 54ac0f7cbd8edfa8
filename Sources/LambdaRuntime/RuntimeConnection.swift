internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// The one keep-alive connection to the Runtime API, opened when it is needed and again after the runtime closed it.
///
/// It lives on one thread of its own, and everything about it is a future: a request can be sent from any thread.
final class RuntimeConnection: Sendable {
    /// How often a request is sent anew because the connection was closed before an answer. The runtime handing out one
    /// event twice, or taking a reply twice, is its own business: it refuses the second reply.
    private static let maxAttempts = 3

    private let host: String
    private let port: Int
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let eventLoop: any EventLoop
    private let channel: NIOLoopBoundBox<(any Channel)?>
    private let waitsNoMore: NIOLoopBoundBox<Bool>

    /// - Parameter endpoint: `host:port`; the port is 80 if there is none.
    init(endpoint: String) throws(LambdaRuntimeError) {
        guard let (host, port) = Self.split(endpoint) else {
            throw LambdaRuntimeError(.invalidEndpoint, "\"\(endpoint)\" is not host:port")
        }
        self.host = host
        self.port = port
        eventLoop = group.next()
        channel = .makeBoxSendingValue(nil, eventLoop: eventLoop)
        waitsNoMore = .makeBoxSendingValue(false, eventLoop: eventLoop)
    }

    var hostHeader: String { port == 80 ? host : "\(host.contains(":") ? "[\(host)]" : host):\(port)" }

    /// The runtime's answer, however long it takes. One request at a time.
    ///
    /// No answer has a time limit: the process is frozen while it waits for the next event, and may be frozen as soon as
    /// the runtime has a reply, so a timer would measure the freezer.
    func send(_ request: RuntimeRequest) -> EventLoopFuture<RuntimeAnswer> {
        eventLoop.flatSubmit { self.send(request, attempt: 1) }
    }

    private func send(_ request: RuntimeRequest, attempt: Int) -> EventLoopFuture<RuntimeAnswer> {
        open().flatMap { channel in
            if request.isWait, self.waitsNoMore.value {
                return channel.eventLoop.makeFailedFuture(RuntimeExchangeHandler.stopped)
            }
            let answer = channel.eventLoop.makePromise(of: RuntimeAnswer.self)
            // The handler fails the promise itself, unless the channel was closed before it saw the write.
            channel.writeAndFlush(RuntimeExchange(request: request, answer: answer)).whenFailure { answer.fail($0) }
            return answer.futureResult
        }.flatMapError { error in
            guard attempt < Self.maxAttempts, Self.isClosedConnection(error) else {
                return self.eventLoop.makeFailedFuture(Self.explain(error))
            }
            return self.send(request, attempt: attempt + 1)
        }
    }

    private func open() -> EventLoopFuture<any Channel> {
        if let channel = channel.value, channel.isActive { return eventLoop.makeSucceededFuture(channel) }
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(.seconds(5))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(RuntimeExchangeHandler())
                }
            }
        // An address, as in Lambda, needs no look-up, which would take a thread of its own.
        let connected =
            if let address = try? SocketAddress(ipAddress: host, port: port) {
                bootstrap.connect(to: address)
            } else {
                bootstrap.connect(host: host, port: port)
            }
        return connected.map { channel in
            self.channel.value = channel
            return channel
        }.flatMapErrorThrowing { error in
            throw LambdaRuntimeError(.unreachable, "\(self.hostHeader): \(error)")
        }
    }

    func makePromise() -> EventLoopPromise<Void> { eventLoop.makePromise() }
    func makeSucceededFuture() -> EventLoopFuture<Void> { eventLoop.makeSucceededVoidFuture() }

    /// Ends what is under way and the thread.
    func close() async {
        // Its only error is a second call.
        try? await group.shutdownGracefully()
    }

    /// Ends the wait for an event with `connectionLost`, be it under way or yet to begin; from any thread. A reply still
    /// goes out.
    func stopWaiting() {
        eventLoop.execute {
            self.waitsNoMore.value = true
            self.channel.value?.pipeline.fireUserInboundEventTriggered(RuntimeExchangeHandler.StopWaiting())
        }
    }

    private static func isClosedConnection(_ error: any Error) -> Bool {
        switch error {
        case is RuntimeExchangeHandler.Closed: true
        // A write on a dead socket: EPIPE, ECONNRESET.
        case is IOError: true
        // In the middle of an answer.
        case let error as HTTPParserError: error == .invalidEOFState
        case let error as ChannelError: error == .ioOnClosedChannel || error == .alreadyClosed || error == .eof
        default: false
        }
    }

    private static func explain(_ error: any Error) -> any Error {
        switch error {
        case is LambdaRuntimeError: error
        case is HTTPParserError: LambdaRuntimeError(.unexpectedAnswer, "not HTTP: \(error)")
        default: LambdaRuntimeError(.connectionLost, "\(error)")
        }
    }

    /// `host:port`, `host`, `[::1]:port`.
    static func split(_ endpoint: String) -> (host: String, port: Int)? {
        var host = Substring(endpoint)
        var port = 80
        if let colon = endpoint.lastIndex(of: ":"), !endpoint.hasSuffix("]") {
            guard let number = UInt16(endpoint[endpoint.index(after: colon)...]), number > 0 else { return nil }
            port = Int(number)
            host = endpoint[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return host.isEmpty ? nil : (String(host), port)
    }
}

struct RuntimeRequest: Sendable {
    let method: HTTPMethod
    let path: String
    var headers: HTTPHeaders = [:]
    var body: [UInt8] = []

    /// Whether it asks for an event, and so may wait for hours.
    var isWait: Bool { method == .GET }
}

struct RuntimeAnswer: Sendable {
    let head: HTTPResponseHead
    var body: ByteBuffer
    /// When the head was here.
    let arrival: ContinuousClock.Instant
}

/// A request on its way down the pipeline, with the promise of its answer.
private struct RuntimeExchange: Sendable {
    let request: RuntimeRequest
    let answer: EventLoopPromise<RuntimeAnswer>
}

/// Turns exchanges into HTTP and back, one at a time.
private final class RuntimeExchangeHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundIn = RuntimeExchange
    typealias OutboundOut = HTTPClientRequestPart

    /// The connection went before the answer was complete.
    struct Closed: Error {}
    /// Asks to close the connection if an event is being waited for.
    struct StopWaiting: Sendable {}
    static let stopped = LambdaRuntimeError(.connectionLost, "closed by this side")

    private var pending: RuntimeExchange?
    private var partial: RuntimeAnswer?

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let exchange = unwrapOutboundIn(data)
        precondition(pending == nil, "one exchange at a time")
        pending = exchange
        let request = exchange.request
        let head = HTTPRequestHead(
            version: .http1_1, method: request.method, uri: request.path, headers: request.headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !request.body.isEmpty {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: request.body)))), promise: nil)
        }
        context.write(wrapOutboundOut(.end(nil)), promise: promise)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            partial = RuntimeAnswer(head: head, body: ByteBuffer(), arrival: .now)
        case .body(var bytes):
            partial?.body.writeBuffer(&bytes)
        case .end:
            guard let answer = partial.take() else { return }
            // Before the promise: whoever waits for it looks at once whether the connection can be used again.
            if !answer.head.isKeepAlive { context.close(promise: nil) }
            pending.take()?.answer.succeed(answer)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(Closed())
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(error)
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is StopWaiting else { return context.fireUserInboundEventTriggered(event) }
        // With the head here, so is the event: it is handled like any other.
        guard let pending, pending.request.isWait, partial == nil else { return }
        fail(Self.stopped)
        context.close(promise: nil)
    }

    private func fail(_ error: any Error) {
        partial = nil
        pending.take()?.answer.fail(error)
    }
}
