internal import NIOCore

/// The connections of a server, bounded in number; only touched on its event loop.
final class OpenConnections {
    let limit: Int
    private var isDraining = false
    private var channels: [ObjectIdentifier: any Channel] = [:]

    init(limit: Int) {
        precondition(limit > 0)
        self.limit = limit
    }

    var isFull: Bool { channels.count >= limit }

    func opened(_ channel: any Channel) {
        channels[ObjectIdentifier(channel)] = channel
        if isDraining { quiesce(channel) }
    }

    func closed(_ channel: any Channel) {
        channels[ObjectIdentifier(channel)] = nil
    }

    /// Closes what is idle, lets the rest finish its request, and completes once all are closed.
    func drain() -> EventLoopFuture<Void>? {
        isDraining = true
        let open = Array(channels.values)
        open.forEach(quiesce)
        guard let loop = open.first?.eventLoop else { return nil }
        return .andAllComplete(open.map { $0.closeFuture }, on: loop)
    }

    /// NIO's HTTP pipelining handler knows this event, and closes the channel as soon as no request is under way.
    private func quiesce(_ channel: any Channel) {
        channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }
}

/// Accepts a connection only while there is room for it; the others wait in the system's queue.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never

    private let connections: OpenConnections
    private var isReadHeldBack = false

    init(connections: OpenConnections) {
        self.connections = connections
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = unwrapInboundIn(data)
        connections.opened(channel)
        // Both on the server's one event loop.
        let gate = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        channel.closeFuture.whenComplete { _ in
            let (gate, context) = gate.value
            gate.connections.closed(channel)
            gate.roomWasMade(context)
        }
        context.fireChannelRead(data)
    }

    func read(context: ChannelHandlerContext) {
        if connections.isFull {
            isReadHeldBack = true
        } else {
            context.read()
        }
    }

    private func roomWasMade(_ context: ChannelHandlerContext) {
        guard isReadHeldBack, !connections.isFull, context.channel.isActive else { return }
        isReadHeldBack = false
        context.read()
    }
}
