import LambdaRuntime
import Logging

/// Sends every event back as it came, until the Runtime API ends.
func echo(endpoint: String) async throws {
    let logger = Logger(label: "echo") { _ in JSONLogHandler() }
    let handler: InvocationHandler = { invocation, responder in
        responder.send(.response(invocation.body))
    }
    try await RuntimeLoop(endpoint: endpoint, logger: logger).run(handler)
}
