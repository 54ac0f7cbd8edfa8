/// Appends numbers and bytes: a number as LEB128, bytes after their count.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ number: Int) {
        var rest = UInt(number)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func append(_ value: some Collection<UInt8>) {
        append(value.count)
        bytes.append(contentsOf: value)
    }

    /// As they are, without their count.
    mutating func append(raw value: some Collection<UInt8>) {
        bytes.append(contentsOf: value)
    }
}

/// Reads what `ByteWriter` wrote. Whatever the bytes are, it ends with values inside them or an error.
struct ByteReader {
    /// The bytes are none of ours.
    struct Malformed: Error {}

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    mutating func number() throws(Malformed) -> Int {
        var number: UInt = 0
        for shift in stride(from: 0 as UInt, to: 63, by: 7) {
            guard let byte = rest.popFirst() else { throw Malformed() }
            number |= UInt(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return Int(number) }
        }
        throw Malformed()
    }

    mutating func value() throws(Malformed) -> ArraySlice<UInt8> {
        let count = try number()
        guard count <= rest.count else { throw Malformed() }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }
}
