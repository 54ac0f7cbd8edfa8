public import PasswordHashing
public import Threads

/// Examines one directory: what all kinds share is done here, against the ports; what is a kind's own it tells itself
/// (`ExaminableDirectory`).
///
/// Everything has a limit: a directory that says nothing costs `timeout` twice and a few seconds.
public struct DirectoryExaminer: Sendable {
    /// For the kind's own questions, for each certificate, and for the first rows.
    static let stepLimit: Duration = .seconds(3)

    private let configuration: ConnectorsConfiguration
    private let directory: DirectoryConfiguration
    private let passwordSecrets: PasswordSecrets
    private let inspector: any TLSInspector
    private let clock: any WallClock

    /// - Parameter passwordSecrets: what the directory's software mixes into its hashes, without which some can't be told from
    ///   what is no hash.
    public init(
        _ configuration: ConnectorsConfiguration, directory: DirectoryConfiguration,
        passwordSecrets: PasswordSecrets = PasswordSecrets(), inspector: any TLSInspector,
        clock: any WallClock = SystemWallClock()
    ) {
        self.configuration = configuration
        self.directory = directory
        self.passwordSecrets = passwordSecrets
        self.inspector = inspector
        self.clock = clock
    }

    /// All that can be said about it. Does not close it.
    public func examine(_ opened: any ListableDirectory) async -> DirectoryExamination {
        if directory.isRetired {
            let finding = Finding(.retired, .ok, "retired: it is never asked, so there is nothing to look at")
            return DirectoryExamination(name: directory.name, type: directory.type, findings: [finding])
        }
        async let certificates = self.certificates(of: opened)
        let probe = await LookUpProbe(opened, timeout: directory.timeout, budget: configuration.signIn.budget).run()
        var own: Result<KindExamination, DirectoryError>?
        if probe.mayGoOn, let examinable = opened as? any ExaminableDirectory {
            own = await Self.caught { () throws(DirectoryError) in
                try await examinable.examine(by: .after(Self.stepLimit))
            }
        }
        var tls = await certificates
        // That nobody is there needs no second saying.
        if probe.error?.code == .unreachable { tls.removeAll { $0.severity == .unknown } }
        var findings = probe.findings(
            isAlive: own.map { if case .success = $0 { true } else { false } } ?? false,
            isTLSExplained: tls.contains { $0.severity == .problem })
        findings.insert(contentsOf: tls, at: findings.isEmpty ? 0 : 1)
        var lookUpColumns: [String]?
        switch own {
        case .success(let examination):
            findings += examination.findings
            if let clock = examination.clock { findings.append(ClockFinding.finding(clock)) }
            lookUpColumns = examination.lookUpColumns
        case .failure(let error) where probe.error == nil:
            findings.append(ErrorFinding.finding(error, code: .reader, doing: "its rights"))
        case .failure, nil:
            break
        }
        let isDead = if case .failure = own { probe.error != nil } else { own == nil && probe.error != nil }
        if !isDead { findings += await rows(of: opened, lookUpColumns: lookUpColumns, said: probe.error) }
        return DirectoryExamination(name: directory.name, type: directory.type, findings: findings)
    }

    private func certificates(of opened: any ListableDirectory) async -> [Finding] {
        guard let endpoints = (opened as? any ExaminableDirectory)?.tlsEndpoints, !endpoints.isEmpty else { return [] }
        let deadline = Deadline.after(Self.stepLimit)
        var findings: [Finding] = []
        for (number, endpoint) in endpoints.enumerated() {
            let share = deadline.capped(to: deadline.remaining() / (endpoints.count - number))
            let observation = await inspector.inspect(endpoint, by: share)
            findings += TLSFindings(endpoint: endpoint, now: clock.now).findings(observation)
        }
        return findings
    }

    // MARK: Rows

    private var isListable: Bool {
        ["list", "list_filter"].contains { directory.options.text($0) != nil }
            || directory.options.text("path") != nil
                && directory.options.text("lookup") == nil
    }

    private func rows(of opened: any ListableDirectory, lookUpColumns: [String]?, said: DirectoryError?) async
        -> [Finding]
    {
        let isOnly = configuration.directories.count == 1
        let rules = configuration.rules(for: directory)
        let check = ColumnCheck(directory, rules: rules, isOnlyDirectory: isOnly)
        var findings: [Finding] = []
        if let lookUpColumns { findings += check.findings(lookUpColumns, of: "the look-up's result") }
        guard isListable else {
            return findings + [
                Finding(
                    .listing, .ok,
                    "no list: every user can't be read, which import, reconcile and audit need, and sign-ins don't",
                    advice: "add list (ldap: list_filter) once you want to see the whole population")
            ]
        }
        var rows = FirstRows(
            directory, passwordSecrets: passwordSecrets, rules: rules, pool: configuration.pool, now: clock.now)
        do throws(DirectoryError) {
            var iterator = FirstRows.iterator(of: opened, stallLimit: Self.stepLimit)
            let deadline = Deadline.after(Self.stepLimit)
            while !rows.isEnough, !deadline.hasPassed(), let batch = try await iterator.next(isolation: nil) {
                try rows.take(batch)
            }
        } catch {
            // What the look-up met already was said.
            return error.code == said?.code
                ? findings : findings + [ErrorFinding.finding(error, code: .listing, doing: "the listing")]
        }
        let columns = rows.columns
        if columns.isExhaustive, !columns.names.isEmpty {
            // What both results lack is said once.
            let known = Set(findings.filter { $0.severity != .ok }.map(\.advice))
            findings += check.findings(columns.names, of: "the listing's result").filter { finding in
                finding.severity == .ok ? lookUpColumns == nil : !known.contains(finding.advice) || lookUpColumns == nil
            }
        }
        return findings + rows.findings(check)
    }

    static func caught<Value>(
        _ body: () async throws(DirectoryError) -> Value
    ) async -> Result<Value, DirectoryError> {
        do throws(DirectoryError) {
            return .success(try await body())
        } catch {
            return .failure(error)
        }
    }
}

/// What a directory's error means, and what to do about it.
enum ErrorFinding {
    static func finding(_ error: DirectoryError, code: Finding.Code, doing what: String) -> Finding {
        // What may pass by itself says nothing about what is to be fixed.
        let severity: Finding.Severity = error.isTransient || error.code == .cancelled ? .unknown : .problem
        let detail = error.detail.isEmpty ? "" : ": \(error.detail)"
        let native = error.nativeCode.map { " (\($0))" } ?? ""
        return Finding(code, severity, "\(what): \(words(error.code))\(detail)\(native)", advice: advice(error.code))
    }

    private static func words(_ code: DirectoryError.Code) -> String {
        switch code {
        case .unreachable: "it can't be reached"
        case .deadlineExceeded: "no answer in time"
        case .connectionLost: "the connection was lost"
        case .tls: "the secure connection failed"
        case .readerRefused: "the credentials of connectors.yaml are refused"
        case .permissionDenied: "the reader may not do this"
        case .overloaded: "the server has no room"
        case .badQuery: "the query or filter is refused"
        case .missingColumn: "a column is missing"
        case .notADirectory: "it can't be opened"
        case .badData: "what came back can't be read"
        case .changedMeanwhile: "it changed meanwhile"
        case .circuitOpen: "it failed several times in a row"
        case .cancelled: "it was stopped"
        case .unexpected: "an unexpected answer"
        }
    }

    private static func advice(_ code: DirectoryError.Code) -> String? {
        switch code {
        case .unreachable:
            "see whether host and port are right, whether the server runs, and whether a firewall is in between"
        case .deadlineExceeded: "see whether the server is busy, or something swallows the connection"
        case .connectionLost: "see the server's log; something in between may end connections"
        case .tls: "see what is said about the certificate"
        case .readerRefused:
            "see whether the user or DN and its password are right, and whether it may log in from here"
        case .permissionDenied: "let the reader read what the query or filter names"
        case .overloaded: "raise the server's limit of connections, or try again later"
        case .badQuery: "run the query or filter by hand, as the reader, and mend it"
        case .missingColumn: "name a column that the result has"
        case .notADirectory: "see whether the path, database or base is right"
        case .badData: "repair the file, or give its encoding"
        case .changedMeanwhile, .circuitOpen: "run it again"
        case .cancelled, .unexpected: nil
        }
    }
}

/// How far a directory's clock is from ours.
enum ClockFinding {
    /// Kerberos allows five minutes; half a minute already opens and closes accounts at the wrong time.
    private static let limit: Duration = .seconds(30)

    static func finding(_ clock: KindExamination.Clock) -> Finding {
        // Ours is somewhere between the two; the nearer one counts.
        let difference: Duration =
            clock.server < clock.before
            ? clock.server - clock.before : clock.server > clock.after ? clock.server - clock.after : .zero
        let seconds = Int((difference / .seconds(1)).rounded(.toNearestOrAwayFromZero))
        guard difference.magnitude > limit else {
            return Finding(.clock, .ok, "its clock and this machine's agree to \(counted(abs(seconds), "second"))")
        }
        return Finding(
            .clockDiffers, .warning,
            "its clock is \(counted(abs(seconds), "second")) \(seconds < 0 ? "behind" : "ahead of") this machine's",
            advice: "let both follow a time server (NTP): flags with before: now, and certificates, go by the clock")
    }
}

extension Duration {
    var magnitude: Duration { self < .zero ? .zero - self : self }
}
