/// Two timed look-ups of a name that nobody has: one that has to connect first, and one that doesn't.
struct LookUpProbe {
    private let directory: any ListableDirectory
    private let timeout: Duration
    private let budget: Duration

    init(_ directory: any ListableDirectory, timeout: Duration, budget: Duration) {
        self.directory = directory
        self.timeout = timeout
        self.budget = budget
    }

    struct Outcome {
        let timeout: Duration
        let budget: Duration
        var cold: Duration?
        var warm: Duration?
        var error: DirectoryError?
        var findsAnybody = false

        /// Whether there is somebody to put further questions to.
        var mayGoOn: Bool {
            switch error?.code {
            case nil, .deadlineExceeded, .permissionDenied, .badQuery, .missingColumn, .badData, .notADirectory,
                .unexpected, .overloaded, .changedMeanwhile:
                true
            case .unreachable, .connectionLost, .tls, .readerRefused, .circuitOpen, .cancelled: false
            }
        }

        /// - Parameters:
        ///   - isAlive: whether it answered another question.
        ///   - isTLSExplained: whether it was said what is wrong with its TLS.
        func findings(isAlive: Bool, isTLSExplained: Bool) -> [Finding] {
            if let error {
                if error.code == .deadlineExceeded, isAlive {
                    return [
                        connected, slow("no answer to a look-up within the directory's timeout of \(timeout.short)"),
                    ]
                }
                if error.code == .permissionDenied || error.code == .badQuery || error.code == .missingColumn {
                    // The server's own code came over a connection.
                    return (isAlive || error.nativeCode != nil ? [connected] : []) + [
                        ErrorFinding.finding(error, code: .lookUp, doing: "the look-up")
                    ]
                }
                let severe = ErrorFinding.finding(error, code: .connection, doing: "connecting")
                // A certificate that stays wrong is no outage, whatever the connector took it for.
                guard isTLSExplained, severe.severity == .unknown else { return [severe] }
                return [Finding(.connection, .problem, severe.what, advice: severe.advice)]
            }
            var findings = [connected]
            let longest = [cold, warm].compactMap { $0 }.max() ?? .zero
            let times =
                "a look-up takes \(cold?.short ?? "?") with connecting, \(warm?.short ?? "?") without"
                + " (timeout \(timeout.short), sign-in budget \(budget.short))"
            if longest > min(timeout, budget) / 2 {
                findings.append(slow(times))
            } else {
                findings.append(Finding(.lookUp, .ok, times))
            }
            if findsAnybody {
                findings.append(
                    Finding(
                        .lookUpFindsAnybody, .problem, "the look-up finds somebody for a name that nobody has",
                        advice: "let lookup (filter, match) compare with what the user typed: $1, ?1 or {username}"))
            }
            return findings
        }

        private var connected: Finding { Finding(.connection, .ok, "connected") }

        private func slow(_ what: String) -> Finding {
            Finding(
                .lookUpSlow, error == nil ? .warning : .problem, what,
                advice:
                    "give the columns that the look-up compares an index (of lower(email), if that is compared), or "
                    + "raise timeout: as far as sign_in.budget allows")
        }
    }

    func run() async -> Outcome {
        var outcome = Outcome(timeout: timeout, budget: budget)
        let limit = min(timeout, budget)
        for isWarm in [false, true] {
            // Nobody's name, and another one for each, so that no cache answers.
            let name = "doctor-\(String(UInt64.random(in: .min ... .max), radix: 36))@nobody.invalid"
            let start = ContinuousClock.now
            let result = await DirectoryExaminer.caught { () throws(DirectoryError) in
                try await directory.lookUp(name, by: .after(limit))
            }
            let time = start.duration(to: .now)
            if isWarm { outcome.warm = time } else { outcome.cold = time }
            switch result {
            case .success(.none): break
            case .success(.one), .success(.several): outcome.findsAnybody = true
            case .failure(let error):
                outcome.error = error
                return outcome
            }
        }
        return outcome
    }
}

extension Duration {
    /// `12.3 ms`, `2000 ms`.
    var short: String {
        let tenths = Int((self / .microseconds(100)).rounded())
        return tenths % 10 == 0 || tenths >= 1000 ? "\(tenths / 10) ms" : "\(tenths / 10).\(tenths % 10) ms"
    }
}
