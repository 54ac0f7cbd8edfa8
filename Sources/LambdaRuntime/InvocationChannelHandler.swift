internal import Logging
internal import NIOCore
internal import NIOHTTP1

/// One connection of an `InvocationServer`: requests in, replies out, one after the other.
///
/// Below it sits NIO's pipelining handler, which lets the next request through only after the reply to this one, and
/// closes the connection after it while the server shuts down.
final class InvocationChannelHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// Between requests.
        case idle
        /// An event is coming in.
        case receiving(HTTPRequestHead)
        /// A request that will be refused is coming in; its body is counted and dropped.
        case refusing(HTTPRequestHead, Refusal, received: Int)
        /// The metrics, or how the server is, were asked for.
        case telling(HTTPRequestHead, Question)
        /// The handler is at work.
        case handling(isKeepAlive: Bool)
        /// The last reply of this connection is out; what still comes in is dropped.
        case finished
    }

    private enum Question {
        case health, metrics
    }

    private struct Refusal {
        let status: HTTPResponseStatus
        let message: String
        var headers: HTTPHeaders = [:]
    }

    /// How long a client may go on sending after the last reply. Closed at once, its data would make the system reset
    /// the connection, and the reply would be lost on its way.
    private static let linger = TimeAmount.seconds(2)

    private let requestTime: TimeAmount
    private let logger: Logger
    private let metrics: (@Sendable () -> String)?
    private let isShuttingDown: @Sendable () -> Bool
    private let handle: ([UInt8], @escaping @Sendable (InvocationReply) -> Void) -> Void
    private var state = State.idle
    /// What is here of the event; beside the state, so that it grows in place.
    private var event = ByteBuffer()
    private var isInputClosed = false
    private var timeout: Scheduled<Void>?

    init(
        requestTime: TimeAmount, logger: Logger, metrics: (@Sendable () -> String)?,
        isShuttingDown: @escaping @Sendable () -> Bool,
        handle: @escaping ([UInt8], @escaping @Sendable (InvocationReply) -> Void) -> Void
    ) {
        self.requestTime = requestTime
        self.logger = logger
        self.metrics = metrics
        self.isShuttingDown = isShuttingDown
        self.handle = handle
    }

    // MARK: The connection

    func handlerAdded(context: ChannelHandlerContext) {
        restartTimeout(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timeout?.cancel()
        state = .finished
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What isn't HTTP was answered with 400 by the handler below, whose job is to know whether that is possible.
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return context.fireUserInboundEventTriggered(event) }
        // The client has said all it will, and may still read a reply.
        isInputClosed = true
        switch state {
        case .handling: break
        case .idle, .receiving, .refusing, .telling, .finished: context.close(promise: nil)
        }
    }

    /// One limit for all that keeps a connection without work: silence, a dripping request, an unread reply.
    private func restartTimeout(_ context: ChannelHandlerContext) {
        timeout?.cancel()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timeout = context.eventLoop.scheduleTask(in: requestTime) {
            let (handler, context) = bound.value
            handler.timedOut(context)
        }
    }

    private func timedOut(_ context: ChannelHandlerContext) {
        switch state {
        case .receiving, .refusing, .telling:
            finish(context, Refusal(status: .requestTimeout, message: "The request took too long."))
        case .idle, .finished:
            context.close(promise: nil)
        case .handling:
            break
        }
    }

    // MARK: A request

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), state) {
        case (.head(let head), .idle):
            begin(context, head)
        case (.body(var bytes), .receiving):
            guard event.readableBytes + bytes.readableBytes <= InvocationReply.maxBytes else {
                return finish(context, Self.tooLarge)
            }
            event.writeBuffer(&bytes)
        case (.end, .receiving(let head)):
            let whole = Array(buffer: event)
            event = ByteBuffer()
            invoke(context, head, whole)
        case (.body(let bytes), .refusing(let head, let refusal, let received)):
            guard received + bytes.readableBytes <= InvocationReply.maxBytes else {
                return finish(context, refusal)
            }
            state = .refusing(head, refusal, received: received + bytes.readableBytes)
        case (.end, .refusing(let head, let refusal, _)):
            reply(context, refusal, isKeepAlive: head.isKeepAlive)
        case (.end, .telling(let head, let question)):
            tell(context, head, question)
        case (.body, .telling), (_, .finished), (_, .handling), (_, .idle):
            break
        case (.head, .receiving), (.head, .refusing), (.head, .telling):
            preconditionFailure("the pipelining handler lets one request through at a time")
        }
    }

    private func begin(_ context: ChannelHandlerContext, _ head: HTTPRequestHead) {
        let path = head.uri.prefix { $0 != "?" }
        if path == InvocationServer.metricsPath, head.method == .GET, metrics != nil {
            state = .telling(head, .metrics)
        } else if path == InvocationServer.healthPath, head.method == .GET || head.method == .HEAD {
            state = .telling(head, .health)
        } else if path != InvocationServer.path {
            let message = "No such path. Invocations go to \(InvocationServer.path)."
            state = .refusing(head, Refusal(status: .notFound, message: message), received: 0)
        } else if head.method != .POST {
            let refusal = Refusal(
                status: .methodNotAllowed, message: "An invocation is a POST.", headers: ["Allow": "POST"])
            state = .refusing(head, refusal, received: 0)
        } else if let length = head.headers.first(name: "Content-Length").flatMap({ Int($0) }),
            length > InvocationReply.maxBytes
        {
            return finish(context, Self.tooLarge)
        } else {
            state = .receiving(head)
        }
        if head.headers[canonicalForm: "Expect"].contains(where: { $0.lowercased() == "100-continue" }) {
            // curl holds bodies over 1 MB back for a second without this.
            context.writeAndFlush(
                wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: .continue))), promise: nil)
        }
    }

    private static let tooLarge = Refusal(
        status: .payloadTooLarge, message: "An event has at most \(InvocationReply.maxBytes) bytes.")

    private func invoke(_ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ event: [UInt8]) {
        state = .handling(isKeepAlive: head.isKeepAlive)
        timeout?.cancel()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        handle(event) { reply in
            loop.execute {
                let (handler, context) = bound.value
                handler.reply(context, reply)
            }
        }
    }

    // MARK: A reply

    private func reply(_ context: ChannelHandlerContext, _ reply: InvocationReply) {
        // Otherwise the client has gone.
        guard case .handling(let isKeepAlive) = state else { return }
        switch reply {
        case .response(let bytes):
            write(context, .ok, [:], bytes, isKeepAlive: isKeepAlive)
        case .error(let type, let message):
            let body = ErrorObject(type: type, message: message).json
            write(context, .ok, ["X-Amz-Function-Error": "Unhandled"], body, isKeepAlive: isKeepAlive)
        }
    }

    private func tell(_ context: ChannelHandlerContext, _ head: HTTPRequestHead, _ question: Question) {
        switch question {
        case .metrics:
            write(
                context, .ok, [:], Array((metrics?() ?? "").utf8), contentType: MetricsRegistry.contentType,
                isKeepAlive: head.isKeepAlive)
        case .health:
            let isEnding = isShuttingDown()
            write(
                context, isEnding ? .serviceUnavailable : .ok, ["Cache-Control": "no-store"],
                Array((isEnding ? "shutting down\n" : "ok\n").utf8), isHead: head.method == .HEAD,
                contentType: "text/plain", isKeepAlive: head.isKeepAlive)
        }
    }

    private func reply(_ context: ChannelHandlerContext, _ refusal: Refusal, isKeepAlive: Bool) {
        logger.notice(
            "request-refused",
            metadata: ["status": .stringConvertible(refusal.status.code), "reason": .string(refusal.message)])
        var body = Array("{\"message\":".utf8)
        body.append(jsonString: refusal.message)
        body.append(UInt8(ascii: "}"))
        write(context, refusal.status, refusal.headers, body, isKeepAlive: isKeepAlive)
    }

    /// Refuses before the request is complete: the connection can't be used again.
    private func finish(_ context: ChannelHandlerContext, _ refusal: Refusal) {
        reply(context, refusal, isKeepAlive: false)
    }

    private func write(
        _ context: ChannelHandlerContext, _ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ body: [UInt8],
        isHead: Bool = false, contentType: String = "application/json", isKeepAlive: Bool
    ) {
        let isLast = !isKeepAlive || isInputClosed
        var headers = headers
        headers.add(name: "Content-Type", value: contentType)
        headers.add(name: "Content-Length", value: "\(body.count)")
        if isLast { headers.add(name: "Connection", value: "close") }
        state = isLast ? .finished : .idle
        event = ByteBuffer()
        restartTimeout(context)

        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        // The answer to HEAD has the length of the body that it leaves out (RFC 9110 §9.3.2).
        if !isHead { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil) }
        let written = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        guard isLast else { return }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        written.assumeIsolated().whenComplete { _ in
            let context = bound.value
            context.close(mode: .output, promise: nil)
            if self.isInputClosed { return context.close(promise: nil) }
            context.eventLoop.assumeIsolated().scheduleTask(in: Self.linger) { bound.value.close(promise: nil) }
        }
    }
}
