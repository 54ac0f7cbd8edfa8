/// One request, signed and sent once.
struct Attempt: Sendable {
    let region: String?
    let settings: AWSSettings
    let overrides: [AWSService: String]
    let transport: HTTPTransport
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    struct Failure: Error {
        let error: AWSError
        let outcome: RetryPolicy.Outcome
        /// The service's clock, if it says that ours is wrong.
        var clock: Int64?
    }

    /// - Parameters:
    ///   - credentials: nil: not signed.
    ///   - skew: the services' clock less ours, in seconds.
    func once(
        _ request: AWSRequest, credentials: AWSCredentials?, skew: Int64, within limit: Duration
    ) async -> Result<AWSResponse, Failure> {
        let endpoint: AWSEndpoint
        do throws(AWSError) {
            endpoint = try self.endpoint(of: request.service, in: request.region ?? region)
        } catch {
            return .failure(Failure(error: error, outcome: .final))
        }
        let url = endpoint.url(path: request.path, query: request.query)
        var request = request
        request.path = endpoint.basePath + request.path
        let headers =
            credentials.map { credentials in
                SignatureV4(
                    credentials: credentials, region: endpoint.signingRegion, service: request.service.signingName
                ).headers(for: request, host: endpoint.authority, at: now() + skew)
            } ?? request.headers + [.init("Host", endpoint.authority)]
        do throws(HTTPFailure) {
            let response = try await transport.send(
                HTTPRequest(
                    method: request.method, url: url, host: endpoint.host, headers: headers, body: request.body),
                within: limit)
            return read(response)
        } catch {
            let place = "\(endpoint.authority): \(error.words)"
            // Sent again, it might be done twice.
            let mayRepeat = request.isRepeatable || !error.mayHaveArrived
            switch error {
            case .timeout:
                return .failure(
                    Failure(error: AWSError(.deadlineExceeded, detail: place), outcome: mayRepeat ? .timeout : .final))
            case .connection:
                return .failure(
                    Failure(
                        error: AWSError(.unreachable, detail: place),
                        outcome: mayRepeat ? .transient(retryAfter: nil) : .final))
            case .settings:
                return .failure(Failure(error: AWSError(.unreachable, detail: place), outcome: .final))
            case .cancelled:
                return .failure(Failure(error: AWSError(.cancelled, detail: ""), outcome: .final))
            }
        }
    }

    private func endpoint(of service: AWSService, in region: String?) throws(AWSError) -> AWSEndpoint {
        guard let region = region ?? (service.isGlobal ? "us-east-1" : nil) else {
            throw AWSError(.noRegion, detail: settings.profiles.problem ?? "set AWS_REGION")
        }
        let own = AWSEndpoint(service, region: region, usesFIPS: settings.usesFIPS)
        guard let url = overrides[service] ?? settings.endpointURL(of: service) else { return own }
        guard let endpoint = AWSEndpoint(url: url, region: own.signingRegion) else {
            throw AWSError(.unreachable, detail: "\(url) is no URL of http or https")
        }
        return endpoint
    }

    private func read(_ response: HTTPResponse) -> Result<AWSResponse, Failure> {
        if (200..<300).contains(response.status) {
            return .success(AWSResponse(status: response.status, headers: response.headers, body: response.body))
        }
        let error = ServiceError(response).error
        let clock = error.isClockProblem ? response.header("date").flatMap { CivilTime(httpDate: $0)?.seconds } : nil
        return .failure(Failure(error: error, outcome: error.retryOutcome(response), clock: clock))
    }
}

/// What a service says that it didn't do, in whichever of the protocols.
///
/// - SeeAlso: Smithy documentation, "AWS JSON 1.1 protocol", "Operation error serialization".
private struct ServiceError {
    let error: AWSError

    init(_ response: HTTPResponse) {
        let text = String(decoding: response.body, as: UTF8.self)
        let body = JSON(bytes: response.body)
        let said =
            response.header("x-amzn-errortype") ?? body?["__type"]?.string ?? body?["code"]?.string
            ?? body?["Code"]?.string ?? XMLText.value(of: "Code", in: text)
        let requestID =
            response.header("x-amzn-requestid") ?? response.header("x-amz-request-id")
            ?? XMLText.value(of: "RequestId", in: text)
        guard let name = said.map(Self.name), !name.isEmpty else {
            error = AWSError(
                .badAnswer, status: response.status, detail: "HTTP \(response.status), and no error of a service",
                requestID: requestID)
            return
        }
        let message =
            body?["message"]?.string ?? body?["Message"]?.string ?? XMLText.value(of: "Message", in: text) ?? ""
        error = AWSError(.service(name), status: response.status, detail: message, requestID: requestID)
    }

    /// `com.amazonaws#UserNotFoundException:http://...` -> `UserNotFound`
    private static func name(_ said: String) -> String {
        var name = said.prefix { $0 != ":" && $0 != "," }[...]
        if let hash = name.lastIndex(of: "#") { name = name[name.index(after: hash)...] }
        if name.hasSuffix("Exception") { name.removeLast("Exception".count) }
        // It goes into logs.
        return String(name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }.prefix(100))
    }
}

extension HTTPFailure {
    fileprivate var mayHaveArrived: Bool {
        switch self {
        case .timeout, .connection(_, wasSent: true): true
        case .connection(_, wasSent: false), .settings, .cancelled: false
        }
    }
}

extension AWSError {
    /// - SeeAlso: AWS SDKs and Tools Reference Guide, "Retry behavior".
    fileprivate static let throttling: Set = [
        "Throttling", "ThrottlingException", "ThrottledException", "Throttled", "RequestThrottled",
        "RequestThrottledException",
        "TooManyRequests", "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "SlowDown",
        "PriorRequestNotComplete", "TransactionInProgress", "ProvisionedThroughputExceeded", "EC2ThrottledException",
    ]

    fileprivate func retryOutcome(_ response: HTTPResponse) -> RetryPolicy.Outcome {
        let retryAfter = response.header("x-amz-retry-after").flatMap { Int($0) }.map { Duration.milliseconds($0) }
        if let serviceCode, Self.throttling.contains(serviceCode) || serviceCode == "InternalError" {
            return .transient(retryAfter: retryAfter)
        }
        return [429, 500, 502, 503, 504].contains(response.status) || isExpiredToken
            ? .transient(retryAfter: retryAfter) : .final
    }

    fileprivate var isClockProblem: Bool {
        ["RequestTimeTooSkewed", "RequestExpired", "InvalidSignature", "SignatureDoesNotMatch", "RequestInTheFuture"]
            .contains(serviceCode ?? "")
    }

    var isExpiredToken: Bool { ["ExpiredToken", "ExpiredTokenException"].contains(serviceCode ?? "") }
}
