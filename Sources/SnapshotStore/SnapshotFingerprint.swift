#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif
internal import Crypto
internal import MigrationCore

/// What the stored entries of a directory, and the names they are found by, depend on in the configuration.
///
/// Not what is applied when somebody signs in: connections, timeouts, the scheme of the hashes, how a flag or an attribute
/// is made of a column that is stored anyway. So a mended transform needs no new snapshot, unless it makes a name.
struct SnapshotFingerprint: Encodable {
    /// The pool's attributes that a user can be found by, or that decide whether by them.
    private static let naming = [
        "username", "email", "email_verified", "phone_number", "phone_number_verified", "preferred_username",
    ]
    /// The keys of all kinds of directory that decide who is in a listing, and how its bytes are read.
    private static let listing = ["list", "list_filter", "base", "delimiter", "encoding"]

    private let name: String
    private let type: String
    private let listing: [String?]
    private let columns: [String]
    private let rules: [AttributeRule]
    private let usernameAttributes: [UserPoolSettings.NameAttribute]
    private let aliasAttributes: [UserPoolSettings.NameAttribute]
    private let isCaseSensitive: Bool
    private let attributes: [UserPoolSettings.Attribute]

    private init(_ configuration: ConnectorsConfiguration, directory: DirectoryConfiguration) {
        let pool = configuration.pool
        name = directory.name
        type = directory.type
        listing = Self.listing.map { directory.options.text($0) }
        columns = configuration.columns(of: directory)
        rules = configuration.rules(for: directory).filter { Self.naming.contains($0.attribute) }
        usernameAttributes = pool.usernameAttributes
        aliasAttributes = pool.aliasAttributes
        isCaseSensitive = pool.isCaseSensitive
        // A value that the pool wouldn't take makes no name.
        attributes = (pool.attributes ?? []).filter { Self.naming.contains($0.name) }
    }

    /// SHA-256 in hexadecimal digits.
    static func text(_ configuration: ConnectorsConfiguration, directory: DirectoryConfiguration) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        do {
            let json = try encoder.encode(SnapshotFingerprint(configuration, directory: directory))
            return SHA256.hash(data: json).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined()
        } catch {
            preconditionFailure("the model has no value that JSON can't hold: \(error)")
        }
    }
}
