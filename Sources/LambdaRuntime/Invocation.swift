/// One event, as the platform (or a client of `InvocationServer`) hands it over.
public struct Invocation: Sendable {
    /// Names the invocation in the platform's own logs.
    public let requestID: String
    /// When the platform gives up, in milliseconds since 1970-01-01T00:00:00Z. Wall time, so it may lie; nil where nobody
    /// waits (`InvocationServer`).
    public let deadlineMilliseconds: Int64?
    /// The X-Ray trace header, for whoever passes it on.
    public let traceID: String?
    /// The id of the whole trace in that header, such as `1-5759e988-bd862e3fe1be46a994272793`; nil if it has none that
    /// looks like X-Ray's.
    public var traceRoot: String? { traceID.flatMap(TraceHeader.root(of:)) }
    /// The event's bytes, exactly as they came.
    public let body: [UInt8]
    /// When the event was here, taken by the thread that reads the socket, not by whoever gets to handle it.
    public let arrival: ContinuousClock.Instant

    public init(
        requestID: String, deadlineMilliseconds: Int64?, traceID: String?, body: [UInt8],
        arrival: ContinuousClock.Instant
    ) {
        self.requestID = requestID
        self.deadlineMilliseconds = deadlineMilliseconds
        self.traceID = traceID
        self.body = body
        self.arrival = arrival
    }
}

/// Handles one event: sends a reply through the responder, then returns.
///
/// Whoever returns without having replied has an `InternalError` sent in its name. Work that goes on after the reply
/// holds up the next event, so it has to be bounded.
public typealias InvocationHandler = @Sendable (Invocation, InvocationResponder) async -> Void

/// Takes one event the moment it is there, and returns the work that handles it.
///
/// The first part runs on the thread that reads the socket: what it arms, such as a deadline, is armed even if Swift's
/// cooperative pool has no thread for the second part. It must not block.
public typealias InvocationAcceptor =
    @Sendable (Invocation, InvocationResponder) -> @Sendable () async -> Void

/// An acceptor that arms nothing.
func acceptor(_ handler: @escaping InvocationHandler) -> InvocationAcceptor {
    { invocation, responder in { await handler(invocation, responder) } }
}

/// What goes back for one event.
public enum InvocationReply: Sendable, Hashable {
    /// The reply's bytes, sent as they are.
    case response([UInt8])
    /// An invocation error. Cognito shows `message` to the user, so it says what a user may read and nothing more.
    case error(type: String, message: String)

    /// The most that a response or an event may have: what Lambda takes.
    public static let maxBytes = 6 * 1024 * 1024

    /// What `InternalError` says unless the program has a better text for its users.
    public static let defaultFailureMessage = "The function failed."

    static func internalError(_ message: String) -> InvocationReply {
        .error(type: "InternalError", message: message)
    }

    /// This reply, or the error that replaces one that Lambda would refuse.
    func withinLimit(orElse message: String) -> InvocationReply {
        if case .response(let bytes) = self, bytes.count > Self.maxBytes { return .internalError(message) }
        return self
    }
}

/// The body of an invocation error: exactly these two members.
struct ErrorObject {
    let type: String
    let message: String

    var json: [UInt8] {
        var json = Array("{\"errorType\":".utf8)
        json.append(jsonString: type)
        json.append(contentsOf: ",\"errorMessage\":".utf8)
        json.append(jsonString: message)
        json.append(UInt8(ascii: "}"))
        return json
    }

    /// The value of `Lambda-Runtime-Function-Error-Type`: `Category.Reason`.
    ///
    /// What could end a header line is left out, so that no type, however it came about, can break the reply.
    var headerValue: String {
        let allowed = type.utf8.filter { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return "Function." + String(decoding: allowed, as: UTF8.self)
    }
}
