#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A value as it lies in a batch: bytes of UTF-8. What rules do to most values needs no `String`.
typealias TextBytes = UnsafeBufferPointer<UInt8>

extension UnsafeBufferPointer<UInt8> {
    /// Whether all bytes are ASCII, eight at a time.
    @inline(__always)
    var isASCII: Bool {
        guard let base = baseAddress else { return true }
        let raw = UnsafeRawPointer(base)
        var index = 0
        var bits: UInt64 = 0
        while index &+ 8 <= count {
            bits |= raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            index &+= 8
        }
        var rest: UInt8 = 0
        while index < count {
            rest |= base[index]
            index &+= 1
        }
        return bits & 0x8080_8080_8080_8080 == 0 && rest < 0x80
    }

    /// Whether the bytes are UTF-8.
    @inline(__always)
    var isText: Bool { isASCII || isValidUTF8 }

    private var isValidUTF8: Bool { (try? UTF8Span(validating: span)) != nil }

    /// For the rules that need Unicode's tables.
    var string: String { String(decoding: self, as: UTF8.self) }

    @inline(__always)
    func part(_ range: Range<Int>) -> TextBytes {
        TextBytes(rebasing: self[range])
    }

    @inline(__always)
    func isSame(as other: TextBytes) -> Bool {
        count == other.count && (count == 0 || compare(with: other, count: count) == 0)
    }

    func isSame(as other: StaticString) -> Bool {
        other.withUTF8Buffer { isSame(as: $0) }
    }

    func hasPrefix(_ prefix: TextBytes) -> Bool {
        prefix.count <= count && (prefix.isEmpty || compare(with: prefix, count: prefix.count) == 0)
    }

    /// Less than, equal to or greater than 0, as the first `count` bytes are of the other's; both have that many.
    private func compare(with other: TextBytes, count: Int) -> CInt {
        guard let left = baseAddress, let right = other.baseAddress else { return 0 }
        return memcmp(left, right, count)
    }

    /// The order of their bytes, a beginning before what goes on.
    func isBefore(_ other: TextBytes) -> Bool {
        let order = compare(with: other, count: Swift.min(count, other.count))
        return order == 0 ? count < other.count : order < 0
    }

    /// Where a text begins in this one, from `start` on.
    func firstIndex(of text: TextBytes, from start: Int) -> Int? {
        guard let first = text.first else { return nil }
        var index = start
        while index <= count - text.count {
            guard let found = self[index...].firstIndex(of: first), found <= count - text.count else { return nil }
            if part(found..<(found + text.count)).isSame(as: text) { return found }
            index = found + 1
        }
        return nil
    }

    // MARK: White space (Unicode's property White_Space)

    /// How many bytes the white space that begins at `index` has; 0 if there is none.
    @inline(__always)
    func whitespace(at index: Int) -> Int {
        let byte = self[index]
        if byte < 0x80 { return byte == 0x20 || byte &- 0x09 < 5 ? 1 : 0 }
        return longWhitespace(at: index)
    }

    private func longWhitespace(at index: Int) -> Int {
        func at(_ offset: Int) -> UInt8 { index + offset < count ? self[index + offset] : 0 }
        switch (self[index], at(1), at(2)) {
        // U+0085, U+00A0
        case (0xC2, 0x85, _), (0xC2, 0xA0, _): return 2
        // U+1680
        case (0xE1, 0x9A, 0x80): return 3
        // U+2000-200A, 2028, 2029, 202F
        case (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xA8), (0xE2, 0x80, 0xA9), (0xE2, 0x80, 0xAF): return 3
        // U+205F, U+3000
        case (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80): return 3
        default: return 0
        }
    }

    /// Without white space at either end.
    @inline(__always)
    var trimmed: TextBytes {
        var start = 0
        while start < count {
            let length = whitespace(at: start)
            if length == 0 { break }
            start += length
        }
        var end = count
        while end > start {
            var last = end - 1
            // Back to the character's first byte.
            while last > start, self[last] & 0xC0 == 0x80 { last -= 1 }
            if whitespace(at: last) == 0 { break }
            end = last
        }
        return part(start..<end)
    }

    /// Writes the text with one space for each run of white space, and none at its ends.
    @inline(__always)
    func collapse(into target: inout GrowingBuffer<UInt8>) {
        var index = 0
        var wordStart = 0
        var isFirst = true
        func take(_ end: Int, _ target: inout GrowingBuffer<UInt8>) {
            guard end > wordStart else { return }
            if !isFirst { target.append(UInt8(ascii: " ")) }
            isFirst = false
            target.append(contentsOf: part(wordStart..<end))
        }
        while index < count {
            let length = whitespace(at: index)
            if length == 0 {
                index &+= 1
            } else {
                take(index, &target)
                index += length
                wordStart = index
            }
        }
        take(count, &target)
    }
}

// MARK: Parts

extension TextBytes {
    /// The part at `index` of those between separators, from 0, or from the end if negative; nil if there is none.
    func part(_ index: Int, between separator: TextBytes) -> TextBytes? {
        guard !separator.isEmpty else { return index == 0 || index == -1 ? self : nil }
        var wanted = index
        if index < 0 {
            var parts = 1
            var start = 0
            while let next = firstIndex(of: separator, from: start) {
                parts += 1
                start = next + separator.count
            }
            // Not -index, which the smallest number doesn't have.
            guard index >= -parts else { return nil }
            wanted = parts + index
        }
        var start = 0
        var place = 0
        while let next = firstIndex(of: separator, from: start) {
            if place == wanted { return part(start..<next) }
            place += 1
            start = next + separator.count
        }
        return place == wanted ? part(start..<count) : nil
    }

    /// The most bytes that are at most `limit` and end between characters, as people see them.
    func length(within limit: Int) -> Int {
        guard count > limit else { return count }
        guard limit > 0 else { return 0 }
        // Where a character ends, the next byte may still belong to it: a mark, or the line feed of a CR LF.
        if self[limit - 1] < 0x80, self[limit] < 0x80 {
            return self[limit - 1] == UInt8(ascii: "\r") && self[limit] == UInt8(ascii: "\n") ? limit - 1 : limit
        }
        var length = 0
        for character in string {
            let next = length + character.utf8.count
            if next > limit { break }
            length = next
        }
        return length
    }
}
