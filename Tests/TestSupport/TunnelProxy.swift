import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// An HTTP proxy that opens tunnels (CONNECT), on a loopback port; every one of them leads to the same server, whatever name
/// was asked for.
public final class TunnelProxy: Sendable {
    /// One that was asked for.
    public struct Tunnel: Sendable, Hashable {
        /// `host:port`
        public let target: String
        /// The header `Proxy-Authorization`.
        public let authorization: String?

        public init(target: String, authorization: String?) {
            self.target = target
            self.authorization = authorization
        }
    }

    private let group: MultiThreadedEventLoopGroup
    private let server: any Channel
    private let asked: Asked
    public let port: Int

    fileprivate final class Asked: Sendable {
        let tunnels = Mutex<[Tunnel]>([])
    }

    /// - Parameter target: a port of 127.0.0.1.
    public init(to target: Int) async throws {
        let asked = Asked()
        self.asked = asked
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        server = try await ServerBootstrap(group: group)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(TunnelHandler(target: target, asked: asked))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = server.localAddress?.port ?? 0
    }

    /// Those that were asked for so far.
    public var tunnels: [Tunnel] { asked.tunnels.withLock { $0 } }

    public func stop() async {
        try? await server.close()
        try? await group.shutdownGracefully()
    }
}

/// The client's side of a tunnel.
private final class TunnelHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let target: Int
    private let asked: TunnelProxy.Asked
    private var request = ""
    private var peer: (any Channel)?

    init(target: Int, asked: TunnelProxy.Asked) {
        self.target = target
        self.asked = asked
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if let peer { return peer.writeAndFlush(bytes, promise: nil) }
        // The client says nothing more before it is answered.
        request += String(buffer: bytes)
        guard request.hasSuffix("\r\n\r\n") else { return }
        let lines = request.split(separator: "\r\n").map(String.init)
        let words = lines[0].split(separator: " ")
        let authorization = lines.dropFirst().first { $0.lowercased().hasPrefix("proxy-authorization:") }
        asked.tunnels.withLock {
            $0.append(
                TunnelProxy.Tunnel(
                    target: String(words[1]),
                    authorization: authorization.map { String($0.drop { $0 != " " }.dropFirst()) }))
        }
        let client = context.channel
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        ClientBootstrap(group: context.eventLoop)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ForwardingHandler(to: client))
                }
            }
            .connect(host: "127.0.0.1", port: target)
            .whenComplete { result in
                switch result {
                case .success(let channel):
                    handler.value.peer = channel
                    client.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 OK\r\n\r\n"), promise: nil)
                case .failure: client.close(promise: nil)
                }
            }
    }

    func channelInactive(context: ChannelHandlerContext) {
        peer?.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

/// The server's side.
private final class ForwardingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let client: any Channel

    init(to client: any Channel) {
        self.client = client
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        client.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        client.close(promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
