import Foundation
import LambdaRuntime
import Logging
import Synchronization
import TestSupport
import Testing

struct InvocationServerTests {
    private static let path = "/2015-03-31/functions/function/invocations"
    private static let maxBytes = 6 * 1024 * 1024

    // MARK: Invocations

    @Test func `event and response go through byte for byte`() async throws {
        try await withServer(echo) { client throws in
            let answer = try await client.invoke(Array("{\"é\":1}".utf8))
            #expect(answer.status == 200)
            #expect(answer.body == Array("{\"é\":1}".utf8))
            #expect(answer.headers["content-type"] == "application/json")
            #expect(answer.headers["x-amz-function-error"] == nil)
        }
    }

    @Test func `an invocation error is status 200 with a header`() async throws {
        try await withServer { _, responder in
            responder.send(.error(type: "InvalidEvent", message: "No \"userName\"."))
        } body: { client throws in
            let answer = try await client.invoke([])
            #expect(answer.status == 200)
            #expect(answer.headers["x-amz-function-error"] == "Unhandled")
            let body = #"{"errorType":"InvalidEvent","errorMessage":"No \"userName\"."}"#
            #expect(String(decoding: answer.body, as: UTF8.self) == body)
        }
    }

    @Test func `a handler that returns without a reply is answered for`() async throws {
        try await withServer { _, _ in
        } body: { client throws in
            let answer = try await client.invoke([])
            #expect(answer.headers["x-amz-function-error"] == "Unhandled")
            #expect(String(decoding: answer.body, as: UTF8.self).contains("InternalError"))
        }
    }

    @Test func `an invocation has an id of its own, no deadline, and its arrival`() async throws {
        let seen = Mutex<[Invocation]>([])
        let before = ContinuousClock.now
        try await withServer { invocation, responder in
            seen.withLock { $0.append(invocation) }
            responder.send(.response([]))
        } body: { client throws in
            _ = try await client.invoke([])
            _ = try await client.invoke([])
        }
        let invocations = seen.withLock { $0 }
        #expect(Set(invocations.map(\.requestID)).count == 2)
        #expect(invocations.allSatisfy { UUID(uuidString: $0.requestID) != nil && $0.deadlineMilliseconds == nil })
        #expect(invocations.allSatisfy { before < $0.arrival && $0.arrival < .now })
    }

    @Test func `requests of one connection are answered in turn, pipelined or not`() async throws {
        try await withServer(echo) { client throws in
            let connection = try client.connect()
            try await connection.send(client.request("1") + client.request("2"))
            #expect(try await connection.answer().body == Array("1".utf8))
            #expect(try await connection.answer().body == Array("2".utf8))
            try await connection.send(client.request("3"))
            #expect(try await connection.answer().body == Array("3".utf8))
        }
    }

    @Test func `requests of several connections are handled at once`() async throws {
        // Each handler waits until all four are there.
        let arrived = Counter()
        try await withServer { invocation, responder in
            _ = arrived.increment()
            while arrived.value < 4 { await Task.yield() }
            responder.send(.response(invocation.body))
        } body: { client throws in
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask {
                        let answer = try await client.invoke([0x31])
                        #expect(answer.body == [0x31])
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `a reply from a plain thread arrives while the cooperative pool is full`() async throws {
        let width = ProcessInfo.processInfo.activeProcessorCount
        let (isFull, replied, blocked) = (Gate(), Gate(), Counter())
        try await withServer { _, responder in
            Thread.detachNewThread {
                isFull.pass()
                responder.send(.response(Array("in time".utf8)))
            }
            await withTaskGroup { group in
                for _ in 0..<width {
                    group.addTask {
                        if blocked.increment() == width { isFull.open() }
                        #expect(replied.pass(), "the reply waited for the pool")
                    }
                }
            }
        } body: { client throws in
            let connection = try client.connect()
            try await connection.send(client.request("{}"))
            // Read on a plain thread, too: this task may get no other.
            let body = Mutex<[UInt8]>([])
            connection.onAnswer { answer in
                body.withLock { $0 = answer?.body ?? [] }
                replied.open()
            }
            while body.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(5)) }
            #expect(body.withLock { $0 } == Array("in time".utf8))
        }
    }

    @Test func `a client that has finished sending still gets its reply`() async throws {
        try await withServer(echo) { client throws in
            let connection = try client.connect()
            try await connection.send(client.request("1"))
            connection.finishSending()
            #expect(try await connection.answer().body == Array("1".utf8))
            try await connection.closing()
        }
    }

    @Test func `a client that expects 100-continue is told to go on`() async throws {
        try await withServer(echo) { client throws in
            let connection = try client.connect()
            try await connection.send(
                "POST \(Self.path) HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
            #expect(try await connection.answer().status == 100)
            try await connection.send("{}")
            #expect(try await connection.answer().body == Array("{}".utf8))
        }
    }

    @Test func `an event of 6 MB is taken, its reply too`() async throws {
        try await withServer(echo) { client throws in
            let event = [UInt8](repeating: 0x37, count: Self.maxBytes)
            let answer = try await client.invoke(event)
            #expect(answer.status == 200)
            #expect(answer.body.count == event.count)
        }
    }

    @Test func `a response over 6 MB becomes an error`() async throws {
        try await withServer { _, responder in
            responder.send(.response([UInt8](repeating: 0x20, count: Self.maxBytes + 1)))
        } body: { client throws in
            #expect(try await client.invoke([]).headers["x-amz-function-error"] == "Unhandled")
        }
    }

    // MARK: Metrics

    @Test func `the metrics are told where there are any, and the connection goes on`() async throws {
        try await withServer(metrics: { "a 1\n" }, echo) { client throws in
            let connection = try client.connect()
            try await connection.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            let answer = try await connection.answer()
            #expect(answer.status == 200)
            #expect(String(decoding: answer.body, as: UTF8.self) == "a 1\n")
            #expect(answer.headers["content-type"] == MetricsRegistry.contentType)
            try await connection.send("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            #expect(try await connection.answer().status == 404)
        }
        try await withServer(echo) { client throws in
            let connection = try client.connect()
            try await connection.send("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await connection.answer().status == 404)
        }
    }

    // MARK: Health

    @Test func `healthz is ok for as long as events are answered, by GET and by HEAD`() async throws {
        try await withServer(echo) { client throws in
            let connection = try client.connect()
            try await connection.send("GET /healthz?probe=1 HTTP/1.1\r\nHost: x\r\n\r\n")
            let answer = try await connection.answer()
            #expect(answer.status == 200)
            #expect(String(decoding: answer.body, as: UTF8.self) == "ok\n")
            #expect(answer.headers["content-type"] == "text/plain")
            #expect(answer.headers["cache-control"] == "no-store")
            try await connection.send("POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            #expect(try await connection.answer().status == 404)
            try await connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await connection.answer().status == 200)
        }
        // The length of a body that isn't there: the rest would be taken for the beginning of the next answer.
        try await withServer(echo) { client throws in
            let connection = try client.connect()
            try await connection.send("HEAD /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            let text = String(decoding: try await connection.everything(), as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(text.lowercased().contains("content-length: 3\r\n"))
            #expect(text.hasSuffix("\r\n\r\n"))
        }
    }

    @Test func `healthz is 503 for whom the shutdown finds asking`() async throws {
        let server = InvocationServer(logger: .silent, handler: echo)
        let address = try await server.start(host: "127.0.0.1", port: 0)
        let connection = try RawConnection(port: address.port)
        try await connection.send(
            "GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        // The server has the head, then.
        #expect(try await connection.answer().status == 100)
        async let down: Void = server.shutdown()
        while (try? RawConnection(port: address.port)) != nil { try await Task.sleep(for: .milliseconds(5)) }
        try await connection.send("{}")
        let answer = try await connection.answer()
        #expect(answer.status == 503)
        #expect(String(decoding: answer.body, as: UTF8.self) == "shutting down\n")
        await down
    }

    // MARK: Refusals

    @Test(
        arguments: [
            ("POST /", 404, "No such path. Invocations go to \(path)."),
            ("GET \(path)/x", 404, "No such path. Invocations go to \(path)."),
            ("GET \(path)", 405, "An invocation is a POST."),
            ("DELETE \(path)", 405, "An invocation is a POST."),
        ])
    func `what isn't an invocation is refused, and the connection stays`(
        _ line: String, _ status: Int, _ message: String
    ) async throws {
        try await withServer(echo) { client throws in
            let connection = try client.connect()
            try await connection.send("\(line) HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
            let answer = try await connection.answer()
            #expect(answer.status == status)
            #expect(String(decoding: answer.body, as: UTF8.self) == "{\"message\":\"\(message)\"}")
            #expect(answer.headers["allow"] == (status == 405 ? "POST" : nil))
            try await connection.send(client.request("1"))
            #expect(try await connection.answer().status == 200)
        }
    }

    @Test func `a refusal is logged`() async throws {
        let log = LogLines()
        try await withServer(logger: log.logger, echo) { client throws in
            let connection = try client.connect()
            try await connection.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try await connection.answer()
        }
        #expect(log.lines.map(\.message) == ["request-refused"])
        #expect(log.lines.first?.metadata["status"] == "404")
    }

    @Test func `an event announced with more than 6 MB is refused before it is sent`() async throws {
        try await withServer(echo) { client throws in
            let connection = try client.connect()
            try await connection.send(
                "POST \(Self.path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(Self.maxBytes + 1)\r\n\r\n")
            let answer = try await connection.answer()
            #expect(answer.status == 413)
            #expect(
                String(decoding: answer.body, as: UTF8.self) == #"{"message":"An event has at most 6291456 bytes."}"#)
            try await connection.closing()
        }
    }

    @Test func `an event that grows over 6 MB is refused, and the client can read that`() async throws {
        try await withServer(echo) { client throws in
            let connection = try client.connect()
            try await connection.send("POST \(Self.path) HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = Array("100000\r\n".utf8) + [UInt8](repeating: 0x20, count: 0x100000) + Array("\r\n".utf8)
            for _ in 0..<7 { try await connection.send(chunk) }
            #expect(try await connection.answer().status == 413)
            try await connection.closing()
        }
    }

    @Test(arguments: ["nonsense\r\n\r\n", "POST / HTTP/9.9\r\n\r\n", "GET /\u{0} HTTP/1.1\r\n\r\n"])
    func `what isn't HTTP is closed`(_ text: String) async throws {
        try await withServer(echo) { client throws in
            let connection = try client.connect()
            try await connection.send(text)
            try await connection.closing()
        }
    }

    // MARK: Limits

    @Test(arguments: ["", "POST ", "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{"])
    func `a client that doesn't finish its request in time is closed`(_ start: String) async throws {
        var limits = InvocationServer.Limits()
        limits.requestTime = .milliseconds(200)
        try await withServer(limits: limits, echo) { client throws in
            let connection = try client.connect()
            try await connection.send(start)
            if start.hasSuffix("{") { #expect(try await connection.answer().status == 408) }
            try await connection.closing()
        }
    }

    @Test func `a handler may take longer than a request may`() async throws {
        var limits = InvocationServer.Limits()
        limits.requestTime = .milliseconds(50)
        try await withServer(limits: limits) { invocation, responder in
            try? await Task.sleep(for: .milliseconds(200))
            responder.send(.response(invocation.body))
        } body: { client throws in
            #expect(try await client.invoke([0x31]).body == [0x31])
        }
    }

    @Test func `a connection beyond the limit is served once another closes`() async throws {
        var limits = InvocationServer.Limits()
        limits.connections = 2
        try await withServer(limits: limits, echo) { client throws in
            var open = [try client.connect(), try client.connect()]
            for connection in open {
                try await connection.send(client.request("1"))
                _ = try await connection.answer()
            }
            let waiting = try client.connect()
            try await waiting.send(client.request("2"))
            let answered = Counter()
            async let answer = {
                defer { _ = answered.increment() }
                return try await waiting.answer()
            }()
            // The two that are served go on to be, and the third is not.
            for _ in 0..<20 {
                try await open[0].send(client.request("1"))
                _ = try await open[0].answer()
            }
            #expect(answered.value == 0)
            open.removeLast()
            #expect(try await answer.body == Array("2".utf8))
        }
    }

    // MARK: Shutdown

    @Test func `shutdown lets the request under way be answered, and takes no other`() async throws {
        let isHandling = Gate()
        let mayReply = Gate()
        let server = InvocationServer(logger: .silent) { invocation, responder in
            isHandling.open()
            await mayReply.passing()
            responder.send(.response(invocation.body))
        }
        let address = try await server.start(host: "127.0.0.1", port: 0)
        let client = Client(port: address.port)
        let (busy, idle) = (try client.connect(), try client.connect())
        try await busy.send(client.request("1"))
        await isHandling.passing()
        async let down: Void = server.shutdown()
        try await idle.closing()
        #expect(throws: RawConnection.Failure.self) { try client.connect() }
        mayReply.open()
        let answer = try await busy.answer()
        #expect(answer.body == Array("1".utf8))
        #expect(answer.headers["connection"] == "close")
        await down
        await server.shutdown()
    }

    @Test func `an address in use is refused by name`() async throws {
        try await withServer(echo) { client throws in
            let second = InvocationServer(logger: .silent, handler: echo)
            let error = await #expect(throws: LambdaRuntimeError.self) {
                _ = try await second.start(host: "127.0.0.1", port: client.port)
            }
            await second.shutdown()
            #expect(error?.code == .cannotListen)
            #expect(error?.description.contains("127.0.0.1:\(client.port)") == true)
        }
    }

    // MARK: -

    private struct Client: Sendable {
        let port: Int

        func connect() throws -> RawConnection { try RawConnection(port: port) }

        func request(_ body: String) -> String {
            "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }

        func invoke(_ event: [UInt8]) async throws -> RawConnection.Answer {
            let connection = try connect()
            let head = "POST \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: \(event.count)\r\n\r\n"
            try await connection.send(Array(head.utf8) + event)
            return try await connection.answer()
        }
    }

    private let echo: InvocationHandler = { invocation, responder in responder.send(.response(invocation.body)) }

    /// A server for as long as `body` runs.
    private func withServer(
        limits: InvocationServer.Limits = .init(), logger: Logger = .silent,
        metrics: (@Sendable () -> String)? = nil, _ handler: @escaping InvocationHandler,
        body: (Client) async throws -> Void
    ) async throws {
        let server = InvocationServer(logger: logger, limits: limits, metrics: metrics, handler: handler)
        let address = try await server.start(host: "127.0.0.1", port: 0)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(Client(port: address.port))) } catch { outcome = .failure(error) }
        await server.shutdown()
        try outcome.get()
    }
}
