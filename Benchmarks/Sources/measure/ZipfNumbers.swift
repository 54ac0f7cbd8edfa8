/// Numbers from 0, each less often than the one before it: the k-th by 1/k, as names come in sign-ins.
struct ZipfNumbers {
    /// How often a number up to the one at this place comes.
    private let shares: [Double]

    init(_ count: Int) {
        var sum = 0.0
        let sums = (1...count).map { rank in
            sum += 1 / Double(rank)
            return sum
        }
        shares = sums.map { $0 / sum }
    }

    /// How often one of the first numbers comes.
    func share(ofFirst count: Int) -> Double { shares[count - 1] }

    func next(using random: inout some RandomNumberGenerator) -> Int {
        let drawn = Double.random(in: 0..<1, using: &random)
        var (low, high) = (0, shares.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if shares[middle] > drawn { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// The same numbers for the same seed on every machine.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
