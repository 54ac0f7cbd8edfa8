public import PasswordHashing

/// What stored hashes are: `hash identify`. Nothing of a hash is in it.
public struct HashIdentifyReport: Sendable {
    public struct Hash: Sendable, Encodable {
        /// Nil if it is nobody's.
        public let scheme: String?
        /// Why it can't be checked; nil if it can.
        public let refusal: String?
        public let handover: String
        /// Cognito's algorithm, for a hash that its import takes.
        public let algorithm: String?
        public let reason: String
        /// What else is to be said of it.
        public let note: String?

        public init(_ stored: [UInt8], verifier: PasswordVerifier, row: PasswordRow) {
            (scheme, refusal, handover, algorithm, reason) = stored.withUnsafeBytes { bytes in
                let handover = verifier.handover(of: bytes, row: row)
                let algorithm: CognitoHash.Algorithm? =
                    switch handover {
                    case .asIs(let algorithm), .reencoded(let algorithm): algorithm
                    case .signIn, .reset: nil
                    }
                return (
                    verifier.detectedScheme(of: bytes), verifier.refusal(of: bytes, row: row)?.rawValue, handover.code,
                    algorithm?.rawValue, handover.explanation
                )
            }
            note = Self.note(stored, scheme: scheme, isAutomatic: verifier.schemeName == PasswordScheme.automatic)
        }

        private static func note(_ stored: [UInt8], scheme: String?, isAutomatic: Bool) -> String? {
            if stored.allSatisfy({ $0 == UInt8(ascii: " ") }) { return "it is empty" }
            guard isAutomatic, scheme == nil else { return nil }
            if ["!", "*", "x", "NULL"].contains(String(decoding: stored, as: UTF8.self))
                || [UInt8(ascii: "!"), UInt8(ascii: "*")].contains(stored[0])
            {
                return "a locked account, or none; whoever has it sets a new password"
            }
            let isHex = stored.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
            let digests = [32: "md5, nt", 40: "sha1", 64: "sha256", 96: "sha384", 128: "sha512"]
            if isHex, let names = digests[stored.count] {
                return "as long as a digest in hex: name the scheme, such as \(names), or salted-* with its salt"
            }
            return "no form that tells its scheme; name it with --scheme"
        }

        fileprivate var text: String {
            var text = scheme ?? "unknown"
            text += refusal.map { ": \($0)" } ?? ": can be checked"
            text += "; \(handover)\(algorithm.map { " \($0)" } ?? "") (\(reason))"
            return text + (note.map { "; \($0)" } ?? "")
        }
    }

    public let hashes: [Hash]

    public init(_ hashes: [Hash]) {
        self.hashes = hashes
    }

    /// A line for each.
    public var text: String { hashes.map(\.text).joined(separator: "\n") }

    /// An object a line for each, so that a column of a million is a stream of them.
    public var json: String {
        hashes.map { $0.reportJSON(onOneLine: true) }.joined(separator: "\n")
    }
}

/// What came of checking one password.
public struct HashVerifyReport: Sendable, Encodable {
    public let scheme: String?
    public let result: String

    public init(scheme: String?, result: Verification) {
        self.scheme = scheme
        self.result = result.rawValue
    }

    public var text: String { "\(result) (\(scheme ?? "unknown scheme"))" }
    public var json: String { reportJSON(onOneLine: true) }
}

/// `hash verify --batch`.
public enum HashBatchReport {
    /// A line of it, its members in the order that is promised.
    ///
    /// - Parameter scheme: a name of the table, which needs no escapes.
    public static func line(_ number: Int, scheme: String, result: Verification) -> String {
        #"{"line":\#(number),"scheme":"\#(scheme)","result":"\#(result.rawValue)"}"#
    }
}
