internal import CLibLDAP

/// All messages that came for one request: entries, references, the result.
///
/// A class, because the messages are to be freed once. What points into them is good while it lives.
final class Reply {
    private let messages: OpaquePointer
    private let handle: OpaquePointer

    /// - Parameter messages: owned by it from now on.
    init(_ messages: OpaquePointer, of handle: OpaquePointer) {
        self.messages = messages
        self.handle = handle
    }

    deinit {
        ldap_msgfree(messages)
    }

    var firstEntry: OpaquePointer? { ldap_first_entry(handle, messages) }

    func entry(after entry: OpaquePointer) -> OpaquePointer? { ldap_next_entry(handle, entry) }

    /// References to other servers aren't entries and aren't followed: a domain of Active Directory names its other
    /// partitions in each search from its top.
    var entryCount: Int { Int(ldap_count_entries(handle, messages)) }

    struct Result {
        var code: CInt
        /// The server's own words. They may quote what somebody typed.
        var diagnostic: String
    }

    /// The result, and what `body` makes of its controls.
    ///
    /// - Returns: nil if the message can't be read.
    func result<Answer>(
        _ body: (UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?) -> Answer
    ) -> (result: Result, answer: Answer)? {
        var code: CInt = 0
        var diagnostic: UnsafeMutablePointer<CChar>?
        var controls: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?
        let status = ldap_parse_result(handle, messages, &code, nil, &diagnostic, nil, &controls, 0)
        defer {
            ldap_memfree(diagnostic)
            ldap_controls_free(controls)
        }
        guard status == LDAP_SUCCESS else { return nil }
        let text = diagnostic.flatMap { String(validatingCString: $0) } ?? ""
        return (Result(code: code, diagnostic: text), body(controls))
    }
}

/// An entry of a reply, taken apart and not copied: its values are good while the reply lives. It can be done once, because
/// liblber writes into the message.
struct DecodedEntry: ~Copyable {
    struct Attribute {
        let name: berval
        /// Ends with one that has no pointer; nil if there is none at all.
        let values: UnsafeMutablePointer<berval>?
    }

    let dn: berval
    private(set) var attributes: [Attribute] = []
    private let cursor: OpaquePointer?

    /// - Returns: nil if the message can't be read.
    init?(_ entry: OpaquePointer, of handle: OpaquePointer) {
        var cursor: OpaquePointer?
        var dn = berval()
        let status = ldap_get_dn_ber(handle, entry, &cursor, &dn)
        self.cursor = cursor
        self.dn = dn
        guard status == LDAP_SUCCESS, let cursor else { return nil }
        attributes.reserveCapacity(32)
        while true {
            var name = berval()
            var values: UnsafeMutablePointer<berval>?
            guard ldap_get_attribute_ber(handle, entry, cursor, &name, &values) == LDAP_SUCCESS else { return nil }
            guard name.bv_val != nil else { return }
            attributes.append(Attribute(name: name, values: values))
        }
    }

    deinit {
        for attribute in attributes { ber_memfree(attribute.values) }
        // 0: the bytes are the message's.
        if let cursor { ber_free(cursor, 0) }
    }
}

extension berval {
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: bv_val, count: bv_val == nil ? 0 : Int(bv_len)) }

    var text: String? { String(validating: bytes, as: UTF8.self) }
}

/// Calls `body` with each value of an array that ends with one without a pointer.
func forEachValue(_ values: UnsafeMutablePointer<berval>?, _ body: (UnsafeRawBufferPointer) -> Void) {
    guard var value = values else { return }
    while value.pointee.bv_val != nil {
        body(value.pointee.bytes)
        value += 1
    }
}
