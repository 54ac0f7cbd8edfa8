#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

extension UnsafeRawBufferPointer {
    /// The first place of a byte in `from..<end`, by the C library, which looks at 32 bytes at a time.
    func firstIndex(of byte: UInt8, from: Int, to end: Int? = nil) -> Int? {
        let end = end ?? count
        guard from < end, let base = baseAddress, let found = memchr(base + from, CInt(byte), end - from) else {
            return nil
        }
        return UnsafeRawPointer(found) - base
    }

    /// The first place of a character's bytes from `from` on.
    func firstIndex(of bytes: [UInt8], from: Int) -> Int? {
        var place = from
        while let found = firstIndex(of: bytes[0], from: place) {
            if bytes.count == 1 || has(bytes, at: found) { return found }
            place = found + 1
        }
        return nil
    }

    func has(_ bytes: [UInt8], at place: Int) -> Bool {
        guard place >= 0, bytes.count <= count - place else { return false }
        for (index, byte) in bytes.enumerated() where self[place + index] != byte { return false }
        return true
    }
}
