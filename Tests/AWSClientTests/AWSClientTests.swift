import Synchronization
import TestSupport
import Testing

@testable import AWSClient

@Suite struct AWSClientTests {
    typealias Answer = HTTPServer.Answer

    /// Answers in turn; the last one again and again.
    private static func server(_ answers: Answer...) async throws -> HTTPServer {
        let left = Mutex(answers)
        return try await HTTPServer { _ in left.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] } }
    }

    @Test func `a client that is never asked makes no connections and no thread`() async throws {
        let client = ClientFixture.client()
        #expect(!client.isInUse)
        await client.close()
        let server = try await Self.server(Answer(body: "{}"))
        let used = ClientFixture.client(of: server)
        _ = try await used.send(ClientFixture.request)
        #expect(used.isInUse)
        await used.close()
        await server.stop()
    }

    @Test func `a request goes out signed, with its body`() async throws {
        let server = try await Self.server(
            Answer(headers: [("Date", "Thu, 01 Jan 2026 00:00:00 GMT")], body: #"{"a":1}"#))
        let environment = ClientFixture.keys.merging(["AWS_SESSION_TOKEN": "token"]) { $1 }
        let result = await ClientFixture.client(of: server, environment).once(
            .json(.cognitoUserPools, target: "Service.Operation", ["Limit": 3]))
        let answer = try result.get()
        #expect(try answer.json() == ["a": 1])
        #expect(answer.date == ClientFixture.time)
        let request = try #require(server.requests.first)
        #expect(request.method == "POST")
        #expect(request.uri == "/")
        #expect(request.text == #"{"Limit":3}"#)
        #expect(request.header("X-Amz-Target") == "Service.Operation")
        #expect(request.header("Content-Type") == "application/x-amz-json-1.1")
        #expect(request.header("X-Amz-Security-Token") == "token")
        #expect(request.header("X-Amz-Date") == "20260101T000000Z")
        #expect(request.header("Host") == "127.0.0.1:\(server.port)")
        #expect(request.keyID == "AKID")
        #expect(request.scope == "20260101/eu-west-1/cognito-idp/aws4_request")
        await server.stop()
    }

    @Test(
        arguments: [
            // AWS JSON: the header counts first.
            (
                400, "com.amazonaws.cognito#UserNotFoundException:http://x/",
                #"{"__type":"Other","message":"Nobody."}"#,
                "UserNotFound", "Nobody."
            ),
            (400, nil, #"{"__type":"com.amazonaws#NotAuthorizedException","Message":"No."}"#, "NotAuthorized", "No."),
            (403, nil, #"{"code":"AccessDenied"}"#, "AccessDenied", ""),
            // The query protocol.
            (
                403, nil,
                "<ErrorResponse><Error><Code>AccessDenied</Code><Message>a &lt;b&gt;</Message></Error></ErrorResponse>",
                "AccessDenied", "a <b>"
            ),
        ] as [(Int, String?, String, String, String)])
    func `the service's errors are read by name and message`(
        _ status: Int, _ header: String?, _ body: String, _ code: String, _ message: String
    ) async throws {
        let headers = [("x-amzn-RequestId", "request-1")] + (header.map { [("x-amzn-ErrorType", $0)] } ?? [])
        let server = try await Self.server(Answer(status: status, headers: headers, body: body))
        let error = try #require(await ClientFixture.client(of: server).once().error)
        #expect(error.code == .service(code))
        #expect(error.detail == message)
        #expect(error.status == status)
        #expect(error.requestID == "request-1")
        #expect(server.requests.count == 1)
        await server.stop()
    }

    @Test(arguments: [403, 502])
    func `a proxy's page is no service's answer`(_ status: Int) async throws {
        let server = try await Self.server(Answer(status: status, body: "<html><body>Access denied</body></html>"))
        let error = try #require(await ClientFixture.client(of: server).once().error)
        #expect(error.code == .badAnswer)
        #expect(error.status == status)
        await server.stop()
    }

    @Test func `an answer of 200 that isn't JSON is unreadable`() async throws {
        let server = try await Self.server(Answer(body: "<html>"))
        let answer = try await ClientFixture.client(of: server).once().get()
        #expect(throws: AWSError(.badAnswer, detail: "")) { try answer.json() }
        await server.stop()
    }

    @Test(
        arguments: [
            Answer(status: 500, body: "{}"), Answer(status: 503, body: "<html>"),
            Answer(status: 400, body: #"{"__type":"TooManyRequestsException"}"#),
            Answer(status: 400, body: #"{"__type":"ThrottlingException"}"#),
            Answer(status: 429, headers: [("x-amz-retry-after", "20")], body: #"{"__type":"Busy"}"#),
            Answer(end: .closed),
        ])
    func `what may pass is asked for again`(_ failure: Answer) async throws {
        let server = try await Self.server(failure, failure, Answer(body: "{}"))
        _ = try await ClientFixture.client(of: server).once().get()
        #expect(server.requests.count == 3)
        await server.stop()
    }

    @Test(arguments: [(nil, 3), ("1", 1), ("5", 5)] as [(String?, Int)])
    func `there are as many attempts as the settings say`(_ said: String?, _ count: Int) async throws {
        let server = try await Self.server(Answer(status: 503, body: "{}"))
        var environment = ClientFixture.keys
        environment["AWS_MAX_ATTEMPTS"] = said
        let error = await ClientFixture.client(of: server, environment).once().error
        #expect(error?.status == 503)
        #expect(server.requests.count == count)
        await server.stop()
    }

    @Test func `a server that says nothing is given up at the deadline, and so is one that stops within its answer`()
        async throws
    {
        for end in [Answer.End.silence, .stalled] {
            let server = try await Self.server(Answer(body: #"{"a":"bcdefgh"}"#, end: end))
            let error = await ClientFixture.client(of: server).once(by: .now + .milliseconds(300)).error
            #expect(error?.code == .deadlineExceeded)
            await server.stop()
        }
    }

    @Test func `no attempt begins that the deadline leaves no time to wait for`() async throws {
        let server = try await Self.server(Answer(status: 503, body: #"{"__type":"Busy"}"#))
        let client = ClientFixture.client(of: server, random: 1)
        let error = await client.once(by: .now + .milliseconds(900)).error
        #expect(error?.code == .service("Busy"))
        #expect(server.requests.count == 1)
        await server.stop()
    }

    @Test func `a call that mustn't be done twice isn't repeated after its answer was lost`() async throws {
        let server = try await Self.server(Answer(end: .closed))
        var request = ClientFixture.request
        request.isRepeatable = false
        #expect(await ClientFixture.client(of: server).once(request).error?.code == .unreachable)
        #expect(server.requests.count == 1)
        await server.stop()
    }

    @Test(arguments: ["RequestTimeTooSkewed", "InvalidSignatureException", "SignatureDoesNotMatch", "RequestExpired"])
    func `a wrong clock is set by the service's, once and for all calls`(_ code: String) async throws {
        let server = try await HTTPServer { request in
            request.header("X-Amz-Date") == "20260101T010000Z"
                ? Answer(body: "{}")
                : Answer(
                    status: 403, headers: [("Date", "Thu, 01 Jan 2026 01:00:00 GMT")], body: #"{"__type":"\#(code)"}"#)
        }
        let client = ClientFixture.client(of: server)
        _ = try await client.send(ClientFixture.request)
        #expect(server.requests.count == 2)
        _ = try await client.once().get()
        #expect(server.requests.count == 3)
        await server.stop()
    }

    @Test func `a signature that is wrong for another reason isn't blamed on the clock`() async throws {
        let server = try await Self.server(
            Answer(
                status: 403, headers: [("Date", "Thu, 01 Jan 2026 00:00:30 GMT")],
                body: #"{"__type":"InvalidSignatureException","message":"The signature doesn't match."}"#))
        #expect(await ClientFixture.client(of: server).once().error?.code == .service("InvalidSignature"))
        #expect(server.requests.count == 1)
        await server.stop()
    }

    @Test func `a service whose clock runs away isn't followed for ever`() async throws {
        let hour = Atomic(1)
        let server = try await HTTPServer { _ in
            let hour = hour.wrappingAdd(1, ordering: .relaxed).oldValue
            return Answer(
                status: 403, headers: [("Date", "Thu, 01 Jan 2026 0\(hour):00:00 GMT")],
                body: #"{"__type":"RequestExpired"}"#)
        }
        #expect(await ClientFixture.client(of: server).once().error?.code == .service("RequestExpired"))
        #expect(server.requests.count == 2)
        await server.stop()
    }

    @Test func `nobody listening is said with the place`() async throws {
        let port = try FreePort.next()
        let environment = ClientFixture.keys.merging(["AWS_ENDPOINT_URL": "http://127.0.0.1:\(port)"]) { $1 }
        let error = await ClientFixture.client(environment).once().error
        #expect(error?.code == .unreachable)
        #expect(error?.detail == "127.0.0.1:\(port): Connection refused")
    }

    @Test func `without a Region nothing is sent`() async throws {
        let client = AWSClient(
            region: nil, endpoints: [:], settings: ClientFixture.settings(ClientFixture.keys), now: { 0 })
        #expect(await client.once().error?.code == .noRegion)
        #expect(!client.isInUse)
    }

    @Test func `a client that was closed says so`() async throws {
        let client = ClientFixture.client()
        await client.close()
        #expect(await client.once().error?.code == .cancelled)
    }

    @Test func `who is cancelled while waiting goes away`() async throws {
        let server = try await Self.server(Answer(end: .silence))
        let client = ClientFixture.client(of: server)
        let task = Task { await client.once() }
        while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        task.cancel()
        #expect(await task.value.error?.code == .cancelled)
        await server.stop()
    }
}
