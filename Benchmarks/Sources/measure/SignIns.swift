import Foundation
import LDAPConnector
import Logging
import MigrationCore
import PasswordHashing
import PostgresConnector
import Synchronization

/// Sign-ins in process over one directory: an event's bytes in, the reply's out, as MigrateLambda and `serve` do it.
struct SignIns: Sendable {
    /// Everybody's.
    static let password = "correct horse"

    /// What is kept of the directory.
    enum Kept {
        case nothing
        /// Look-ups, and no verdict on a password: it is checked each time.
        case lookUps
    }

    private let assembly: TriggerAssembly
    let sources = AnswerSources()

    init(_ directory: DirectoryConfiguration, attributes: [AttributeRule], username: String, kept: Kept, atOnce: Int)
        throws
    {
        var configuration = ConnectorsConfiguration(
            directories: [directory], username: AttributeRule("username", from: .columns([username])),
            attributes: attributes)
        switch kept {
        case .nothing: configuration.cache.memory.entries = 0
        case .lookUps: configuration.cache.memory.verdictTTL = .zero
        }
        // Those that come later must not be asked for again in the middle.
        configuration.cache.memory.ttl = .seconds(3600)
        let opener = DirectoryOpener(
            kinds: [PostgresKind.self, LDAPKind.self], baseFolder: "", environment: { _ in nil },
            readFile: { path throws(SecretTemplate.Unresolved) in
                throw SecretTemplate.Unresolved(message: "\(path) isn't to be read")
            })
        let sources = sources
        assembly = try TriggerAssembly(
            configuration, opener: opener, maxConnections: atOnce,
            cores: ProcessInfo.processInfo.activeProcessorCount,
            logger: Logger(label: "sign-ins") { _ in CountingLogHandler(sources: sources) })
    }

    func close() async {
        await assembly.close()
    }

    /// The event of somebody's sign-in.
    static func event(_ number: Int) -> [UInt8] {
        Array(
            #"{"version":"1","triggerSource":"UserMigration_Authentication","region":"us-east-1","userPoolId":"us-east-1_EXAMPLE","userName":"user\#(number)","callerContext":{"awsSdkVersion":"aws-sdk-unknown-unknown","clientId":"1example23456789"},"request":{"password":"\#(password)","validationData":null,"userAttributes":null},"response":{"userAttributes":null,"forceAliasCreation":null,"finalUserStatus":null,"messageAction":null,"desiredDeliveryMediums":null}}"#
                .utf8)
    }

    /// Answers events, so many at once; each has to be admitted.
    func answer(_ events: [[UInt8]], atOnce: Int = 1) async {
        await withTaskGroup { group in
            for worker in 0..<atOnce {
                group.addTask {
                    for place in stride(from: worker, to: events.count, by: atOnce) { await admit(events[place]) }
                }
            }
        }
    }

    private func admit(_ event: [UInt8]) async {
        await assembly.service.handle(event, requestID: "1", arrival: .now) { reply in
            // A refusal is the event as it came.
            guard case .event(let bytes) = reply, bytes.count > event.count else { fail("somebody isn't admitted") }
        }
    }
}

/// Where answers came from, by the log lines' `cache`.
final class AnswerSources: Sendable {
    private let counts = Mutex<[String: Int]>([:])

    func note(_ source: String) {
        counts.withLock { $0[source, default: 0] += 1 }
    }

    /// What was counted since the last call.
    func take() -> [String: Int] {
        counts.withLock { counts in
            defer { counts = [:] }
            return counts
        }
    }
}

/// Takes a sign-in's line as a log does, and writes it nowhere.
private struct CountingLogHandler: LogHandler {
    let sources: AnswerSources
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        if case .string(let source)? = event.metadata?["cache"] { sources.note(source) }
    }
}

/// The hash itself, which a loop in C has none of.
enum HashAlone {
    /// What one takes, in seconds.
    static func seconds() -> Double {
        let rounds = 20_000
        guard let verifier = PasswordVerifier(scheme: "md5") else { fail("there is no md5") }
        let stored = "3cb4e732631f47e6eb961f34554b7cde"
        guard verifier.verify(stored: stored, typed: SignIns.password) == .match else { fail("that isn't its hash") }
        let start = ContinuousClock.now
        for _ in 0..<rounds { _ = verifier.verify(stored: stored, typed: SignIns.password) }
        return start.duration(to: .now) / .seconds(1) / Double(rounds)
    }
}

/// Runs `body` on so many threads at once, with their numbers from 0, and waits for all.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let group = DispatchGroup()
    for number in 0..<count {
        group.enter()
        let thread = Thread {
            body(number)
            group.leave()
        }
        thread.start()
    }
    group.wait()
}
