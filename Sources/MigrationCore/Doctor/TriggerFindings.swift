/// What `doctor` says about the function that the pool calls: the right one, by an alias, permitted, and able to answer.
struct TriggerFindings {
    private let pool: PoolDescription
    private let observation: PoolObservation
    private let expected: String?

    init(_ pool: PoolDescription, _ observation: PoolObservation, expected: String?) {
        self.pool = pool
        self.observation = observation
        self.expected = expected
    }

    /// Cognito waits this long; a function that may run less is ended first.
    private static let patience = Duration.seconds(5)

    var findings: [Finding] {
        guard let arn = pool.triggers["UserMigration"] else {
            return [
                Finding(
                    .triggerAbsent, .problem, "the pool calls no function to migrate users (UserMigration)",
                    advice: "migrate-cli attach --function \(expected ?? "ARN_OF_THE_ALIAS")")
            ]
        }
        guard let function = FunctionARN(arn) else {
            return [
                Finding(
                    .triggerOther, .problem, "the pool calls \(arn), which is no function",
                    advice: "migrate-cli attach --function \(expected ?? "ARN_OF_THE_ALIAS")")
            ]
        }
        var findings: [Finding] = []
        if let expected, expected != arn {
            findings.append(
                Finding(
                    .triggerOther, .problem, "the pool calls \(arn), not \(expected)",
                    advice: "migrate-cli attach --function \(expected) shows what to change"))
        } else {
            findings.append(Finding(.trigger, .ok, "the pool calls \(arn)"))
        }
        findings += form(function)
        switch observation.function {
        case nil: break
        case .failure(let failure): findings.append(CloudFailure.finding(failure, .triggerFunction, "the function"))
        case .success(let function): findings += self.function(function)
        }
        return findings
    }

    private func form(_ function: FunctionARN) -> [Finding] {
        var findings: [Finding] = []
        if let region = observation.region, function.region != region {
            findings.append(
                Finding(
                    .triggerOther, .problem,
                    "the function is in \(function.region), the pool in \(region): Cognito can't call it",
                    advice: "deploy the function in \(region)"))
        }
        switch function.qualifier {
        case .alias: break
        case .latest: findings.append(Self.notAlias("whatever was uploaded last"))
        case .version: findings.append(Self.notAlias("a fixed version"))
        }
        return findings
    }

    private static func notAlias(_ what: String) -> Finding {
        Finding(
            .triggerNotAlias, .warning, "the pool calls \(what), not an alias",
            advice:
                "publish a version, let an alias name it, and attach the alias: then a bad version is taken back in "
                + "seconds, and concurrency can be provisioned")
    }

    private func function(_ function: TriggerFunction) -> [Finding] {
        var findings: [Finding] = []
        switch function.settings {
        case .failure(let failure) where failure.kind == .absent:
            return [
                Finding(
                    .triggerFunction, .problem, "the function isn't there: every sign-in of an unknown user fails",
                    advice: "deploy it, or attach the right one")
            ]
        case .failure(let failure): findings.append(CloudFailure.finding(failure, .triggerFunction, "the function"))
        case .success(let settings): findings += self.settings(settings)
        }
        switch function.permission {
        case .failure(let failure):
            findings.append(CloudFailure.finding(failure, .triggerNotPermitted, "its resource-based policy"))
        case .success(.exact):
            findings.append(Finding(.trigger, .ok, "its policy lets Cognito call it, for this pool alone"))
        case .success(.broad(let missing)):
            findings.append(
                Finding(
                    .triggerPermissionBroad, .warning,
                    "its policy lets Cognito call it for other pools, too: \(missing.joined(separator: " and ")) "
                        + "\(missing.count == 1 ? "isn't" : "aren't") asked for",
                    advice: "\"migrate-cli attach apply --function \(function.arn)\" adds a permission with both "
                        + "conditions; then remove this one"))
        case .success(.none):
            findings.append(
                Finding(
                    .triggerNotPermitted, .problem,
                    "its policy doesn't let Cognito call it for this pool: every sign-in of an unknown user fails",
                    advice: "migrate-cli attach apply --function \(function.arn)"))
        }
        return findings
    }

    private func settings(_ settings: FunctionSettings) -> [Finding] {
        var findings: [Finding] = []
        if settings.state != "Active" {
            findings.append(
                Finding(
                    .triggerFunction, .problem, "the function's state is \(settings.state)",
                    advice: "see why in the Lambda console"))
        }
        if settings.timeout < Self.patience {
            findings.append(
                Finding(
                    .triggerFunction, .problem,
                    "the function is ended after \(settings.timeout.roughly), before Cognito stops waiting (5 seconds)",
                    advice: "set its timeout to 6 seconds"))
        }
        if let runtime = settings.runtime, !runtime.hasPrefix("provided.al2023") {
            findings.append(
                Finding(
                    .triggerFunction, .problem, "the function's runtime is \(runtime)",
                    advice: "the package is for provided.al2023"))
        }
        if let handler = settings.handler, settings.runtime != nil, handler != "trigger" {
            findings.append(
                Finding(
                    .triggerFunction, .warning, "the function's handler is \(excerpt(handler))",
                    advice: "set it to trigger"))
        }
        if findings.isEmpty {
            findings.append(
                Finding(
                    .triggerFunction, .ok,
                    "the function has \(settings.memoryMB) MB and \(settings.timeout.roughly) for each call"))
        }
        return findings
    }
}
