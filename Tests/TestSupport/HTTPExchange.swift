internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// A request over HTTP/1.1, on a connection of its own: any number of them at once, each as soon as it is made.
public struct HTTPExchange: Sendable {
    public let status: Int
    public let headers: [(name: String, value: String)]
    public let body: [UInt8]
    /// From before the connection was made until the last byte was here.
    public let duration: Duration

    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// The value of a header, whatever the case of its name.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// - Parameter limit: how long to wait for the whole answer.
    public static func post(
        _ body: [UInt8], to path: String, host: String = "127.0.0.1", port: Int, within limit: Duration = .seconds(30)
    ) async throws -> HTTPExchange {
        let start = ContinuousClock.now
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let answer = loop.makePromise(of: (HTTPResponseHead, [UInt8]).self)
        let timeout = loop.scheduleTask(in: TimeAmount(limit)) {
            answer.fail(Failure(description: "no answer within \(limit)"))
        }
        defer { timeout.cancel() }
        ClientBootstrap(group: loop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHTTPClientHandlers()
                    try channel.pipeline.syncOperations.addHandler(ExchangeHandler(answer))
                }
            }
            .connect(host: host, port: port)
            .whenComplete { result in
                switch result {
                case .failure(let error): answer.fail(error)
                case .success(let channel):
                    answer.futureResult.whenComplete { _ in channel.close(promise: nil) }
                    var head = HTTPRequestHead(version: .http1_1, method: .POST, uri: path)
                    head.headers = [
                        "Host": "\(host):\(port)", "Content-Length": "\(body.count)", "Connection": "close",
                    ]
                    channel.write(HTTPClientRequestPart.head(head), promise: nil)
                    channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
                    channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
                }
            }
        let (head, bytes) = try await answer.futureResult.get()
        return HTTPExchange(
            status: Int(head.status.code), headers: head.headers.map { ($0.name, $0.value) }, body: bytes,
            duration: start.duration(to: .now))
    }
}

private final class ExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let answer: EventLoopPromise<(HTTPResponseHead, [UInt8])>
    private var head: HTTPResponseHead?
    private var body: [UInt8] = []

    init(_ answer: EventLoopPromise<(HTTPResponseHead, [UInt8])>) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let buffer): body += Array(buffer: buffer)
        case .end:
            if let head { answer.succeed((head, body)) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        answer.fail(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // Of no effect once it has come.
        answer.fail(HTTPExchange.Failure(description: "the connection ended before the answer"))
    }
}
