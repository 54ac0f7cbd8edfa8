/// The text form of a PostgreSQL array: `{one,"two, with a comma",NULL}`, nested or with bounds (`[0:1]={a,b}`).
///
/// - SeeAlso: PostgreSQL 15, 8.15.6 Array Input and Output Syntax.
enum ArrayText {
    /// Calls `body` with the bytes of each element that isn't NULL or empty, nested ones in their order.
    ///
    /// - Parameter delimiter: a comma for every type but `box`.
    /// - Returns: false, without having called `body`, if this isn't the text of an array (`int2vector` counts as an array
    ///   type and is written `1 2 3`).
    static func forEachElement(
        of text: UnsafeRawBufferPointer, delimiter: UInt8 = UInt8(ascii: ","), _ body: (UnsafeRawBufferPointer) -> Void
    ) -> Bool {
        guard var position = start(of: text) else { return false }
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "{"), UInt8(ascii: "}"), delimiter:
                position += 1
            case UInt8(ascii: "\""):
                position = quoted(text, from: position + 1, body)
            default:
                let first = position
                while position < text.count, text[position] != delimiter, text[position] != UInt8(ascii: "}") {
                    position += 1
                }
                let element = UnsafeRawBufferPointer(rebasing: text[first..<position])
                // An element that is the word NULL is quoted.
                if !isNull(element) { body(element) }
            }
        }
        return true
    }

    /// Where the first brace is, after the bounds if there are any.
    private static func start(of text: UnsafeRawBufferPointer) -> Int? {
        guard let first = text.first else { return nil }
        if first == UInt8(ascii: "{") { return 0 }
        guard first == UInt8(ascii: "["), let equals = text.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        return equals + 1
    }

    /// - Returns: the position after the closing quote.
    private static func quoted(
        _ text: UnsafeRawBufferPointer, from start: Int, _ body: (UnsafeRawBufferPointer) -> Void
    ) -> Int {
        var position = start
        var element: [UInt8] = []
        while position < text.count, text[position] != UInt8(ascii: "\"") {
            if text[position] == UInt8(ascii: "\\"), position + 1 < text.count { position += 1 }
            element.append(text[position])
            position += 1
        }
        if !element.isEmpty { element.withUnsafeBytes(body) }
        return position + 1
    }

    private static func isNull(_ element: UnsafeRawBufferPointer) -> Bool {
        element.count == 4 && element.elementsEqual("null".utf8) { $0 | 0x20 == $1 }
    }
}
