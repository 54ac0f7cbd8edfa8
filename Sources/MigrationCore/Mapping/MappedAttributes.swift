/// The attributes that an entry has in the pool.
public struct MappedAttributes: Sendable, Hashable {
    public struct Value: Sendable, Hashable {
        public let name: String
        public let value: String
    }

    /// In the order of connectors.yaml, without `username`.
    public internal(set) var values: [Value] = []
    public internal(set) var username: String?
    /// What makes the user unmappable: a `required` attribute that isn't there, an invalid value with
    /// `on_invalid: reject`.
    public internal(set) var rejections: [AttributeRejection] = []

    public subscript(name: String) -> String? {
        values.first { $0.name == name }?.value
    }

    /// Whether a code to reset the password can reach the user.
    public var hasVerifiedContact: Bool {
        self["email"] != nil && self["email_verified"] == "true"
            || self["phone_number"] != nil && self["phone_number_verified"] == "true"
    }
}
