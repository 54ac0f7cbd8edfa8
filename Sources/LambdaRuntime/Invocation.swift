/// One event, as the platform (or a client of `InvocationServer`) hands it over.
public struct Invocation: Sendable {
    /// Names the invocation in the platform's own logs.
    public let requestID: String
    /// When the platform gives up, in milliseconds since 1970-01-01T00:00:00Z. Wall time, so it may lie; nil where nobody
    /// waits (`InvocationServer`).
    public let deadlineMilliseconds: Int64?
    /// The X-Ray trace header, for whoever passes it on.
    public let traceID: String?
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

/// What goes back for one event.
public enum InvocationReply: Sendable, Hashable {
    /// The reply's bytes, sent as they are.
    case response([UInt8])
    /// An invocation error. Cognito shows `message` to the user, so it says what a user may read and nothing more.
    case error(type: String, message: String)

    /// The most that a response or an event may have: what Lambda takes.
    public static let maxBytes = 6 * 1024 * 1024

    static let internalErrorType = "InternalError"
    static let noReply = InvocationReply.error(type: internalErrorType, message: "The function did not reply.")
    static let tooLarge = InvocationReply.error(type: internalErrorType, message: "The reply is too large.")

    /// This reply, or the error that replaces one that Lambda would refuse.
    var withinLimit: InvocationReply {
        if case .response(let bytes) = self, bytes.count > Self.maxBytes { return .tooLarge }
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
