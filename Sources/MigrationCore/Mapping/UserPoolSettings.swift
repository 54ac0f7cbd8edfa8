#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What we need to know of the user pool: how its users are named, and what its attributes take.
///
/// - SeeAlso: AWS documentation, DescribeUserPool.
public struct UserPoolSettings: Sendable, Hashable, Codable {
    public enum NameAttribute: String, Sendable, Hashable, Codable {
        case email
        case phoneNumber = "phone_number"
        case preferredUsername = "preferred_username"
    }

    /// An attribute of the pool's schema. Bounds are inclusive, lengths in UTF-8 bytes.
    public struct Attribute: Sendable, Hashable, Codable {
        public enum DataType: String, Sendable, Hashable, Codable {
            case string = "String"
            case number = "Number"
            case boolean = "Boolean"
            case dateTime = "DateTime"
        }

        public var name: String
        public var type: DataType
        public var isMutable: Bool
        public var isRequired: Bool
        public var minLength: Int?
        public var maxLength: Int?
        public var minValue: Double?
        public var maxValue: Double?
    }

    /// What a password of the pool's own users must have.
    public struct PasswordPolicy: Sendable, Hashable, Codable {
        public var minimumLength: Int
        public var requiresUppercase: Bool
        public var requiresLowercase: Bool
        public var requiresNumbers: Bool
        public var requiresSymbols: Bool
    }

    public var id: String?
    /// The attributes that are the user name (`email`, `phone_number`); with any, the pool makes `Username` itself.
    public var usernameAttributes: [NameAttribute]
    /// The attributes that a user may sign in with beside the user name.
    public var aliasAttributes: [NameAttribute]
    public var isCaseSensitive: Bool
    /// nil where the pool's schema isn't known.
    public var attributes: [Attribute]?
    public var passwordPolicy: PasswordPolicy?

    /// A pool that nobody has described to us: as the console makes it today (sign-in by email, any case), or with
    /// `username:` in connectors.yaml a user name pool without aliases, any case.
    public static func assumed(hasUsername: Bool) -> UserPoolSettings {
        UserPoolSettings(
            id: nil, usernameAttributes: hasUsername ? [] : [.email], aliasAttributes: [], isCaseSensitive: false,
            attributes: nil, passwordPolicy: nil)
    }

    public func attribute(named name: String) -> Attribute? {
        attributes?.first { $0.name == name }
    }
}

extension UserPoolSettings {
    /// Why a file isn't the saved output of DescribeUserPool.
    public struct UnreadableDescription: Error, Sendable, Hashable {
        public let message: String

        public init(message: String) {
            self.message = message
        }
    }

    /// Reads a saved DescribeUserPool answer, with `UserPool` around it or without.
    public init(describeUserPool bytes: [UInt8]) throws(UnreadableDescription) {
        let pool: PoolDescription
        do {
            let data = Data(bytes)
            let envelope = try JSONDecoder().decode(Envelope.self, from: data)
            pool = try envelope.UserPool ?? JSONDecoder().decode(PoolDescription.self, from: data)
        } catch let error as DecodingError {
            throw UnreadableDescription(message: Self.explain(error))
        } catch {
            throw UnreadableDescription(message: Self.notJSON)
        }
        guard let id = pool.Id, let attributes = pool.SchemaAttributes else {
            throw UnreadableDescription(
                message: "it has no Id or no SchemaAttributes; save the output of \(Self.command) here")
        }
        self.id = id
        usernameAttributes = pool.UsernameAttributes ?? []
        aliasAttributes = pool.AliasAttributes ?? []
        // The API's own default, for pools that were made without saying.
        isCaseSensitive = pool.UsernameConfiguration?.CaseSensitive ?? true
        self.attributes = attributes.map { attribute in
            Attribute(
                name: attribute.Name, type: attribute.AttributeDataType ?? .string,
                isMutable: attribute.Mutable ?? true, isRequired: attribute.Required ?? false,
                minLength: attribute.StringAttributeConstraints?.MinLength?.length,
                maxLength: attribute.StringAttributeConstraints?.MaxLength?.length,
                minValue: attribute.NumberAttributeConstraints?.MinValue?.number,
                maxValue: attribute.NumberAttributeConstraints?.MaxValue?.number)
        }
        passwordPolicy = pool.Policies?.PasswordPolicy.map { policy in
            PasswordPolicy(
                minimumLength: policy.MinimumLength ?? 8, requiresUppercase: policy.RequireUppercase ?? false,
                requiresLowercase: policy.RequireLowercase ?? false, requiresNumbers: policy.RequireNumbers ?? false,
                requiresSymbols: policy.RequireSymbols ?? false)
        }
    }

    private static func explain(_ error: DecodingError) -> String {
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            if context.codingPath.isEmpty { return notJSON }
            return "\(text(of: context.codingPath)) is not as AWS writes it; save the output of \(command) again"
        case .keyNotFound(let key, let context):
            return "\(text(of: context.codingPath + [key])) is missing; save the output of \(command) again"
        @unknown default:
            return notJSON
        }
    }

    private static let command = "\"aws cognito-idp describe-user-pool --output json\""
    private static let notJSON = "it is not a JSON object; save the output of \(command) there"

    /// `SchemaAttributes[2].Name`
    private static func text(of path: [any CodingKey]) -> String {
        path.reduce("") { text, key in
            if let index = key.intValue { return "\(text)[\(index)]" }
            return text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)"
        }
    }

    // The members as AWS spells them.
    private struct Envelope: Decodable {
        var UserPool: PoolDescription?
    }

    private struct PoolDescription: Decodable {
        struct UsernameConfigurationType: Decodable {
            var CaseSensitive: Bool?
        }
        struct PoliciesType: Decodable {
            var PasswordPolicy: PasswordPolicyType?
        }
        struct PasswordPolicyType: Decodable {
            var MinimumLength: Int?
            var RequireUppercase: Bool?
            var RequireLowercase: Bool?
            var RequireNumbers: Bool?
            var RequireSymbols: Bool?
        }
        struct SchemaAttribute: Decodable {
            var Name: String
            var AttributeDataType: Attribute.DataType?
            var Mutable: Bool?
            var Required: Bool?
            var StringAttributeConstraints: StringConstraints?
            var NumberAttributeConstraints: NumberConstraints?
        }
        struct StringConstraints: Decodable {
            var MinLength: Bound?
            var MaxLength: Bound?
        }
        struct NumberConstraints: Decodable {
            var MinValue: Bound?
            var MaxValue: Bound?
        }

        var Id: String?
        var UsernameAttributes: [NameAttribute]?
        var AliasAttributes: [NameAttribute]?
        var UsernameConfiguration: UsernameConfigurationType?
        var Policies: PoliciesType?
        var SchemaAttributes: [SchemaAttribute]?
    }

    /// Bounds are strings on the wire; some tools write them as numbers.
    private struct Bound: Decodable {
        /// nil for an empty text, which bounds nothing.
        let number: Double?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            guard let text = try? container.decode(String.self) else {
                number = try container.decode(Double.self)
                return
            }
            number = Double(text)
            guard text.isEmpty || number?.isFinite == true else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a number")
            }
        }

        /// As a number of bytes.
        var length: Int? {
            number.map { Int(min(max($0, 0), Double(Int32.max))) }
        }
    }
}

extension UserPoolSettings.PasswordPolicy {
    /// Whether a password satisfies the policy; its length counts Unicode scalars, its classes are ASCII's.
    ///
    /// - SeeAlso: AWS documentation, "Adding user pool password requirements", for the list of symbols.
    func accepts(_ password: Secret) -> Bool {
        password.withExposed { bytes in
            // Bytes that continue a UTF-8 sequence are 10xxxxxx.
            let length = bytes.count { $0 & 0xC0 != 0x80 }
            let symbols = "^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+=".utf8
            return length >= minimumLength
                && (!requiresUppercase || bytes.contains { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) })
                && (!requiresLowercase || bytes.contains { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
                && (!requiresNumbers || bytes.contains { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
                && (!requiresSymbols || bytes.contains { symbols.contains($0) }
                    // A space is a symbol except at the ends.
                    || bytes.dropFirst().dropLast().contains(UInt8(ascii: " ")))
        }
    }
}
