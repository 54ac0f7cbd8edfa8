import AWSClient

/// Which members of a description an update takes: it sets what it is given, and resets what it isn't.
///
/// Data, so that a test can hold it against AWS's own model of the service and fail when a member is added there.
///
/// - SeeAlso: AWS documentation, "Updating user pool and app client configuration": "If you don't provide a value for an
///   attribute, Amazon Cognito sets it to its default value."
struct UpdateTable: Sendable {
    let operation: String
    /// The members that name what is updated, which the caller gives.
    let identifiers: [String]
    /// Of one name and shape in the description and the update.
    let taken: [String]
    /// Described by one name, taken by another.
    let renamed: [String: String]
    /// Described only: facts, secrets, and what can't be changed once the pool is there.
    let described: [String]
    /// What another operation sets and tells, which some stand-ins for AWS describe here, too.
    let elsewhere: [String]

    static let userPool = UpdateTable(
        operation: "UpdateUserPool",
        identifiers: ["UserPoolId"],
        taken: [
            "AccountRecoverySetting", "AdminCreateUserConfig", "AutoVerifiedAttributes", "DeletionProtection",
            "DeviceConfiguration", "EmailConfiguration", "EmailVerificationMessage", "EmailVerificationSubject",
            "IssuerConfiguration", "KeyConfiguration", "LambdaConfig", "MfaConfiguration", "Policies",
            "SmsAuthenticationMessage", "SmsConfiguration", "SmsVerificationMessage", "UserAttributeUpdateSettings",
            "UserPoolAddOns", "UserPoolTags", "UserPoolTier", "VerificationMessageTemplate",
        ],
        renamed: ["Name": "PoolName"],
        described: [
            "AliasAttributes", "Arn", "CreationDate", "CustomDomain", "Domain", "EmailConfigurationFailure",
            "EstimatedNumberOfUsers", "Id", "LastModifiedDate", "SchemaAttributes", "SmsConfigurationFailure", "Status",
            "UsernameAttributes", "UsernameConfiguration",
        ],
        // By SetUserPoolMfaConfig and GetUserPoolMfaConfig.
        elsewhere: [
            "EmailMfaConfiguration", "SmsMfaConfiguration", "SoftwareTokenMfaConfiguration", "WebAuthnConfiguration",
        ])

    static let userPoolClient = UpdateTable(
        operation: "UpdateUserPoolClient",
        identifiers: ["UserPoolId", "ClientId"],
        taken: [
            "AccessTokenValidity", "AllowedOAuthFlows", "AllowedOAuthFlowsUserPoolClient", "AllowedOAuthScopes",
            "AnalyticsConfiguration", "AuthSessionValidity", "CallbackURLs", "ClientName", "DefaultRedirectURI",
            "EnablePropagateAdditionalUserContextData", "EnableTokenRevocation", "ExplicitAuthFlows",
            "IdTokenValidity", "LogoutURLs", "PreventUserExistenceErrors", "ReadAttributes", "RefreshTokenRotation",
            "RefreshTokenValidity", "SupportedIdentityProviders", "TokenValidityUnits", "WriteAttributes",
        ],
        renamed: [:],
        described: ["ClientSecret", "CreationDate", "LastModifiedDate"],
        elsewhere: [])

    private var known: Set<String> {
        Set(identifiers + taken + described + elsewhere).union(renamed.keys).union(renamed.values)
    }

    /// Members that a description has and this table doesn't, sorted.
    func unknown(in description: JSON) -> [String] {
        (description.object ?? [:]).keys.filter { !known.contains($0) && description[$0] != nil }.sorted()
    }

    /// The update that sets everything to what it is: what is described of each member that the update takes, and what the
    /// table doesn't know, as it came.
    func input(from description: JSON) -> JSON {
        var input: JSON = [:]
        for name in taken + unknown(in: description) { input[name] = description[name] }
        for (name, other) in renamed { input[other] = description[name] }
        if let tags = input["UserPoolTags"]?.object {
            // AWS's own, such as CloudFormation's, which nobody else may set and no update takes away.
            input["UserPoolTags"] = .object(tags.filter { !$0.key.lowercased().hasPrefix("aws:") })
        }
        return input
    }

    /// What two descriptions differ by, of all that the update could have changed.
    func differences(_ before: JSON, _ after: JSON) -> [SettingDifference] {
        SettingDifference.all(input(from: before), input(from: after), at: "")
    }
}

/// A setting that is another one than before.
public struct SettingDifference: Sendable, Hashable {
    /// `Policies.PasswordPolicy.MinimumLength`
    public let name: String
    /// As JSON; nil if it wasn't there.
    public let before: String?
    public let after: String?

    /// Between two objects. Absent, null and empty are one; the order of a list says nothing.
    static func all(_ before: JSON, _ after: JSON, at path: String) -> [SettingDifference] {
        between(before.canonical ?? [:], after.canonical ?? [:], at: path)
    }

    private static func between(_ before: JSON?, _ after: JSON?, at path: String) -> [SettingDifference] {
        if before == after { return [] }
        guard let old = before?.object, let new = after?.object else {
            return [.init(name: path, before: before?.text, after: after?.text)]
        }
        return Set(old.keys).union(new.keys).sorted().flatMap { name in
            between(old[name], new[name], at: path.isEmpty ? name : "\(path).\(name)")
        }
    }
}

extension JSON {
    /// Without what is null or empty, and lists in one order; nil if nothing is left.
    fileprivate var canonical: JSON? {
        switch self {
        case .null: return nil
        case .object(let members):
            let rest = members.compactMapValues(\.canonical)
            return rest.isEmpty ? nil : .object(rest)
        case .array(let items):
            let rest = items.compactMap(\.canonical)
            return rest.isEmpty ? nil : .array(rest.sorted { $0.text < $1.text })
        case .string(let text): return text.isEmpty ? nil : self
        case .integer, .number, .boolean: return self
        }
    }

    fileprivate var text: String { String(decoding: bytes, as: UTF8.self) }
}
