import ArgumentParser
import Foundation
import LambdaRuntime
import Metrics
import MigrationCore
import TriggerWiring

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Answers events over HTTP, as the Lambda function would.",
        discussion: """
            POST an event to /2015-03-31/functions/function/invocations. An invocation error is status 200 with the \
            header X-Amz-Function-Error: Unhandled. GET /metrics has the counters and gauges for Prometheus, and GET \
            /healthz is 200 for as long as events are answered. Ctrl-C finishes what is under way and stops.
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: "Where to listen; port 0 takes any free one.")
    var listen = "127.0.0.1:9000"

    func validate() throws {
        guard Self.parse(listen) != nil else {
            throw ValidationError("--listen should be HOST:PORT, such as 127.0.0.1:9000 or [::1]:0")
        }
    }

    func run() async throws {
        let file = try ConfigurationFile.load(common)
        let logger = common.logger(level: .info)
        let registry = MetricsRegistry()
        MetricsSystem.bootstrap(registry)
        let assembly = try await file.assemble(common, logLevel: .info, maxConnections: 4, lateAnswers: .kept)
        let server = InvocationServer(
            logger: logger, failureMessage: file.configuration.signIn.messages.unavailable,
            metrics: { registry.text }
        ) { invocation, responder in
            assembly.service.accept(invocation, responder)
        }
        guard let (host, port) = Self.parse(listen) else { throw ExitStatus.usage.exitCode }
        do {
            let address = try await server.start(host: host, port: port)
            Output.note("listening on http://\(address)")
        } catch {
            await assembly.close()
            // It names the address and the system's reason.
            let reason = (error as? LambdaRuntimeError)?.detail ?? "\(error)"
            Output.note("error: can't listen on \(reason); choose another with --listen HOST:PORT")
            throw ExitStatus.failed.exitCode
        }
        await StopSignals.wait()
        await server.shutdown()
        await assembly.close()
    }

    /// `host:port`, or `[ipv6]:port`.
    private static func parse(_ text: String) -> (host: String, port: Int)? {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return host.isEmpty ? nil : (String(host), Int(port))
    }
}
