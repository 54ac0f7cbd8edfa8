/// MD4, which no library of ours has (swift-crypto leaves it out, libxcrypt's takes text only): for NT hashes and Spring's
/// `{MD4}`.
///
/// - SeeAlso: RFC 1320.
enum MD4 {
    static let byteCount = 16

    static func digest(_ input: UnsafeRawBufferPointer) -> [UInt8] {
        var message = Array(input)
        defer { erase(&message) }
        message.append(0x80)
        while message.count % 64 != 56 { message.append(0) }
        let bitCount = UInt64(input.count) * 8
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            message.append(UInt8(truncatingIfNeeded: bitCount >> shift))
        }

        var state: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
        for start in stride(from: 0, to: message.count, by: 64) {
            let words = (0..<16).map { word in
                (0..<4).reduce(UInt32(0)) { $0 | UInt32(message[start + 4 * word + $1]) << UInt32(8 * $1) }
            }
            mix(words, into: &state)
        }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
    }

    /// One block: three rounds of sixteen steps.
    private static func mix(_ words: [UInt32], into state: inout [UInt32]) {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        for step in 0..<48 {
            let round = step / 16
            let (function, constant): (UInt32, UInt32) =
                switch round {
                case 0: (b & c | ~b & d, 0)
                case 1: (b & c | b & d | c & d, 0x5A82_7999)
                default: (b ^ c ^ d, 0x6ED9_EBA1)
                }
            let sum = a &+ function &+ words[order[round][step % 16]] &+ constant
            let shift = shifts[round][step % 4]
            (a, b, c, d) = (d, sum << shift | sum >> (32 - shift), b, c)
        }
        state[0] &+= a
        state[1] &+= b
        state[2] &+= c
        state[3] &+= d
    }

    private static let order = [
        Array(0..<16), [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
        [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    ]
    private static let shifts: [[UInt32]] = [[3, 7, 11, 19], [3, 5, 9, 13], [3, 9, 11, 15]]
}
