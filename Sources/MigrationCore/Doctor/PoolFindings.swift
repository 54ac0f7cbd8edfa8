/// What `doctor` says about the user pool, from what was seen of it.
public struct PoolFindings: Sendable {
    private let configuration: ConnectorsConfiguration
    private let observation: PoolObservation
    private let expectedFunction: String?

    /// - Parameter function: the ARN that the pool should call; nil: any function's alias will do.
    public init(_ configuration: ConnectorsConfiguration, _ observation: PoolObservation, function: String? = nil) {
        self.configuration = configuration
        self.observation = observation
        expectedFunction = function
    }

    public var findings: [Finding] {
        let pool: PoolDescription
        switch observation.pool {
        case .failure(let failure): return [notSeen(failure)] + clock
        case .success(let description): pool = description
        }
        return [reached(pool)] + clock + names(pool) + schema(pool)
            + TriggerFindings(pool, observation, expected: expectedFunction).findings
            + AppClientFindings(observation.clients).findings
            + people(pool) + logsRole + quotas
    }

    // MARK: Whether it is there

    private func notSeen(_ failure: PoolObservation.Failure) -> Finding {
        guard failure.kind == .absent else { return CloudFailure.finding(failure, .pool, "the pool \(observation.id)") }
        let place = observation.region.map { " in \($0)" } ?? ""
        return Finding(
            .poolMissing, .problem, "there is no pool \(observation.id)\(place), in the account of these credentials",
            advice: "see whether user_pool.id is right, and whether AWS_PROFILE names the pool's account")
    }

    private func reached(_ pool: PoolDescription) -> Finding {
        let names = pool.settings.usernameAttributes.map(\.rawValue)
        let aliases = pool.settings.aliasAttributes.map(\.rawValue)
        var what =
            names.isEmpty ? "people sign in by user name" : "people sign in by \(names.joined(separator: " or "))"
        if !aliases.isEmpty { what += " or by \(aliases.joined(separator: ", "))" }
        return Finding(.pool, .ok, "\(observation.id): \(what)")
    }

    private var clock: [Finding] {
        observation.clock.map { [ClockFinding.finding($0)] } ?? []
    }

    // MARK: The mapping against the pool as it is now

    private func names(_ pool: PoolDescription) -> [Finding] {
        let settings = pool.settings
        let names = settings.usernameAttributes.map(\.rawValue)
        var findings: [Finding] = []
        switch (names.isEmpty, configuration.username) {
        case (false, _?):
            findings.append(
                Finding(
                    .poolNames, .problem,
                    "username is in the configuration, and the pool names its users by "
                        + names.joined(separator: " or "), advice: "leave username out"))
        case (true, nil):
            findings.append(
                Finding(
                    .poolNames, .problem, "the pool's users have user names, and nothing says which column has them",
                    advice: "add username: { from: COLUMN }"))
        case (false, nil) where !names.contains(where: configuration.makes):
            findings.append(
                Finding(
                    .poolNames, .problem,
                    "nothing makes \(names.joined(separator: " or ")), which names the pool's users",
                    advice: "map \(names[0])"))
        case (false, nil), (true, _?):
            break
        }
        for alias in settings.aliasAttributes where alias != .preferredUsername && configuration.makes(alias.rawValue) {
            guard !configuration.makes("\(alias.rawValue)_verified") else { continue }
            findings.append(
                Finding(
                    .poolNames, .warning,
                    "\(alias.rawValue) is an alias in this pool, and nothing says who has verified it: nobody can sign "
                        + "in by it", advice: "map \(alias.rawValue)_verified to the column that says so"))
        }
        if settings.isCaseSensitive {
            findings.append(
                Finding(
                    .poolCaseSensitive, .warning,
                    "the pool tells names apart by case: Ana@example.com and ana@example.com are two users",
                    advice:
                        "people type both; make a pool with UsernameConfiguration CaseSensitive: false (it can't be "
                        + "changed later), or map names with transform: [lowercase] and let the app send them so"))
        }
        return findings
    }

    private func schema(_ pool: PoolDescription) -> [Finding] {
        let known = (pool.settings.attributes ?? []).map(\.name)
        var findings: [Finding] = []
        for name in configuration.madeAttributes where !known.contains(name) {
            let hint = nearest(to: name, among: known).map { "did you mean \"\($0)\"?" }
            findings.append(
                Finding(
                    .poolAttributeMissing, .problem, "\(excerpt(name)) is mapped, and not in the pool's schema",
                    advice: hint ?? "add it to the pool (it can't be taken out again), or leave it out"))
        }
        let required = AttributeValidator(pool: pool.settings).requiredAttributes
        for name in required where !configuration.makes(name) {
            findings.append(
                Finding(
                    .poolAttributeRequired, .problem,
                    "the pool requires \(name), and not every directory's users get it: they can't be migrated",
                    advice: "map \(name)"))
        }
        guard let saved = configuration.userPool.settings else {
            return findings + [
                Finding(
                    .schemaDiffers, .warning,
                    "the function doesn't know the pool's settings: it goes by what most pools have",
                    advice: "save DescribeUserPool's output, name it in user_pool.schema, and package again")
            ]
        }
        if saved != pool.settings {
            findings.append(
                Finding(
                    .schemaDiffers, .problem,
                    "the pool isn't as user_pool.schema says: \(Self.differences(saved, pool.settings))",
                    advice: "save DescribeUserPool's output again, check, and package again"))
        } else if findings.isEmpty {
            findings.append(Finding(.attribute, .ok, "the mapping fits the pool's schema, and its saved description"))
        }
        return findings
    }

    private static func differences(_ saved: UserPoolSettings, _ now: UserPoolSettings) -> String {
        var words: [String] = []
        if saved.id != now.id { words.append("another pool") }
        if saved.usernameAttributes != now.usernameAttributes { words.append("UsernameAttributes") }
        if saved.aliasAttributes != now.aliasAttributes { words.append("AliasAttributes") }
        if saved.isCaseSensitive != now.isCaseSensitive { words.append("CaseSensitive") }
        if saved.passwordPolicy != now.passwordPolicy { words.append("the password policy") }
        for attribute in now.attributes ?? [] where saved.attribute(named: attribute.name) != attribute {
            words.append(attribute.name)
        }
        for attribute in saved.attributes ?? [] where now.attribute(named: attribute.name) == nil {
            words.append("\(attribute.name), which is gone")
        }
        return words.isEmpty ? "the order of its attributes" : words.joined(separator: ", ")
    }

    // MARK: What people meet

    private func people(_ pool: PoolDescription) -> [Finding] {
        var findings: [Finding] = []
        if pool.allowsSignUp {
            findings.append(
                Finding(
                    .signUpOpen, .warning,
                    "anybody may sign up, also with the name or address of somebody who hasn't migrated yet; that "
                        + "person would then sign in to a stranger's new account, or not at all",
                    advice:
                        "until the move is over let only administrators create users (AllowAdminCreateUserOnly), or "
                        + "refuse such sign-ups with a pre sign-up trigger"))
        }
        findings += passwords(pool)
        if pool.recovery == ["admin_only"] {
            findings.append(
                Finding(
                    .recovery, .problem,
                    "only administrators may recover accounts: whoever has to reset the password can't",
                    advice: "add verified_email or verified_phone_number to AccountRecoverySetting"))
        }
        if pool.mfa == .required {
            findings.append(
                Finding(
                    .mfaRequired, .warning,
                    "the pool requires a second factor, and who migrates has none there: each is asked to set one up at "
                        + "the first sign-in (by SMS only who has a phone_number)",
                    advice: "tell people beforehand, or make MFA optional until the move is over"))
        }
        if pool.sendsByCognito {
            findings.append(
                Finding(
                    .mailLimit, .warning,
                    "mail goes out by Cognito's own address, which is limited to a few dozen messages a day",
                    advice: "before many people reset their passwords, let the pool send by SES "
                        + "(EmailSendingAccount: DEVELOPER) and raise SES's and SMS's quotas"))
        }
        return findings
    }

    private func passwords(_ pool: PoolDescription) -> [Finding] {
        guard let policy = pool.settings.passwordPolicy else { return [] }
        var rules = ["at least \(counted(policy.minimumLength, "character"))"]
        if policy.requiresUppercase { rules.append("an upper-case letter") }
        if policy.requiresLowercase { rules.append("a lower-case letter") }
        if policy.requiresNumbers { rules.append("a digit") }
        if policy.requiresSymbols { rules.append("a symbol") }
        let asks = "the pool asks of new passwords \(rules.joined(separator: ", "))"
        switch configuration.signIn.passwordPolicy {
        case .none:
            return [
                Finding(
                    .passwordPolicy, .ok,
                    "\(asks); Cognito doesn't ask it of passwords that come along, so weaker ones stay good",
                    advice: "sign_in.password_policy: pool makes those with a weaker one reset it")
            ]
        case .pool:
            let contacts = ["email_verified", "phone_number_verified"].contains(where: configuration.makes)
            return [
                contacts
                    ? Finding(.passwordPolicy, .ok, "\(asks); whoever comes with a weaker one has to reset it")
                    : Finding(
                        .passwordPolicy, .problem,
                        "\(asks), and a weaker one has to be reset; but no contact is mapped as verified, so nobody "
                            + "could: they are locked out",
                        advice: "map email_verified or phone_number_verified, or set sign_in.password_policy: none")
            ]
        }
    }

    // MARK: For bulk work

    private var logsRole: [Finding] {
        guard let arn = configuration.importing.logsRoleARN else { return [] }
        switch observation.logsRole {
        case nil:
            return []
        case .failure(let failure) where failure.kind == .absent:
            return [
                Finding(
                    .logsRole, .problem, "there is no role \(arn)",
                    advice: "correct import.logs_role_arn, or create the role")
            ]
        case .failure(let failure):
            return [CloudFailure.finding(failure, .logsRole, "the role \(arn)")]
        case .success(let role):
            return [
                role.isTrusted
                    ? Finding(.logsRole, .ok, "Cognito may take the role \(arn) for the log of an import")
                    : Finding(
                        .logsRole, .problem, "Cognito may not take the role \(arn), so no import job would start",
                        advice: "let its trust policy name the service cognito-idp.amazonaws.com for sts:AssumeRole")
            ]
        }
    }

    private var quotas: [Finding] {
        switch observation.quotas {
        case .failure(let failure):
            return [CloudFailure.finding(failure, .quota, "the quotas")]
        case .success(let quotas):
            guard !quotas.isEmpty else { return [] }
            let each = quotas.map { quota in
                "\(quota.category) \(quota.provisioned)"
                    + (quota.provisioned == quota.included ? "" : " (\(quota.included) included)")
            }
            return [
                Finding(
                    .quota, .ok, "requests a second for the account in this Region: " + each.joined(separator: ", "))
            ]
        }
    }
}

/// What a part that wasn't seen means, and what to do about it.
enum CloudFailure {
    static func finding(_ failure: PoolObservation.Failure, _ code: Finding.Code, _ what: String) -> Finding {
        let detail = failure.detail.isEmpty ? "" : ": \(failure.detail)"
        switch failure.kind {
        case .noCredentials:
            return Finding(
                .awsCredentials, .unknown, "\(what) isn't looked at: there are no AWS credentials\(detail)",
                advice: "set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; or leave the cloud out with "
                    + "--offline")
        case .noRegion:
            return Finding(
                .awsCredentials, .unknown, "\(what) isn't looked at: no Region is known",
                advice: "set user_pool.region, or AWS_REGION")
        case .denied:
            return Finding(
                .awsPermission, .unknown, "\(what) isn't looked at: these credentials may not",
                advice: "allow \(failure.action)")
        case .absent:
            return Finding(code, .problem, "\(what) isn't there", advice: "see whether its name is right")
        case .unreachable:
            return Finding(
                code, .unknown, "\(what) can't be looked at: AWS can't be reached\(detail)",
                advice:
                    "see whether this machine gets out to AWS, by HTTPS_PROXY if there is a proxy; or leave the cloud "
                    + "out with --offline")
        case .other(let name):
            return Finding(code, .unknown, "\(what) can't be looked at: \(name)\(detail)")
        }
    }
}
