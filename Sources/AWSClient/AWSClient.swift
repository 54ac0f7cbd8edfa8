internal import Synchronization

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
    private let settings: AWSSettings
    private let overrides: [AWSService: String]
    private let transport: HTTPTransport
    private let chain: CredentialChain
    private let state: Mutex<State>
    private let now: @Sendable () -> Int64

    private struct State {
        var retries: RetryPolicy
        /// The services' clock less ours, in seconds, once one of them has said that ours is wrong.
        var skew: Int64 = 0
    }

    /// For one attempt; several fit into a minute.
    private static let attemptLimit = Duration.seconds(20)
    /// For a call without a deadline.
    private static let patience = Duration.seconds(60)

    /// - Parameters:
    ///   - region: before what the environment and the profile say.
    ///   - endpoints: places of services, before what those say: a local stand-in.
    public convenience init(
        region: String? = nil, endpoints: [AWSService: String] = [:], settings: AWSSettings = .ofProcess()
    ) {
        self.init(region: region, endpoints: endpoints, settings: settings) {
            var time = timespec()
            clock_gettime(CLOCK_REALTIME, &time)
            return Int64(time.tv_sec)
        }
    }

    init(
        region: String?, endpoints: [AWSService: String], settings: AWSSettings, now: @escaping @Sendable () -> Int64
    ) {
        self.region = region ?? settings.region
        self.settings = settings
        self.now = now
        overrides = endpoints
        let transport = HTTPTransport(proxy: settings.proxy, authorities: settings.authorities)
        self.transport = transport
        let state = State(retries: RetryPolicy(maxAttempts: settings.maxAttempts))
        self.state = Mutex(state)
        let attempt = Attempt(
            region: self.region, settings: settings, overrides: endpoints, transport: transport, now: now)
        let sts = SecurityTokenService { request, credentials in
            await attempt.once(request, credentials: credentials, skew: 0, within: Self.attemptLimit).mapError(\.error)
        }
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
            ProfileCredentials(settings: settings, part: .role, sts: sts, named: named),
            WebIdentityCredentials(settings: settings, sts: sts),
            ProfileCredentials(settings: settings, part: .keys, sts: sts, named: named),
            container, instance,
        ]
        chain = CredentialChain(sources, now: now)
        self.attempt = attempt
    }

    private let attempt: Attempt

    /// Whether anything was sent: an HTTPS client costs a thread and the reading of some hundred certificates.
    public var isInUse: Bool { transport.isInUse }

    /// Ends the connections. Calls after it throw `.cancelled`.
    public func close() async {
        await transport.close()
    }

    public func send(
        _ request: AWSRequest, by deadline: ContinuousClock.Instant?
    ) async throws(AWSError) -> AWSResponse {
        let end = deadline ?? .now + Self.patience
        var paid = 0
        var hasCorrectedClock = false
        var number = 1
        while true {
            let credentials = try await chain.credentials()
            let skew = state.withLock { $0.skew }
            let limit = min(ContinuousClock.Instant.now.duration(to: end), Self.attemptLimit)
            let result = await attempt.once(request, credentials: credentials, skew: skew, within: limit)
            if case .failure(let failure) = result, !hasCorrectedClock, let theirs = failure.clock {
                // Once: a signature may be wrong for other reasons.
                hasCorrectedClock = true
                state.withLock { $0.skew = theirs - now() }
                continue
            }
            if case .failure(let failure) = result, failure.error.isExpiredToken { await chain.forget() }
            let outcome: RetryPolicy.Outcome =
                switch result {
                case .success: .success
                case .failure(let failure): failure.outcome
                }
            let random = Double.random(in: 0...1)
            let action = state.withLock { state in
                state.retries.decide(outcome, attempt: number, paid: &paid, random: random)
            }
            guard case .retry(let wait) = action, .now + wait < end else {
                return try result.mapError(\.error).get()
            }
            do {
                try await Task.sleep(for: wait)
            } catch {
                throw AWSError(.cancelled, detail: "")
            }
            number += 1
        }
    }
}
