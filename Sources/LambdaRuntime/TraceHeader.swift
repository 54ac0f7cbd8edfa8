/// X-Ray's trace header, `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`.
///
/// - SeeAlso: AWS X-Ray documentation, "Tracing header" and "Trace ID format".
enum TraceHeader {
    /// The id of the whole trace; nil unless there is one that looks exactly as X-Ray's do, so that it can go anywhere.
    static func root(of header: String) -> String? {
        for part in header.split(separator: ";") {
            let trimmed = part.drop { $0 == " " }
            guard trimmed.hasPrefix("Root=") else { continue }
            let id = trimmed.dropFirst("Root=".count)
            return isTraceID(id) ? String(id) : nil
        }
        return nil
    }

    /// `1`, eight hexadecimal digits (the time), 24 more (a random number).
    private static func isTraceID(_ text: Substring) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].elementsEqual("1".utf8) else { return false }
        return parts[1].count == 8 && parts[2].count == 24 && parts[1...].joined().allSatisfy(isHexadecimal)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }
}
