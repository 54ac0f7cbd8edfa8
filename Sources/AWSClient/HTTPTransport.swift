internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// An HTTP request that is ready to be sent.
struct HTTPRequest: Sendable {
    var method: String
    var url: String
    /// For the choice of a proxy.
    var host: String
    var headers: [AWSRequest.Parameter]
    var body: [UInt8]
    /// Never through a proxy: the addresses of the machine itself.
    var isLocal = false
}

struct HTTPResponse: Sendable {
    let status: Int
    let headers: [AWSRequest.Parameter]
    let body: [UInt8]

    func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name }?.value
    }
}

/// Why there is no response.
enum HTTPFailure: Error, Sendable, Hashable {
    case timeout
    /// With a reason for the operator, and whether the request may have arrived.
    case connection(String, wasSent: Bool)
    /// Not one that could be sent: with what is wrong with the settings.
    case settings(String)
    case cancelled
}

/// Sends requests over HTTP and TLS. Its client is made when the first one is sent.
final class HTTPTransport: Sendable {
    private static let maxBodyBytes = 8 << 20
    /// Longer than a handshake through a slow proxy takes.
    private static let connectTimeout = TimeAmount.seconds(3)

    private let proxy: HTTPProxy
    /// The file with the certificates to trust; the system's list if nil.
    private let authorities: String?
    private let clients = Mutex<Clients>(.init())

    /// What has to be shut down once it was made.
    private struct Clients: Sendable {
        var group: MultiThreadedEventLoopGroup?
        var direct: HTTPClient?
        /// By the proxy's address.
        var proxied: [String: HTTPClient] = [:]
        var isClosed = false

        func shutDown() async {
            // What fails to close has nothing that would be lost.
            for client in [direct].compactMap({ $0 }) + Array(proxied.values) { try? await client.shutdown() }
            try? await group?.shutdownGracefully()
        }
    }

    init(proxy: HTTPProxy, authorities: String?) {
        self.proxy = proxy
        self.authorities = authorities
    }

    /// Whether a client was made. It costs threads and the reading of some hundred certificates.
    var isInUse: Bool { clients.withLock { $0.group != nil } }

    private var isClosed: Bool { clients.withLock { $0.isClosed } }

    func send(_ request: HTTPRequest, within limit: Duration) async throws(HTTPFailure) -> HTTPResponse {
        guard limit > .zero else { throw .timeout }
        let client = try client(for: request)
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = HTTPMethod(rawValue: request.method)
        for header in request.headers where header.name.lowercased() != "host" {
            outgoing.headers.add(name: header.name, value: header.value)
        }
        // The client makes one of its own from the URL; what was signed is what counts.
        if let host = request.headers.first(where: { $0.name.lowercased() == "host" }) {
            outgoing.headers.replaceOrAdd(name: "Host", value: host.value)
        }
        if !request.body.isEmpty || request.method == "POST" { outgoing.body = .bytes(ByteBuffer(bytes: request.body)) }
        do {
            let deadline = NIODeadline.now() + .nanoseconds(Int64(limit / .nanoseconds(1)))
            let response = try await client.execute(outgoing, deadline: deadline)
            // The client's deadline is for the head alone.
            let body = try await Self.collect(response.body, by: deadline)
            return HTTPResponse(
                status: Int(response.status.code),
                headers: response.headers.map { AWSRequest.Parameter($0.name, $0.value) },
                body: Array(body.readableBytesView))
        } catch is CancellationError {
            throw .cancelled
        } catch let error as HTTPClientError {
            switch error {
            case .deadlineExceeded, .readTimeout, .writeTimeout: throw .timeout
            case .connectTimeout: throw .connection("no connection in time", wasSent: false)
            case .cancelled: throw Task.isCancelled || isClosed ? .cancelled : .timeout
            default: throw .connection(error.shortDescription, wasSent: true)
            }
        } catch is NIOTooManyBytesError {
            throw .connection("an answer of more than \(Self.maxBodyBytes) bytes", wasSent: true)
        } catch let error as NIOConnectionError {
            throw .connection(Self.reason(error), wasSent: false)
        } catch {
            throw .connection(Self.reason(error), wasSent: true)
        }
    }

    private static func collect(
        _ body: HTTPClientResponse.Body, by deadline: NIODeadline
    ) async throws -> ByteBuffer {
        try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
            group.addTask { try await body.collect(upTo: maxBodyBytes) }
            group.addTask {
                try await Task.sleep(for: .nanoseconds(max((deadline - .now()).nanoseconds, 0)))
                throw HTTPClientError.deadlineExceeded
            }
            defer { group.cancelAll() }
            guard let buffer = try await group.next() else { throw CancellationError() }
            return buffer
        }
    }

    /// What the system or TLS says, without types and addresses of the program.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let failure = error.connectionErrors.first { return reason(failure.error) }
            return "the name \(error.host) can't be resolved"
        case let error as IOError: return String(cString: strerror(error.errnoCode))
        case let error as NIOSSLError: return "TLS: \(error)"
        default: return "\(error)"
        }
    }

    private func client(for request: HTTPRequest) throws(HTTPFailure) -> HTTPClient {
        let isSecure = request.url.hasPrefix("https")
        let server: HTTPProxy.Server?
        do throws(HTTPProxy.Unusable) {
            server = request.isLocal ? nil : try proxy.server(forHost: request.host, isSecure: isSecure)
        } catch {
            throw .settings(error.reason)
        }
        if let authorities, isSecure, access(authorities, R_OK) != 0 {
            throw .settings("the file of authorities \(authorities) can't be read (AWS_CA_BUNDLE, SSL_CERT_FILE)")
        }
        return try clients.withLock { clients throws(HTTPFailure) in
            guard !clients.isClosed else { throw .cancelled }
            if let client = server.map({ clients.proxied[$0.authority] }) ?? clients.direct { return client }
            let group = clients.group ?? MultiThreadedEventLoopGroup(numberOfThreads: 1)
            clients.group = group
            let client = HTTPClient(eventLoopGroupProvider: .shared(group), configuration: configuration(server))
            if let server { clients.proxied[server.authority] = client } else { clients.direct = client }
            return client
        }
    }

    private func configuration(_ server: HTTPProxy.Server?) -> HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let authorities { tls.trustRoots = .file(authorities) }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.timeout.connect = Self.connectTimeout
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.decompression = .disabled
        // Retries are the caller's: they are counted, paced and signed anew.
        configuration.connectionPool.retryConnectionEstablishment = false
        if let server {
            configuration.proxy = .server(
                host: server.host, port: server.port,
                authorization: server.credentials.map { .basic(credentials: $0) })
        }
        return configuration
    }

    /// Ends the connections and the thread, if there are any.
    func close() async {
        await takeClients().shutDown()
    }

    // Whoever forgot to close it doesn't lose the thread.
    deinit {
        let clients = takeClients()
        if clients.group != nil { Task { await clients.shutDown() } }
    }

    private func takeClients() -> Clients {
        clients.withLock { clients in
            defer { clients = Clients(isClosed: true) }
            return clients
        }
    }
}
