import Foundation
import Testing

@testable import AWSClient

@Suite struct SignatureV4Tests {
    /// An example of AWS's: the signing test suite of aws-c-auth (`tests/aws-signing-test-suite/v4`, Apache License 2.0), a
    /// line each; without those of S3, whose paths aren't normalised.
    struct Example: Decodable, Sendable, CustomTestStringConvertible {
        let name: String
        let method: String
        let path: String
        let query: [[String]]
        let headers: [[String]]
        let body: String
        let token: String?
        let canonical: String
        let signature: String

        var testDescription: String { name }

        var request: AWSRequest {
            AWSRequest(
                AWSService(endpointPrefix: "service"), method: method, path: path,
                query: query.map { AWSRequest.Parameter($0[0], $0[1]) },
                headers: headers.map { AWSRequest.Parameter($0[0], $0[1]) }, body: Array(body.utf8))
        }
    }

    static let examples: [Example] = {
        let file = Bundle.module.url(forResource: "signature-v4", withExtension: "ndjson", subdirectory: "Vectors")
        guard let file, let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        return text.split(separator: "\n").compactMap { try? JSONDecoder().decode(Example.self, from: Data($0.utf8)) }
    }()

    /// 2015-08-30T12:36:00Z
    private static let time: Int64 = 1_440_938_160

    private static func signer(token: String?) -> SignatureV4 {
        SignatureV4(
            credentials: AWSCredentials(
                accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                sessionToken: token), region: "us-east-1", service: "service")
    }

    @Test func `all of them are here`() {
        #expect(Self.examples.count == 31)
    }

    @Test(arguments: examples)
    func `an example of AWS's has the signature that AWS gives`(_ example: Example) throws {
        let headers = Self.signer(token: example.token).headers(
            for: example.request, host: "example.amazonaws.com", at: Self.time)
        let unsigned = headers.filter { $0.name != "Authorization" }
        #expect(SignatureV4.canonicalRequest(example.request, headers: unsigned).text == example.canonical)
        let authorization = try #require(headers.first { $0.name == "Authorization" }?.value)
        #expect(authorization.hasSuffix("Signature=\(example.signature)"))
        #expect(
            authorization.hasPrefix(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders="))
    }

    @Test func `what may change on the way isn't signed`() {
        var request = AWSRequest(.lambda, method: "GET", path: "/")
        request.headers = [.init("User-Agent", "x"), .init("Connection", "close"), .init("Expect", "100-continue")]
        let (_, names) = SignatureV4.canonicalRequest(request, headers: request.headers)
        #expect(names.isEmpty)
    }

    @Test(
        arguments: [
            (0, "19700101T000000Z"), (951_782_400, "20000229T000000Z"), (1_440_938_160, "20150830T123600Z"),
            (4_107_542_399, "21000228T235959Z"), (-1, "19691231T235959Z"),
        ] as [(Int64, String)])
    func `a time is written as ISO 8601's basic form`(_ seconds: Int64, _ text: String) {
        #expect(CivilTime(seconds).basic == text)
    }

    @Test func `times of AWS and of HTTP are read`() {
        #expect(CivilTime(extended: "2015-08-30T12:36:00Z")?.seconds == 1_440_938_160)
        #expect(CivilTime(extended: "2000-02-29T00:00:00.123Z")?.seconds == 951_782_400)
        #expect(CivilTime(httpDate: "Sun, 06 Nov 1994 08:49:37 GMT")?.seconds == 784_111_777)
        for text in ["", "2015-13-30T12:36:00Z", "2015-08-30 12:36:00", "x"] {
            #expect(CivilTime(extended: text) == nil)
            #expect(CivilTime(httpDate: text) == nil)
        }
    }

    @Test func `credentials print without their secrets`() {
        let credentials = AWSCredentials(
            accessKeyID: "AKID", secretAccessKey: "hidden-key", sessionToken: "hidden-token")
        for text in ["\(credentials)", String(reflecting: credentials), String(describing: [credentials])] {
            #expect(!text.contains("hidden"))
        }
        var dumped = ""
        dump(credentials, to: &dumped)
        #expect(!dumped.contains("hidden"))
    }
}
