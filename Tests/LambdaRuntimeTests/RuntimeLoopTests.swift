import Foundation
import LambdaRuntime
import Logging
import Synchronization
import TestSupport
import Testing

// One after the other: the trace id is a variable of the whole process.
@Suite(.serialized) struct RuntimeLoopTests {
    private let event = Array(#"{"triggerSource":"UserMigration_Authentication"}"#.utf8)

    // MARK: Replies

    @Test func `event and response go through byte for byte`() async throws {
        try await withLoop { invocation, responder in
            responder.send(.response(invocation.body.reversed()))
        } body: { emulator throws in
            #expect(try await emulator.invoke(event) == .response(event.reversed()))
            #expect(try await emulator.invoke([0xFF, 0x00, 0x7B]) == .response([0x7B, 0x00, 0xFF]))
            #expect(try await emulator.refusals == [])
        }
    }

    @Test func `an error has exactly its type and its message`() async throws {
        try await withLoop { _, responder in
            responder.send(.error(type: "DirectoryUnavailable", message: "Später \"nochmal\"\n"))
        } body: { emulator throws in
            let body = #"{"errorType":"DirectoryUnavailable","errorMessage":"Später \"nochmal\"\n"}"#
            #expect(
                try await emulator.invoke(event)
                    == .error(type: "Function.DirectoryUnavailable", body: Array(body.utf8)))
            #expect(try await emulator.refusals == [])
        }
    }

    @Test func `an error type that can't be a header doesn't break the reply`() async throws {
        try await withLoop { _, responder in
            responder.send(.error(type: "Bad\r\nX: y", message: ""))
        } body: { emulator throws in
            #expect(
                try await emulator.invoke(event)
                    == .error(
                        type: "Function.BadXy", body: Array(#"{"errorType":"Bad\r\nX: y","errorMessage":""}"#.utf8)))
        }
    }

    @Test func `the second reply to an event is dropped`() async throws {
        try await withLoop { _, responder in
            responder.send(.response(Array("1".utf8)))
            responder.send(.response(Array("2".utf8)))
            responder.send(.error(type: "Late", message: ""))
        } body: { emulator throws in
            #expect(try await emulator.invoke(event) == .response(Array("1".utf8)))
            #expect(try await emulator.invoke(event) == .response(Array("1".utf8)))
            #expect(try await emulator.refusals == [])
        }
    }

    @Test func `a handler that returns without a reply is answered for`() async throws {
        try await withLoop { _, _ in
        } body: { emulator throws in
            let body = #"{"errorType":"InternalError","errorMessage":"The function failed."}"#
            #expect(try await emulator.invoke(event) == .error(type: "Function.InternalError", body: Array(body.utf8)))
        }
    }

    @Test func `an event of 6 MB arrives whole and a response of 6 MB leaves whole`() async throws {
        let large = (0..<6 * 1024 * 1024).map { UInt8(truncatingIfNeeded: $0 / 251 + $0) }
        try await withLoop { invocation, responder in
            responder.send(.response(invocation.body))
        } body: { emulator throws in
            // Not in the expectation, which would print them.
            let isSame = try await emulator.invoke(large) == .response(large)
            #expect(isSame)
        }
    }

    @Test func `a response over 6 MB becomes an error without being sent`() async throws {
        try await withLoop { _, responder in
            responder.send(.response([UInt8](repeating: 0x20, count: 6 * 1024 * 1024 + 1)))
        } body: { emulator throws in
            let body = #"{"errorType":"InternalError","errorMessage":"The function failed."}"#
            #expect(try await emulator.invoke(event) == .error(type: "Function.InternalError", body: Array(body.utf8)))
            #expect(try await emulator.refusals == [])
        }
    }

    @Test func `a response that the runtime finds too large ends as an error`() async throws {
        try await withLoop(maxResponseBytes: 100) { invocation, responder in
            responder.send(.response(invocation.body))
        } body: { emulator throws in
            let body = #"{"errorType":"InternalError","errorMessage":"The function failed."}"#
            let large = [UInt8](repeating: 0x20, count: 101)
            #expect(try await emulator.invoke(large) == .error(type: "Function.InternalError", body: Array(body.utf8)))
            #expect(try await emulator.refusals.map(\.status) == [413])
            #expect(try await emulator.invoke(event) == .response(event))
        }
    }

    @Test func `a reply from a plain thread arrives while the cooperative pool is full`() async throws {
        // As many blocked tasks as the pool has threads, released by the reply itself: a reply that needed the pool
        // would never come.
        let width = ProcessInfo.processInfo.activeProcessorCount
        let replied = Gate()
        let isFull = Gate()
        let blocked = Counter()
        let emulator = try await RuntimeAPIEmulator.start { observation in
            if case .replied = observation { replied.open() }
        }
        try await withLoop(emulator) { _, responder in
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
        } body: { emulator throws in
            #expect(try await emulator.invoke(event, within: .seconds(60)) == .response(Array("in time".utf8)))
        }
    }

    // MARK: Events

    @Test func `an invocation carries what the headers say`() async throws {
        let seen = Mutex<[Invocation]>([])
        let traces = Mutex<[String?]>([])
        let before = ContinuousClock.now
        let wallBefore = Int64(Date().timeIntervalSince1970 * 1000)
        try await withLoop { invocation, responder in
            seen.withLock { $0.append(invocation) }
            traces.withLock { $0.append(getenv("_X_AMZN_TRACE_ID").map { String(cString: $0) }) }
            responder.send(.response([]))
        } body: { emulator throws in
            _ = try await emulator.invoke(event, deadline: .seconds(7), requestID: "id-1", traceID: "Root=1-5bef4de7")
            _ = try await emulator.invoke(event, requestID: "id-2")
        }
        let invocations = seen.withLock { $0 }
        #expect(invocations.map(\.requestID) == ["id-1", "id-2"])
        #expect(invocations.map(\.traceID) == ["Root=1-5bef4de7", nil])
        #expect(traces.withLock { $0 } == ["Root=1-5bef4de7", nil])
        #expect(try #require(invocations.first?.deadlineMilliseconds) >= wallBefore + 7000)
        #expect(invocations.allSatisfy { before < $0.arrival && $0.arrival < .now })
    }

    @Test func `the trace's variable changes in place, where other threads may be reading the list`() async throws {
        struct Seen: Equatable {
            let value: String?
            let place: UnsafeMutablePointer<CChar>?
            let list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        }
        // Addresses only, to be compared.
        nonisolated(unsafe) var seen: [Seen] = []
        let headers = [
            "Root=1", nil, String(repeating: "x", count: 1024), String(repeating: "y", count: 1025), "Root=2;",
        ]
        try await withLoop { _, responder in
            let place = getenv("_X_AMZN_TRACE_ID")
            seen.append(Seen(value: place.map { String(cString: $0) }, place: place, list: environ))
            responder.send(.response([]))
        } body: { emulator throws in
            for header in headers { _ = try await emulator.invoke(event, traceID: header) }
        }
        // One that is longer than any of X-Ray's is left out, not cut.
        #expect(seen.map(\.value) == headers.map { ($0?.count ?? 0) > 1024 ? nil : $0 })
        #expect(Set(seen.compactMap(\.place)).count == 1)
        #expect(Set(seen.map(\.list)).count == 1)
        #expect(ProcessInfo.processInfo.environment["PATH"] != nil)
    }

    @Test(
        arguments: [
            ("Root=1-5759e988-bd862e3fe1be46a994272793", "1-5759e988-bd862e3fe1be46a994272793"),
            (
                "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a:b",
                "1-5759e988-bd862e3fe1be46a994272793"
            ),
            (
                "Self=1-67891234-12456789abcdef012345678; Root=1-5759E988-BD862E3FE1BE46A994272793",
                "1-5759E988-BD862E3FE1BE46A994272793"
            ),
            ("", nil), ("Root=", nil), ("Parent=53995c3f42cd8ad8", nil), ("1-5759e988-bd862e3fe1be46a994272793", nil),
            ("Root=2-5759e988-bd862e3fe1be46a994272793", nil), ("Root=1-5759e988-bd862e3fe1be46a99427279", nil),
            ("Root=1-5759e988-bd862e3fe1be46a99427279x", nil), ("Root=1-5759e988-bd862e3fe1be46a994272793-0", nil),
            ("Root=ana@example.com", nil), ("Root=1-5759e988-bd862e3fe1be46a99427279\u{661}", nil),
        ] as [(String, String?)])
    func `the trace's root is one that looks like X-Ray's, or none`(_ header: String, _ root: String?) {
        let invocation = Invocation(
            requestID: "1", deadlineMilliseconds: nil, traceID: header, body: [], arrival: .now)
        #expect(invocation.traceRoot == root)
    }

    @Test func `the next event is asked for after the reply was taken and the handler returned`() async throws {
        let order = Order()
        let emulator = try await RuntimeAPIEmulator.start { observation in
            switch observation {
            case .next: order.append("next")
            case .replied: order.append("replied")
            case .handedOut, .initError: break
            }
        }
        let atFirst: @Sendable () -> Void = { order.append("first") }
        try await withLoop(emulator, onFirstNext: atFirst) { _, responder in
            responder.send(.response([]))
            // Until the runtime has the reply, and so would hand out the next event.
            while order.events.last != "replied" { await Task.yield() }
            order.append("returned")
        } body: { emulator throws in
            _ = try await emulator.invoke(event)
            try await emulator.nextIsAsked()
            #expect(order.events == ["first", "next", "replied", "returned", "next"])
        }
    }

    // MARK: A runtime that misbehaves

    @Test func `a connection that is closed while waiting for an event is opened again`() async throws {
        try await withLoop { invocation, responder in
            responder.send(.response(invocation.body))
        } body: { emulator throws in
            for _ in 0..<5 {
                try await emulator.nextIsAsked()
                try await emulator.closeConnections()
                #expect(try await emulator.invoke(event) == .response(event))
            }
            #expect(try await emulator.refusals == [])
        }
    }

    @Test func `a connection that is closed after a reply is opened again`() async throws {
        try await withLoop { invocation, responder in
            responder.send(.response(invocation.body))
        } body: { emulator throws in
            try await emulator.closeAfterReplies()
            for _ in 0..<5 {
                #expect(try await emulator.invoke(event) == .response(event))
            }
            #expect(try await emulator.refusals == [])
        }
    }

    @Test func `a connection that is closed while the handler works is opened for the reply`() async throws {
        let emulator = try await RuntimeAPIEmulator.start()
        try await withLoop(emulator) { invocation, responder in
            try? await emulator.closeConnections()
            responder.send(.response(invocation.body))
        } body: { emulator throws in
            #expect(try await emulator.invoke(event) == .response(event))
            #expect(try await emulator.invoke(event) == .response(event))
        }
    }

    @Test(arguments: [RuntimeAPIEmulator.FaultyRequest.next, .reply])
    func `a runtime that says 500 ends the loop`(_ request: RuntimeAPIEmulator.FaultyRequest) async throws {
        let emulator = try await RuntimeAPIEmulator.start()
        try await emulator.failRequests(with: 500, for: request)
        async let invocation = emulator.invoke(event)
        let loop = RuntimeLoop(endpoint: emulator.endpoint, logger: .silent)
        let error = await #expect(throws: LambdaRuntimeError.self) {
            try await loop.run { _, responder in responder.send(.response([])) }
        }
        #expect(error?.code == .runtimeFailed)
        await emulator.stop()
        _ = try? await invocation
    }

    @Test(arguments: [400, 403])
    func `a reply that is refused is logged and the loop goes on`(_ status: Int) async throws {
        let emulator = try await RuntimeAPIEmulator.start()
        let log = LogLines()
        try await emulator.failRequests(with: status, for: .reply)
        try await withLoop(emulator, logger: log.logger) { invocation, responder in
            responder.send(.response(invocation.body))
        } body: { emulator throws in
            await #expect(throws: RuntimeAPIEmulator.Failure.replyRefused) {
                try await emulator.invoke(event, requestID: "refused")
            }
            #expect(try await emulator.invoke(event) == .response(event))
            let error = log.lines.first { $0.message == "runtime-refused-reply" }
            #expect(error?.metadata["status"] == "\(status)")
            #expect(error?.metadata["path"] == "/invocation/refused/response")
        }
    }

    @Test func `an event without a request id ends the loop`() async throws {
        let emulator = try await RuntimeAPIEmulator.start()
        try await emulator.omitRequestID()
        async let invocation = emulator.invoke(event)
        let loop = RuntimeLoop(endpoint: emulator.endpoint, logger: .silent)
        let error = await #expect(throws: LambdaRuntimeError.self) {
            try await loop.run { _, _ in Issue.record("nobody could be answered") }
        }
        #expect(error?.code == .unexpectedAnswer)
        await emulator.stop()
        _ = try? await invocation
    }

    @Test(arguments: ["", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", ":9001", "http://127.0.0.1/"])
    func `an endpoint that isn't host and port is refused by name`(_ endpoint: String) async throws {
        let error = await #expect(throws: LambdaRuntimeError.self) {
            try await RuntimeLoop(endpoint: endpoint, logger: .silent).run { _, _ in }
        }
        #expect(error?.code == .invalidEndpoint)
    }

    @Test func `nobody listening ends the loop`() async throws {
        let emulator = try await RuntimeAPIEmulator.start()
        await emulator.stop()
        let error = await #expect(throws: LambdaRuntimeError.self) {
            try await RuntimeLoop(endpoint: emulator.endpoint, logger: .silent).run { _, _ in }
        }
        #expect(error?.code == .unreachable)
    }

    @Test func `a cancelled loop stops waiting for events`() async throws {
        let emulator = try await RuntimeAPIEmulator.start()
        let loop = Task {
            try await RuntimeLoop(endpoint: emulator.endpoint, logger: .silent).run { _, _ in }
        }
        try await emulator.nextIsAsked()
        loop.cancel()
        await #expect(throws: CancellationError.self) { try await loop.value }
        await emulator.stop()
    }

    // MARK: Initialisation

    @Test func `an initialisation error is reported as one`() async throws {
        let emulator = try await RuntimeAPIEmulator.start()
        try await RuntimeLoop(endpoint: emulator.endpoint, logger: .silent)
            .reportInitError(type: "ConfigurationInvalid", message: "connectors.json: not there")
        let body = #"{"errorType":"ConfigurationInvalid","errorMessage":"connectors.json: not there"}"#
        #expect(
            try await emulator.initError() == .init(type: "Function.ConfigurationInvalid", body: Array(body.utf8)))
        #expect(try await emulator.refusals == [])
        await emulator.stop()
    }

    // MARK: -

    /// A loop against an emulator for as long as `body` runs.
    private func withLoop(
        _ given: RuntimeAPIEmulator? = nil, maxResponseBytes: Int = 6 * 1024 * 1024, logger: Logger = .silent,
        onFirstNext: @escaping @Sendable () -> Void = {}, _ handler: @escaping InvocationHandler,
        body: (RuntimeAPIEmulator) async throws -> Void
    ) async throws {
        let emulator: RuntimeAPIEmulator
        if let given { emulator = given } else { emulator = try await .start(maxResponseBytes: maxResponseBytes) }
        let loop = Task {
            try await RuntimeLoop(endpoint: emulator.endpoint, logger: logger).run(onFirstNext: onFirstNext, handler)
        }
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(emulator)) } catch { outcome = .failure(error) }
        loop.cancel()
        _ = await loop.result
        await emulator.stop()
        try outcome.get()
    }
}

/// What happened, in order.
private final class Order: Sendable {
    private let state = Mutex<[String]>([])

    var events: [String] { state.withLock { $0 } }

    func append(_ event: String) { state.withLock { $0.append(event) } }
}
