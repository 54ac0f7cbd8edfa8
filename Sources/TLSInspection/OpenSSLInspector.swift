public import MigrationCore
internal import Threads

/// Looks at certificates with OpenSSL, each on a thread of its own that is joined before it answers.
///
/// For `doctor` alone: connections are libpq's and libldap's, which say less about what is wrong.
public struct OpenSSLInspector: TLSInspector {
    private let resolver = NameResolver()

    public init() {}

    public func inspect(_ endpoint: TLSEndpoint, by deadline: Deadline) async -> TLSObservation {
        let addresses: [String]
        do throws(NameResolver.Failure) {
            addresses = try await resolver.addresses(of: endpoint.address ?? endpoint.host, by: deadline.instant)
        } catch {
            switch error {
            case .notFound: return .unreachable("no such host: \(endpoint.host)")
            case .deadlineExceeded, .tooManyLeftBehind: return .unreachable("the name server doesn't answer")
            case .noThreadLeft: return .unreachable("the system has no thread left")
            case .cancelled: return .unreachable("it was stopped")
            }
        }
        let look: Look
        do throws(Look.NoRoom) {
            look = try Look()
        } catch {
            return .unreachable("the system has no thread or file descriptor left")
        }
        var observation = TLSObservation.unreachable("no address for \(endpoint.host)")
        for (number, address) in addresses.enumerated() {
            let share = deadline.capped(to: deadline.remaining() / (addresses.count - number))
            observation = await withTaskCancellationHandler {
                await look.observe(endpoint, address: address, by: share)
            } onCancel: {
                look.interruption.raise()
            }
            guard case .unreachable = observation else { break }
        }
        look.thread.close()
        return observation
    }
}

/// A connection made to be looked at, and its thread.
private actor Look {
    struct NoRoom: Error {}

    nonisolated let thread: ConnectionThread
    nonisolated let interruption: Interruption
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init() throws(NoRoom) {
        guard let interruption = Interruption() else { throw NoRoom() }
        self.interruption = interruption
        do throws(ThreadRefused) {
            thread = try ConnectionThread(name: "certificate")
        } catch {
            throw NoRoom()
        }
    }

    func observe(_ endpoint: TLSEndpoint, address: String, by deadline: Deadline) -> TLSObservation {
        let context: TLSContext
        do throws(TLSContext.Failure) {
            context = try TLSContext(authorities: endpoint.authorities, isNeeded: endpoint.check != .nothing)
        } catch {
            return .authorities(error.message)
        }
        let descriptor: CInt
        do throws(ServerSocket.Failure) {
            descriptor = try ServerSocket.connect(
                address: address, port: endpoint.port, interruption: interruption, by: deadline.instant)
        } catch {
            switch error {
            case .deadlineExceeded: return .unreachable("no answer in time")
            case .interrupted: return .unreachable("it was stopped")
            case .unreachable(let words): return .unreachable(words)
            case .noDescriptor: return .unreachable("no file descriptor is left")
            }
        }
        let socket = PatientSocket(descriptor, interruption: interruption, deadline: deadline)
        do throws(PatientSocket.Stopped) {
            if let refusal = try StartRequest.send(endpoint.start, on: socket) { return .absent(refusal) }
            return try Handshake(context, socket, endpoint).observe()
        } catch {
            return .unreachable(error.reason)
        }
    }
}
