import Testing

@testable import MigrationCore

@Suite struct `the slots of a connection pool` {
    @Test func `the one used last is used next`() {
        var slots = ConnectionSlots(limit: 3)
        #expect(slots.ask(1) == .use(slot: 0))
        #expect(slots.ask(2) == .use(slot: 1))
        #expect(slots.giveBack(0) == nil)
        #expect(slots.ask(3) == .use(slot: 0))
        #expect(slots.giveBack(1) == nil)
        #expect(slots.giveBack(0) == nil)
        #expect(slots.ask(4) == .use(slot: 0))
        #expect(slots.ask(5) == .use(slot: 1))
        #expect(slots.ask(6) == .use(slot: 2))
    }

    @Test func `who comes when all are taken gets the first that is given back`() {
        var slots = ConnectionSlots(limit: 1)
        #expect(slots.ask(1) == .use(slot: 0))
        #expect(slots.ask(2) == .wait)
        #expect(slots.ask(3) == .wait)
        #expect(slots.giveBack(0) == 2)
        #expect(slots.giveBack(0) == 3)
        #expect(slots.giveBack(0) == nil)
        #expect(slots.ask(4) == .use(slot: 0))
    }

    @Test func `who gave up isn't served, and can't give up what it has`() {
        var slots = ConnectionSlots(limit: 1)
        #expect(slots.ask(1) == .use(slot: 0))
        #expect(slots.ask(2) == .wait)
        #expect(slots.ask(3) == .wait)
        #expect(slots.giveUp(2) == true)
        #expect(slots.giveUp(2) == false)
        #expect(slots.giveUp(1) == false)
        #expect(slots.giveBack(0) == 3)
        #expect(slots.giveUp(3) == false)
    }

    @Test func `after closing everybody is refused, and those who wait are told`() {
        var slots = ConnectionSlots(limit: 1)
        #expect(slots.ask(1) == .use(slot: 0))
        #expect(slots.ask(2) == .wait)
        #expect(slots.ask(3) == .wait)
        #expect(slots.close() == [2, 3])
        #expect(slots.close() == [])
        #expect(slots.giveBack(0) == nil)
        #expect(slots.ask(4) == .refuse)
        #expect(slots.giveUp(2) == false)
    }
}
