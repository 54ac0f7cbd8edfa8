/// What the clients of single services need: a request signed, sent, repeated where that helps, and answered.
public protocol AWSCalling: Sendable {
    /// The Region that requests go to; nil if none is known, and then every call throws `.noRegion`.
    var region: String? { get }

    /// - Parameter deadline: the latest end, all attempts included; nil for the client's own patience.
    /// - Throws: `AWSError`; `.service` for every answer that isn't 2xx.
    func send(_ request: AWSRequest, by deadline: ContinuousClock.Instant?) async throws(AWSError) -> AWSResponse
}

extension AWSCalling {
    public func send(_ request: AWSRequest) async throws(AWSError) -> AWSResponse {
        try await send(request, by: nil)
    }
}
