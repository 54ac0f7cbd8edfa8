/// A set of Unicode scalars, from text such as `A0 2000-200B`.
struct ScalarSet: Sendable {
    private let ranges: [ClosedRange<UInt32>]

    init(_ text: String) {
        ranges = text.split(separator: " ").map { scalarRange($0) }
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < scalar.value { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(scalar.value)
    }
}

/// What scalars become, from text such as `A0>20 FF01-FF5E>21 BD>31+2044+32`.
struct ScalarMap: Sendable {
    private let map: [UInt32: [Unicode.Scalar]]

    init(_ text: String) {
        var map: [UInt32: [Unicode.Scalar]] = [:]
        for word in text.split(separator: " ") {
            let sides = word.split(separator: ">")
            let targets = sides[1].split(separator: "+").map { number($0) }
            for code in scalarRange(sides[0]) {
                // Of a run, each has its own; of a single one the distance is none.
                let distance = code - scalarRange(sides[0]).lowerBound
                map[code] = targets.compactMap { Unicode.Scalar($0 + distance) }
            }
        }
        self.map = map
    }

    subscript(_ scalar: Unicode.Scalar) -> [Unicode.Scalar]? { map[scalar.value] }
}

private func scalarRange(_ text: some StringProtocol) -> ClosedRange<UInt32> {
    let bounds = text.split(separator: "-").map { number($0) }
    return bounds[0]...bounds[bounds.count - 1]
}

private func number(_ text: some StringProtocol) -> UInt32 {
    guard let number = UInt32(text, radix: 16) else { preconditionFailure("a table of ours has \(text)") }
    return number
}
