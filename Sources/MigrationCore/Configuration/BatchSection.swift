extension ConfigurationReader {
    /// `import:`
    func readImport(_ node: ConfigurationNode, _ problems: ProblemList) -> ImportSettings {
        var settings = ImportSettings()
        guard var reader = MappingReader(node, name: "import", problems: problems) else { return settings }
        settings.logsRoleARN = reader.text("logs_role_arn")
        if let role = settings.logsRoleARN {
            let form = "the ARN of a role, such as arn:aws:iam::123456789012:role/cognito-import-logs"
            if !role.hasPrefix("arn:") {
                problems.error(reader.position(of: "logs_role_arn"), "logs_role_arn should be \(form)")
            } else if Self.roleARN?.isFound(in: role) == false {
                problems.warning(
                    reader.position(of: "logs_role_arn"), "logs_role_arn doesn't look like \(form); is it complete?")
            }
        }
        reader.choice("password_hashes").map { settings.passwordHashes = $0 }
        reader.share("rate").map { settings.rate = $0 }
        reader.finish()
        return settings
    }

    /// AWS documentation, "IAM ARNs"; partitions are more than one.
    private static let roleARN = try? NamePattern("^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$", isCaseSensitive: true)

    /// `reconcile:`
    func readReconcile(_ node: ConfigurationNode, _ problems: ProblemList) -> ReconcileSettings {
        var settings = ReconcileSettings()
        guard var reader = MappingReader(node, name: "reconcile", problems: problems) else { return settings }
        settings.match = reader.texts("match") ?? []
        for (member, text) in reader.textMap("authority", example: "{ email: newest }") ?? [] {
            settings.authority[member.key] = reader.choice(
                text, at: member.value.position, "authority: \(excerpt(member.key))")
        }
        if let node = reader.node("protect"),
            var protection = MappingReader(
                node, name: "reconcile.protect", example: "{ groups: [admins] }", problems: problems)
        {
            settings.protect.groups = protection.texts("groups") ?? []
            settings.protect.users = protection.texts("users") ?? []
            protection.finish()
        }
        settings.state = reader.text("state")
        reader.finish()
        return settings
    }
}
