import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// A small HTTP/1.1 server on a loopback port, whose answers a test makes.
///
///     let server = try await HTTPServer { request in
///         request.uri == "/token" ? HTTPServer.Answer(body: "t") : HTTPServer.Answer(status: 404)
///     }
///     // … have the program talk to server.endpoint …
///     #expect(server.requests.map(\.method) == ["PUT"])
///     await server.stop()
public final class HTTPServer: Sendable {
    public struct Request: Sendable {
        public let method: String
        /// As it came: path and query, or for a proxy the whole of the URL.
        public let uri: String
        public let headers: [(name: String, value: String)]
        public let body: [UInt8]
        /// Which of the connections it came by, from 1.
        public let connection: Int

        /// Whatever the case of the name.
        public func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }

        public var text: String { String(decoding: body, as: UTF8.self) }
    }

    public struct Answer: Sendable {
        public enum End: Sendable {
            case whole
            /// Nothing comes, and the connection stays.
            case silence
            /// Head and half the body come, and the connection stays.
            case stalled
            /// The connection ends instead of an answer.
            case closed
        }

        public var status: Int
        public var headers: [(name: String, value: String)]
        public var body: [UInt8]
        public var end: End

        public init(
            status: Int = 200, headers: [(name: String, value: String)] = [], body: String = "", end: End = .whole
        ) {
            self.status = status
            self.headers = headers
            self.body = Array(body.utf8)
            self.end = end
        }
    }

    fileprivate final class Seen: Sendable {
        let requests = Mutex<[Request]>([])
        let connections = Mutex(0)
    }

    private let group: MultiThreadedEventLoopGroup
    private let server: any Channel
    private let seen: Seen
    public let port: Int
    private let isSecure: Bool

    /// - Parameters:
    ///   - certificates: a folder with `server.pem` and `server.key`, to speak TLS (`TestCertificates`).
    ///   - answer: on the server's own thread: must not block.
    public init(
        certificates: TemporaryFolder? = nil, answer: @escaping @Sendable (Request) -> Answer
    ) async throws {
        let tls = try certificates.map { folder in
            try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: NIOSSLCertificate.fromPEMFile(folder.file("server.pem")).map { .certificate($0) },
                    privateKey: .privateKey(NIOSSLPrivateKey(file: folder.file("server.key"), format: .pem))))
        }
        let seen = Seen()
        self.seen = seen
        isSecure = tls != nil
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        server = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    let number = seen.connections.withLock { count in
                        count += 1
                        return count
                    }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(
                        AnsweringHandler(connection: number, seen: seen, answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = server.localAddress?.port ?? 0
    }

    /// `http://127.0.0.1:PORT`, or with `https`.
    public var endpoint: String { "\(isSecure ? "https" : "http")://127.0.0.1:\(port)" }

    /// Those that came so far.
    public var requests: [Request] { seen.requests.withLock { $0 } }

    public func stop() async {
        try? await server.close()
        try? await group.shutdownGracefully()
    }
}

private final class AnsweringHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let connection: Int
    private let seen: HTTPServer.Seen
    private let answer: @Sendable (HTTPServer.Request) -> HTTPServer.Answer
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(
        connection: Int, seen: HTTPServer.Seen, answer: @escaping @Sendable (HTTPServer.Request) -> HTTPServer.Answer
    ) {
        self.connection = connection
        self.seen = seen
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): (self.head, body) = (head, [])
        case .body(let buffer): body += Array(buffer.readableBytesView)
        case .end:
            guard let head else { return }
            let request = HTTPServer.Request(
                method: head.method.rawValue, uri: head.uri, headers: head.headers.map { ($0.name, $0.value) },
                body: body, connection: connection)
            seen.requests.withLock { $0.append(request) }
            send(answer(request), context)
        }
    }

    private func send(_ answer: HTTPServer.Answer, _ context: ChannelHandlerContext) {
        switch answer.end {
        case .silence: return
        case .closed: return context.close(promise: nil)
        case .whole, .stalled: break
        }
        var head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: answer.status))
        for (name, value) in answer.headers { head.headers.add(name: name, value: value) }
        head.headers.replaceOrAdd(name: "Content-Length", value: "\(answer.body.count)")
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        let isWhole = if case .whole = answer.end { true } else { false }
        let bytes = isWhole ? answer.body[...] : answer.body.prefix(answer.body.count / 2)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
        if isWhole { context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A client that gives up, or that doesn't trust the certificate.
        context.close(promise: nil)
    }
}
