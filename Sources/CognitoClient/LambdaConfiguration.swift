import AWSClient
import MigrationCore

/// Triggers in a `LambdaConfig`.
///
/// - SeeAlso: AWS documentation, "LambdaConfigType".
extension PoolTrigger {
    /// The member with `LambdaVersion` and `LambdaArn`; nil for a trigger that is an ARN alone.
    private var versionedMember: String? {
        guard !eventVersions.isEmpty else { return nil }
        return self == .preTokenGeneration ? "PreTokenGenerationConfig" : rawValue
    }

    static func targets(in config: JSON?) -> [PoolTrigger: TriggerTarget] {
        var targets: [PoolTrigger: TriggerTarget] = [:]
        for trigger in allCases { targets[trigger] = trigger.target(in: config) }
        return targets
    }

    private func target(in config: JSON?) -> TriggerTarget? {
        if let versionedMember, let value = config?[versionedMember], let arn = value["LambdaArn"]?.string {
            return TriggerTarget(arn: arn, version: value["LambdaVersion"]?.string)
        }
        // The older form of PreTokenGeneration, whose events are of the first version.
        return config?[rawValue]?.string.map { TriggerTarget(arn: $0, version: eventVersions.first) }
    }

    /// - Parameter target: nil takes the trigger away.
    func set(_ target: TriggerTarget?, in config: inout JSON) {
        guard let versionedMember else { return config[rawValue] = target.map { .string($0.arn) } }
        config[versionedMember] = target.map {
            ["LambdaVersion": .string($0.version ?? eventVersions[0]), "LambdaArn": .string($0.arn)]
        }
        // Where both are there, both must name the same function.
        if self == .preTokenGeneration { config[rawValue] = target.map { .string($0.arn) } }
    }
}

extension AttachmentPlan {
    /// A `LambdaConfig` with the plan's changes in it, and the rest as it was.
    func changed(_ config: JSON?) -> JSON {
        var config = config ?? [:]
        for change in changes {
            switch change {
            case .trigger(let trigger, _, let after): trigger.set(after, in: &config)
            case .key(_, let after): config["KMSKeyID"] = after.map { .string($0) }
            case .permit, .forbid, .flows: break
            }
        }
        return config
    }
}
