/// Why a call has no result.
public struct AWSError: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable, Hashable {
        /// What the service itself says, by its name without `Exception`: `ResourceNotFound`, `NotAuthorized`.
        case service(String)
        /// No source of credentials has any; `detail` says which were asked.
        case noCredentials
        /// No Region is known.
        case noRegion
        /// The service can't be reached: name, connection, TLS.
        case unreachable
        /// No answer in time.
        case deadlineExceeded
        /// The answer is none of the service's: HTML of a proxy, damaged JSON.
        case badAnswer
        /// The caller went away.
        case cancelled
    }

    public let code: Code
    /// HTTP status; nil where there was no answer.
    public let status: Int?
    /// The service's own message, or more about the failure. It may name what was asked for: for the operator who asked,
    /// never for a log.
    public let detail: String
    /// The service's name of this request, for AWS Support.
    public let requestID: String?

    public init(_ code: Code, status: Int? = nil, detail: String, requestID: String? = nil) {
        self.code = code
        self.status = status
        self.detail = detail
        self.requestID = requestID
    }

    /// The service's name of the error, if the service answered.
    public var serviceCode: String? {
        if case .service(let name) = code { name } else { nil }
    }

    /// Safe to log.
    public var description: String {
        switch code {
        case .service(let name): "the service answered \(name)"
        case .noCredentials: "no AWS credentials"
        case .noRegion: "no AWS Region"
        case .unreachable: "the service can't be reached"
        case .deadlineExceeded: "no answer in time"
        case .badAnswer: "the answer can't be read"
        case .cancelled: "cancelled"
        }
    }
}

extension AWSError: Equatable {
    /// Two are equal if their codes are.
    public static func == (left: AWSError, right: AWSError) -> Bool {
        left.code == right.code
    }
}
