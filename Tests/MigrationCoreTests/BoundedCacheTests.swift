import TestSupport
import Testing

@testable import MigrationCore

@Suite struct BoundedCacheTests {
    @Test func `the least recently used goes first`() {
        var cache = BoundedCache<String, Int>(maxCount: 3, maxCost: 100)
        for (number, key) in ["a", "b", "c"].enumerated() { cache.insert(number, for: key, cost: 1) }
        #expect(cache.value(for: "a") == 0)
        cache.insert(3, for: "d", cost: 1)
        #expect(cache.value(for: "b") == nil)
        for (key, value) in [("a", 0), ("c", 2), ("d", 3)] { #expect(cache.value(for: key) == value) }
    }

    @Test func `what they cost together is bounded, and one that costs more is not kept`() {
        var cache = BoundedCache<String, Int>(maxCount: 100, maxCost: 10)
        cache.insert(1, for: "a", cost: 4)
        cache.insert(2, for: "b", cost: 4)
        cache.insert(3, for: "c", cost: 4)
        #expect(cache.cost == 8)
        #expect(cache.value(for: "a") == nil)
        cache.insert(4, for: "b", cost: 11)
        // In place of what it was before, which isn't right any more.
        #expect(cache.value(for: "b") == nil)
        #expect(cache.value(for: "c") == 3)
        #expect(cache.cost == 4)
    }

    @Test func `one that holds nothing keeps nothing`() {
        var cache = BoundedCache<String, Int>(maxCount: 0, maxCost: 10)
        cache.insert(1, for: "a", cost: 0)
        #expect(cache.value(for: "a") == nil)
    }

    /// Against a list that does the same slowly.
    @Test func `it does what a list would do`() {
        var random = SeededGenerator(seed: 7)
        for maxCount in [1, 2, 5, 30] {
            var cache = BoundedCache<Int, Int>(maxCount: maxCount, maxCost: 40)
            var list: [(key: Int, value: Int, cost: Int)] = []
            for step in 0..<5000 {
                let key = Int.random(in: 0..<40, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0:
                    let removed = cache.remove(key)
                    #expect(removed == list.first { $0.key == key }?.value)
                    list.removeAll { $0.key == key }
                case 1:
                    let cost = Int.random(in: 0..<45, using: &random)
                    cache.insert(step, for: key, cost: cost)
                    list.removeAll { $0.key == key }
                    guard cost <= 40 else { continue }
                    while list.count >= maxCount || list.reduce(0, { $0 + $1.cost }) > 40 - cost { list.removeFirst() }
                    list.append((key, step, cost))
                default:
                    let place = list.firstIndex { $0.key == key }
                    let value = cache.value(for: key)
                    #expect(value == place.map { list[$0].value })
                    if let place { list.append(list.remove(at: place)) }
                }
                #expect(cache.count == list.count)
                #expect(cache.cost == list.reduce(0) { $0 + $1.cost })
            }
        }
    }
}
