/// An event from Cognito: the bytes as they came, and where each top-level value lies in them.
///
/// The reply is a splice: everything outside `response` goes back byte for byte, and inside it the members that we don't
/// set keep their bytes.
public struct TriggerEvent: Sendable {
    public let bytes: [UInt8]
    public let source: TriggerSource
    public let userPoolID: String?
    private let json: JSONText
    private let members: [JSONText.Member]

    /// - Throws: `InvalidEvent` for anything but one JSON object in UTF-8, nested at most 128 deep, without repeated
    ///   top-level keys, that names its `triggerSource`.
    public init(_ bytes: [UInt8]) throws(InvalidEvent) {
        let json = try JSONText(bytes)
        guard json.root.kind == .object else { throw InvalidEvent("the event is not a JSON object") }
        let members = json.members(of: json.root)
        var seen: Set<[UInt16]> = []
        for member in members where !seen.insert(member.key).inserted {
            throw InvalidEvent("the event has a top-level key twice")
        }
        self.bytes = bytes
        self.json = json
        self.members = members
        guard let source = try Self.text("triggerSource", of: members, in: json) else {
            throw InvalidEvent("the event has no triggerSource")
        }
        self.source = TriggerSource(source)
        // Only looked at for a warning, so one that is no text is none.
        self.userPoolID = (try? Self.text("userPoolId", of: members, in: json)) ?? nil
    }

    private static func text(
        _ name: String, of members: [JSONText.Member], in json: JSONText
    ) throws(InvalidEvent) -> String? {
        guard let value = members.first(where: { $0.isNamed(name) })?.value, value.kind != .null else { return nil }
        guard value.kind == .string else { throw InvalidEvent("\(name) is not a string") }
        guard let text = json.text(of: value) else { throw InvalidEvent("\(name) has a lone surrogate") }
        return text
    }

    /// The user name in the event: in migration what the person typed.
    func userName() throws(InvalidEvent) -> String? {
        try Self.text("userName", of: members, in: json)
    }

    /// `request.password`; nil if it is absent or null.
    func password() throws(InvalidEvent) -> Secret? {
        guard let request = members.first(where: { $0.isNamed("request") })?.value else { return nil }
        guard request.kind == .object else { throw InvalidEvent("request is not an object") }
        let members = json.members(of: request)
        // Which of two would Cognito have checked? Nobody can say, so neither is.
        guard members.count(where: { $0.isNamed("password") }) <= 1 else {
            throw InvalidEvent("request has password twice")
        }
        return try Self.text("password", of: members, in: json).map { Secret($0) }
    }

    /// Throws what a migration event must not be, though it is JSON.
    func checkMigrationShape() throws(InvalidEvent) {
        if let request = members.first(where: { $0.isNamed("request") })?.value, request.kind != .object {
            throw InvalidEvent("request is not an object")
        }
        if let response, response.kind != .object, response.kind != .null {
            throw InvalidEvent("response is not an object")
        }
        guard try userName() != nil else { throw InvalidEvent("userName is missing") }
    }

    private var response: JSONText.Value? {
        members.first { $0.isNamed("response") }?.value
    }

    /// The event with members of `response` set, in the given order where they are new.
    ///
    /// A missing `response` is made as the last member, a null one in its place. A member that occurs twice is set twice,
    /// so that every reader finds the same.
    func settingResponse(_ values: [(name: String, value: JSONFragment)]) -> [UInt8] {
        guard !values.isEmpty else { return bytes }
        guard let response else {
            let end = json.root.range.upperBound - 1
            var insertion = Array((members.isEmpty ? "" : ",").utf8)
            insertion.append(contentsOf: #""response":"#.utf8)
            insertion.append(contentsOf: Self.object(values))
            return bytes[..<end] + insertion + bytes[end...]
        }
        guard response.kind == .object else {
            return bytes[..<response.range.lowerBound] + Self.object(values) + bytes[response.range.upperBound...]
        }
        let existing = json.members(of: response)
        var result: [UInt8] = []
        var copied = 0
        for member in existing {
            guard let value = values.first(where: { member.isNamed($0.name) })?.value else { continue }
            result.append(contentsOf: bytes[copied..<member.value.range.lowerBound])
            value.write(to: &result)
            copied = member.value.range.upperBound
        }
        let end = response.range.upperBound - 1
        result.append(contentsOf: bytes[copied..<end])
        let new = values.filter { value in !existing.contains { $0.isNamed(value.name) } }
        if !new.isEmpty {
            if !existing.isEmpty { result.append(UInt8(ascii: ",")) }
            result.append(contentsOf: Self.object(new).dropFirst().dropLast())
        }
        result.append(contentsOf: bytes[end...])
        return result
    }

    private static func object(_ values: [(name: String, value: JSONFragment)]) -> [UInt8] {
        var bytes: [UInt8] = [UInt8(ascii: "{")]
        for (index, member) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            JSONFragment.write(member.name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            member.value.write(to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }
}
