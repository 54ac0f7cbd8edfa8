#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Calls AWS: finds credentials, signs, sends, repeats what may pass, and reads errors.
///
/// Nothing is opened before the first call: no credentials are looked for, and no HTTPS client is made.
public final class AWSClient: AWSCalling {
    public let region: String?
    private let transport: HTTPTransport
    private let chain: CredentialChain
    private let sender: RequestSender

    /// - Parameters:
    ///   - region: before what the environment and the profile say.
    ///   - endpoints: places of services, before what those say: a local stand-in.
    public convenience init(
        region: String? = nil, endpoints: [AWSService: String] = [:], settings: AWSSettings = .ofProcess()
    ) {
        self.init(
            region: region, endpoints: endpoints, settings: settings,
            now: {
                var time = timespec()
                clock_gettime(CLOCK_REALTIME, &time)
                return Int64(time.tv_sec)
            })
    }

    init(
        region: String?, endpoints: [AWSService: String], settings: AWSSettings, now: @escaping @Sendable () -> Int64,
        random: @escaping @Sendable () -> Double = { .random(in: 0...1) }
    ) {
        self.region = region ?? settings.region
        let transport = HTTPTransport(proxy: settings.proxy, authorities: settings.authorities)
        self.transport = transport
        let attempt = Attempt(
            region: self.region, settings: settings, overrides: endpoints, transport: transport, now: now)
        let sender = RequestSender(attempt: attempt, maxAttempts: settings.maxAttempts, random: random)
        self.sender = sender
        let sts = SecurityTokenService { request, signer throws(AWSError) in
            try await sender.send(request, by: nil, signer: signer)
        }
        let singleSignOn = SingleSignOn(settings: settings, transport: transport, now: now)
        let machine = MachineHTTP(transport: transport)
        let environment = EnvironmentCredentials(settings: settings)
        let container = ContainerCredentials(settings: settings, machine: machine)
        let instance = InstanceCredentials(settings: settings, machine: machine)
        let named = { @Sendable (name: String) -> (any CredentialSource)? in
            switch name {
            case "Environment": environment
            case "EcsContainer": container
            case "Ec2InstanceMetadata": instance
            default: nil
            }
        }
        var sources: [any CredentialSource] = settings.isProfileExplicit ? [] : [environment]
        sources += [
            ProfileCredentials(settings: settings, part: .role, sts: sts, singleSignOn: singleSignOn, named: named),
            WebIdentityCredentials(settings: settings, sts: sts),
            ProfileCredentials(settings: settings, part: .keys, sts: sts, singleSignOn: singleSignOn, named: named),
            container, instance,
        ]
        chain = CredentialChain(sources, now: now)
    }

    /// Whether anything was sent: an HTTPS client costs a thread and the reading of some hundred certificates.
    public var isInUse: Bool { transport.isInUse }

    /// Ends the connections. Calls after it throw `.cancelled`.
    public func close() async {
        await transport.close()
    }

    public func send(
        _ request: AWSRequest, by deadline: ContinuousClock.Instant?
    ) async throws(AWSError) -> AWSResponse {
        try await sender.send(request, by: deadline, signer: .chain(chain))
    }
}
