extension ConfigurationReader {
    static let budgets = Duration.milliseconds(100)...SignInSettings.maxBudget

    /// `sign_in:`
    func readSignIn(_ node: ConfigurationNode, _ problems: ProblemList) -> SignInSettings {
        var settings = SignInSettings()
        guard var reader = MappingReader(node, name: "sign_in", problems: problems) else { return settings }
        reader.duration("budget", in: Self.budgets).map { settings.budget = $0 }
        reader.duration("cold_start_reserve", in: .zero...SignInSettings.maxBudget).map {
            settings.coldStartReserve = $0
        }
        reader.duration("deny_floor", in: .zero...SignInSettings.maxBudget).map { settings.denyFloor = $0 }
        if settings.denyFloor >= settings.budget {
            problems.error(
                reader.position(of: "deny_floor"),
                "deny_floor (\(MappingReader.text(of: settings.denyFloor))) should be shorter than budget "
                    + "(\(MappingReader.text(of: settings.budget)))")
        }
        if settings.coldStartReserve >= settings.budget {
            problems.warning(
                reader.position(of: "cold_start_reserve"),
                "cold_start_reserve (\(MappingReader.text(of: settings.coldStartReserve))) leaves nothing of budget "
                    + "(\(MappingReader.text(of: settings.budget))): the first sign-in of each process on Lambda fails")
        } else if settings.coldStartReserve + settings.denyFloor >= settings.budget {
            problems.warning(
                reader.position(of: "cold_start_reserve"),
                "cold_start_reserve (\(MappingReader.text(of: settings.coldStartReserve))) and deny_floor "
                    + "(\(MappingReader.text(of: settings.denyFloor))) leave nothing of budget "
                    + "(\(MappingReader.text(of: settings.budget))): a refusal that is the first answer of a process on "
                    + "Lambda is shown as an outage")
        }
        reader.choice("final_user_status").map { settings.finalUserStatus = $0 }
        reader.choice("forgot_password").map { settings.forgotPassword = $0 }
        reader.choice("message_action").map { settings.messageAction = $0 }
        if let texts = reader.locatedTexts("desired_delivery_mediums"), !texts.isEmpty {
            settings.desiredDeliveryMediums = texts.compactMap { item in
                reader.choice(item.text, at: item.position, "desired_delivery_mediums")
            }
        }
        reader.flag("force_alias_creation").map { settings.forceAliasCreation = $0 }
        reader.choice("on_must_reset").map { settings.onMustReset = $0 }
        reader.choice("password_policy").map { settings.passwordPolicy = $0 }
        if let node = reader.node("messages"),
            var messages = MappingReader(node, name: "sign_in.messages", problems: problems)
        {
            messages.text("unavailable").map { settings.messages.unavailable = $0 }
            messages.text("unmappable").map { settings.messages.unmappable = $0 }
            messages.finish()
        }
        reader.finish()
        return settings
    }
}
