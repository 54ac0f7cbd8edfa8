/// What `doctor` says about the pool's app clients: who signs in through one that sends no password is never migrated.
struct AppClientFindings {
    private let seen: PoolObservation.Seen<[AppClient]>

    init(_ seen: PoolObservation.Seen<[AppClient]>) {
        self.seen = seen
    }

    var findings: [Finding] {
        switch seen {
        case .failure(let failure):
            return [CloudFailure.finding(failure, .appClient, "the app clients")]
        case .success(let clients) where clients.isEmpty:
            return [
                Finding(
                    .appClientWithoutPassword, .problem, "the pool has no app client, so nobody can sign in",
                    advice: "create one with ALLOW_USER_PASSWORD_AUTH")
            ]
        case .success(let clients):
            let capable = clients.filter(\.canMigrate)
            return clients.map { flows($0, areOthersCapable: !capable.isEmpty) } + clients.compactMap(existence)
        }
    }

    private func flows(_ client: AppClient, areOthersCapable: Bool) -> Finding {
        let name = Self.name(client)
        guard !client.canMigrate else {
            let flows = client.flows.filter(AppClient.passwordFlows.contains)
            return Finding(.appClient, .ok, "\(name): migrates users (\(flows.joined(separator: ", ")))")
        }
        let by = client.flows.contains("ALLOW_USER_SRP_AUTH") || client.flows.isEmpty ? " (SRP proves it without)" : ""
        return Finding(
            .appClientWithoutPassword, areOthersCapable ? .warning : .problem,
            "\(name): sends Cognito no password\(by), so the trigger isn't called\(client.hasHostedLogin ? ", also not from the hosted pages" : "")",
            advice:
                "add ALLOW_USER_PASSWORD_AUTH (a server: ALLOW_ADMIN_USER_PASSWORD_AUTH) to its ExplicitAuthFlows and "
                + "let the app use that flow until the move is over; \"migrate-cli attach apply --client \(client.id)\" "
                + "does the first")
    }

    private func existence(_ client: AppClient) -> Finding? {
        guard !client.hidesWhoExists else { return nil }
        return Finding(
            .appClientShowsWhoExists, .warning,
            "\(Self.name(client)): Cognito's answers tell who exists (PreventUserExistenceErrors isn't ENABLED)",
            advice:
                "set PreventUserExistenceErrors: ENABLED, and let the app always offer Forgot password: whoever must "
                + "reset it is then told \"Incorrect username or password.\" like everybody else")
    }

    private static func name(_ client: AppClient) -> String { client.title }
}
