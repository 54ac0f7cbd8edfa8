internal import AWSClient
internal import ConnectorRegistry
public import LambdaRuntime
public import MigrationCore
internal import SecretProviders
internal import Synchronization
internal import Threads

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

extension TriggerService {
    /// Takes an invocation of the runtime's, or of the local server that stands in for it.
    public func accept(
        _ invocation: Invocation, _ responder: InvocationResponder
    ) -> @Sendable () async -> Void {
        accept(
            invocation.body, requestID: invocation.requestID, arrival: invocation.arrival,
            platformDeadline: invocation.deadlineMilliseconds.map { UnixTime(milliseconds: $0) },
            traceID: invocation.traceRoot
        ) { reply in
            switch reply {
            case .event(let bytes): responder.send(.response(bytes))
            case .failure(let failure): responder.send(.error(type: failure.kind.rawValue, message: failure.message))
            }
        }
    }
}

extension DirectoryOpener {
    /// Every connector that the program was built with, this process's environment, and its files.
    ///
    /// Secrets that AWS keeps are read with the process's AWS credentials, in the pool's Region unless they say another.
    ///
    /// - Parameter configurationFile: relative paths are relative to its folder.
    public init(configurationFile: String, region: String? = nil) {
        let client = AWSClientOnce(region: region)
        self.init(
            kinds: ConnectorRegistry.kinds, baseFolder: Self.folder(of: configurationFile),
            environment: { name in getenv(name).map { String(cString: $0) } },
            readFile: { path throws(SecretTemplate.Unresolved) in
                do throws(TextFile.Unreadable) {
                    return String(decoding: try TextFile.bytes(of: path, maxBytes: 1 << 20), as: UTF8.self)
                } catch {
                    throw SecretTemplate.Unresolved(message: "the file \(path): \(error.reason)")
                }
            }, provider: AWSSecretProvider { client.value })
    }
}

/// A client of AWS that is made when it is asked for. Most configurations never do, and making it reads files.
private final class AWSClientOnce: Sendable {
    private let region: String?
    private let made = Mutex<AWSClient?>(nil)

    init(region: String?) {
        self.region = region
    }

    var value: AWSClient {
        made.withLock { made in
            let client = made ?? AWSClient(region: region)
            made = client
            return client
        }
    }
}

/// What every program of ours does first.
public func prepareProcess() {
    // A TLS alert on a dead socket must not end the process.
    signal(SIGPIPE, SIG_IGN)
    // A file or socket must not get the number of an output that was closed, and what is meant for the one then go to
    // the other. Opened the wrong way round, so that its use is still an error.
    for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_WRONLY)]
    where fcntl(descriptor, F_GETFD) < 0 {
        _ = open("/dev/null", mode)
    }
}

/// How many hashes can be computed at once.
public var coreCount: Int {
    max(sysconf(CInt(_SC_NPROCESSORS_ONLN)), 1)
}

/// The machine's memory, in bytes.
public var physicalMemory: Int {
    let (product, overflow) = sysconf(CInt(_SC_PHYS_PAGES)).multipliedReportingOverflow(by: sysconf(CInt(_SC_PAGESIZE)))
    return overflow || product <= 0 ? .max : product
}
