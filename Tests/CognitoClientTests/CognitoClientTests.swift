import AWSClient
import CognitoClient
import Testing

@Suite struct CognitoClientTests {
    /// Answers every request alike.
    private struct OneAnswer: AWSCalling {
        let body: String
        var region: String? { "eu-west-1" }

        func send(
            _ request: AWSRequest, by deadline: ContinuousClock.Instant?
        ) async throws(AWSError) -> AWSResponse {
            AWSResponse(status: 200, body: Array(body.utf8))
        }
    }

    @Test func `a pool is described as it came`() async throws {
        let pool = try await CognitoClient(OneAnswer(body: #"{"UserPool":{"Id":"eu-west-1_x","New":1}}"#))
            .describeUserPool("eu-west-1_x")
        #expect(pool == ["Id": "eu-west-1_x", "New": 1])
    }

    @Test func `an answer without a pool is a bad one`() async {
        await #expect(throws: AWSError(.badAnswer, detail: "")) {
            try await CognitoClient(OneAnswer(body: "{}")).describeUserPool("eu-west-1_x")
        }
    }
}
