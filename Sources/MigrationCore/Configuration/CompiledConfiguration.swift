#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

internal import PasswordHashing

/// The form of connectors.yaml that MigrateLambda reads: JSON, checked, with the pool's settings inside.
public struct CompiledConfiguration: Sendable, Codable {
    /// Counts up when an older reader could misread a newer file.
    public static let currentFormat = 2

    public let format: Int
    public let configuration: ConnectorsConfiguration

    /// Why a file isn't a compiled configuration of this version.
    public struct Unreadable: Error, Sendable, Hashable, CustomStringConvertible {
        public let description: String
    }

    public init(_ configuration: ConnectorsConfiguration) {
        format = Self.currentFormat
        self.configuration = configuration
    }

    /// The same configuration always gives the same bytes.
    public func json() -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
        } catch {
            preconditionFailure("the model has no value that JSON can't hold: \(error)")
        }
    }

    public init(json: [UInt8]) throws(Unreadable) {
        struct Header: Decodable {
            var format: Int?
        }
        let data = Data(json)
        let decoder = JSONDecoder()
        guard let header = try? decoder.decode(Header.self, from: data), let format = header.format else {
            throw Unreadable(
                description: "not a compiled configuration, or a damaged one; make one with "
                    + "\"migrate-cli config compile -o FILE\"")
        }
        guard format == Self.currentFormat else {
            throw Unreadable(
                description: "compiled for another version (format \(format), this one reads \(Self.currentFormat)); "
                    + "compile it again")
        }
        do {
            self = try decoder.decode(Self.self, from: data)
        } catch {
            throw Unreadable(description: "damaged, or compiled by another version; compile it again")
        }
        if let problem = configuration.problem {
            throw Unreadable(description: "\(problem); compile it again, with the version that will run")
        }
    }

    /// Whether a file's content is meant to be the compiled form: JSON starts with a brace, no connectors.yaml does.
    public static func isLikely(_ bytes: [UInt8]) -> Bool {
        bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
    }
}

extension ConnectorsConfiguration {
    /// What the rest of the program relies on and a file from another version may not keep; nil if all is well.
    fileprivate var problem: String? {
        guard !directories.isEmpty else { return "it names no directory" }
        guard signIn.budget > .zero, signIn.budget <= SignInSettings.maxBudget, signIn.denyFloor >= .zero,
            signIn.coldStartReserve >= .zero
        else { return "its times in sign_in are out of range" }
        for directory in directories {
            guard directory.timeout > .zero else { return "\(directory.name): its timeout is out of range" }
            if let scheme = directory.password.stored?.scheme, !PasswordScheme.names.contains(scheme) {
                return "\(directory.name): it names a password scheme that this version doesn't know"
            }
            guard directory.names.allSatisfy({ (try? NamePattern($0, isCaseSensitive: true)) != nil }) else {
                return "\(directory.name): it has a pattern in names that this version doesn't take"
            }
        }
        return nil
    }
}
