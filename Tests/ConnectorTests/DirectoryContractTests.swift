import MigrationCore
import TestSupport
import Testing

/// What every kind of directory promises.
@Suite struct `the contract of a directory` {
    @Test(arguments: DirectoryContract.all)
    func `an identifier nobody has is none, not an error`(_ contract: DirectoryContract) async throws {
        try await contract.with(.people) { directory async throws in
            #expect(try await directory.found("nobody") == .nobody)
        }
    }

    @Test(arguments: DirectoryContract.all)
    func `one who is found comes with all columns`(_ contract: DirectoryContract) async throws {
        try await contract.with(.people) { directory async throws in
            guard case .one(let entry) = try await directory.lookUp("o'neill", by: .after(.seconds(20))) else {
                Issue.record("not found")
                return
            }
            let names = entry.columns.names
            #expect(
                contract.hasAllColumns
                    ? names == DirectoryContract.columns : Set(names).isSuperset(of: DirectoryContract.columns))
            #expect(entry.columns.isExhaustive == contract.hasAllColumns)
            #expect(entry.texts(named: "id") == ["13"])
            #expect(entry.texts(named: "login") == ["o'neill"])
            #expect(entry.texts(named: "name") == ["O'Neill"])
            #expect(entry.texts(named: "note") == ["a \"quote\", a back\\slash, a\ttab,\na line"])
        }
    }

    @Test(arguments: DirectoryContract.all)
    func `two who are found are several`(_ contract: DirectoryContract) async throws {
        try await contract.with(.people) { directory async throws in
            #expect(try await directory.found("twin") == .several(2))
        }
    }

    @Test(arguments: DirectoryContract.all, DirectoryContract.scripts)
    func `text in any script is found and comes back as it is`(
        _ contract: DirectoryContract, _ name: String
    ) async throws {
        try await contract.with(.people) { directory async throws in
            #expect(try await directory.found(name.lowercased(), column: "name") == .somebody([name]))
        }
    }

    @Test(arguments: DirectoryContract.all)
    func `an identifier may have 128 characters of any script`(_ contract: DirectoryContract) async throws {
        try await contract.with(.people) { directory async throws in
            for (number, login) in DirectoryContract.longLogins.enumerated() {
                #expect(try await directory.found(login) == .somebody([String(20 + number)]))
            }
        }
    }

    @Test(arguments: DirectoryContract.all)
    func `an identifier is data, whatever is in it`(_ contract: DirectoryContract) async throws {
        try await contract.with(.people) { directory async throws in
            for identifier in DirectoryContract.hostileIdentifiers {
                #expect(try await directory.found(identifier) == .nobody, "\(identifier.prefix(40).debugDescription)")
            }
            #expect(try await directory.found("twin") == .several(2))
        }
    }

    @Test(arguments: DirectoryContract.all)
    func `an empty value is an absent value`(_ contract: DirectoryContract) async throws {
        try await contract.with(.people) { directory async throws in
            #expect(try await directory.found("empty", column: "name") == .somebody([]))
            #expect(try await directory.found("empty", column: "note") == .somebody([]))
        }
    }

    @Test(arguments: DirectoryContract.all)
    func `entries of one query share their column list`(_ contract: DirectoryContract) async throws {
        try await contract.with(.people) { directory async throws in
            guard
                case .one(let first) = try await directory.lookUp(
                    contract.hasAllColumns ? "empty" : DirectoryContract.longLogins[0], by: .after(.seconds(20))),
                case .one(let second) = try await directory.lookUp(
                    contract.hasAllColumns ? "o'neill" : DirectoryContract.longLogins[1], by: .after(.seconds(20)))
            else {
                Issue.record("not found")
                return
            }
            #expect(first.columns === second.columns)
        }
    }

    // MARK: Time

    @Test(arguments: DirectoryContract.all)
    func `a look-up ends by its deadline`(_ contract: DirectoryContract) async throws {
        try await contract.with(.endlessLookUp) { directory async throws in
            let deadline = Deadline.after(.milliseconds(500))
            await #expect(throws: DirectoryError(.deadlineExceeded, directory: contract.kind)) {
                _ = try await directory.lookUp("ada example", by: deadline)
            }
            expectPrompt(after: deadline)
        }
    }

    @Test(arguments: DirectoryContract.all)
    func `a look-up ends by the directory's own timeout`(_ contract: DirectoryContract) async throws {
        let timeout = Duration.milliseconds(500)
        try await contract.with(.endlessLookUp, settings: ConnectorSettings(timeout: timeout)) {
            directory async throws in
            let deadline = Deadline.after(timeout)
            await #expect(throws: DirectoryError(.deadlineExceeded, directory: contract.kind)) {
                _ = try await directory.lookUp("ada example", by: .after(.seconds(60)))
            }
            expectPrompt(after: deadline)
        }
    }

    @Test(arguments: DirectoryContract.all)
    func `a deadline that has passed is one`(_ contract: DirectoryContract) async throws {
        try await contract.with(.people) { directory async throws in
            await #expect(throws: DirectoryError(.deadlineExceeded, directory: contract.kind)) {
                _ = try await directory.lookUp("ada example", by: .after(.zero))
            }
        }
    }

    @Test(arguments: DirectoryContract.all)
    func `a directory answers again after a look-up was late`(_ contract: DirectoryContract) async throws {
        try await contract.with(.endlessLookUp) { directory async throws in
            for _ in 1...3 {
                await #expect(throws: DirectoryError(.deadlineExceeded, directory: contract.kind)) {
                    _ = try await directory.lookUp("ada example", by: .after(.milliseconds(300)))
                }
            }
        }
    }

    @Test(arguments: DirectoryContract.all)
    func `waiting for a free connection ends by the deadline`(_ contract: DirectoryContract) async throws {
        try await contract.with(.endlessLookUp) { directory async throws in
            let first = Task { try await directory.lookUp("ada example", by: .after(.seconds(60))) }
            try await Task.sleep(for: .milliseconds(200))
            let deadline = Deadline.after(.milliseconds(300))
            await #expect(throws: DirectoryError(.deadlineExceeded, directory: contract.kind)) {
                _ = try await directory.lookUp("ada example", by: deadline)
            }
            expectPrompt(after: deadline)
            first.cancel()
            _ = await first.result
        }
    }

    @Test(arguments: DirectoryContract.all)
    func `cancelling the task ends a look-up`(_ contract: DirectoryContract) async throws {
        try await contract.with(.endlessLookUp) { directory async throws in
            let deadline = Deadline.after(.seconds(25))
            let task = Task { () async throws -> Lookup in
                try await directory.lookUp("ada example", by: deadline)
            }
            try await Task.sleep(for: .milliseconds(200))
            task.cancel()
            await #expect(throws: DirectoryError(.cancelled, directory: contract.kind)) { _ = try await task.value }
            #expect(!deadline.hasPassed())
        }
    }

    @Test(arguments: DirectoryContract.all)
    func `many look-ups at once all get their answer`(_ contract: DirectoryContract) async throws {
        let settings = ConnectorSettings(timeout: .seconds(30), maxConnections: 4)
        try await contract.with(.people, settings: settings) { directory async throws in
            let found = try await withThrowingTaskGroup(of: Found.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        try await directory.found(DirectoryContract.longLogins[number % 6])
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(found.count == 200)
            for number in 0..<6 {
                #expect(found.filter { $0 == .somebody([String(20 + number)]) }.count == (number < 2 ? 34 : 33))
            }
        }
    }

    // MARK: Its life

    @Test(arguments: DirectoryContract.all)
    func `a directory that is gone can't answer, and answers when it is back`(
        _ contract: DirectoryContract
    ) async throws {
        let movable = try await contract.openMovable()
        #expect(try await movable.directory.found("o'neill") == .somebody(["13"]))
        try await movable.takeAway()
        for _ in 1...2 {
            let error = await #expect(throws: DirectoryError.self) {
                _ = try await movable.directory.lookUp("nobody", by: .after(.seconds(20)))
            }
            #expect(error?.code == .unreachable || error?.code == .notADirectory)
        }
        try await movable.bringBack()
        #expect(try await movable.directory.found("o'neill") == .somebody(["13"]))
        #expect(try await movable.directory.found("nobody") == .nobody)
        try await movable.takeAway()
        try await movable.bringBack()
        #expect(try await movable.directory.found("o'neill") == .somebody(["13"]))
        await movable.directory.close()
    }

    @Test(arguments: DirectoryContract.all)
    func `a closed directory says so`(_ contract: DirectoryContract) async throws {
        let directory = try await contract.open(.people, ConnectorSettings())
        _ = try await directory.lookUp("twin", by: .after(.seconds(20)))
        await directory.close()
        for identifier in ["twin", "\u{0}"] {
            await #expect(throws: DirectoryError(.cancelled, directory: contract.kind)) {
                _ = try await directory.lookUp(identifier, by: .after(.seconds(20)))
            }
        }
        await #expect(throws: DirectoryError(.cancelled, directory: contract.kind)) {
            _ = try await directory.readAll()
        }
        await directory.close()
    }

    @Test(arguments: DirectoryContract.all)
    func `closing ends what is under way`(_ contract: DirectoryContract) async throws {
        let directory = try await contract.open(.endlessLookUp, ConnectorSettings(timeout: .seconds(60)))
        let deadline = Deadline.after(.seconds(25))
        let tasks = (1...3).map { _ in Task { try await directory.lookUp("ada example", by: deadline) } }
        try await Task.sleep(for: .milliseconds(200))
        await directory.close()
        for task in tasks {
            await #expect(throws: DirectoryError(.cancelled, directory: contract.kind)) { _ = try await task.value }
        }
        #expect(!deadline.hasPassed())
    }

    @Test(.notSanitized(because: "it has address space of its own"), arguments: DirectoryContract.all.map(\.kind))
    func `without a thread for it a look-up can't be answered, and can be later`(_ kind: String) async throws {
        await #expect(processExitsWith: .success) { [kind = kind as String] in
            let contract = try #require(DirectoryContract.all.first { $0.kind == kind })
            try await contract.with(.people) { directory async throws in
                try await withNoThreadLeft {
                    await #expect(throws: DirectoryError(.overloaded, directory: kind)) {
                        _ = try await directory.lookUp("o'neill", by: .after(.seconds(20)))
                    }
                }
                #expect(try await directory.found("o'neill") == .somebody(["13"]))
            }
        }
    }

    // MARK: Listing

    @Test(arguments: DirectoryContract.all)
    func `a listing has every entry, in order, and its end`(_ contract: DirectoryContract) async throws {
        try await contract.with(.people) { directory async throws in
            let people = DirectoryContract.people
            let listing = try await directory.readAll(column: "id")
            #expect(listing.texts == people.map { [String($0.id)] })
            #expect(listing.ends.count == 1)
            #expect(listing.ends.first??.count == people.count)
            #expect(listing.ends.first??.watermark?.isEmpty == false)
            #expect(listing.problems == 0)
            let names = try await directory.readAll(column: "name")
            #expect(names.texts == people.map { ($0.name ?? "").isEmpty ? [] : [$0.name] })
        }
    }

    @Test(arguments: DirectoryContract.all, [0, 1, 511, 512, 513, 1024, 5000])
    func `a listing's batches are bounded, and the last one carries the end`(
        _ contract: DirectoryContract, _ count: Int
    ) async throws {
        try await contract.with(.numbered(count)) { directory async throws in
            var next = 1
            var columns: ColumnList?
            var end: ListingEnd?
            for try await batch in directory.list(stallLimit: .seconds(20)) {
                #expect(end == nil, "nothing comes after the end")
                #expect(batch.count <= EntryBatch.maxEntries)
                // Of an entry's columns none may be known before there is one.
                let isSame = columns == nil || columns === batch.columns || !contract.hasAllColumns && next == 1
                #expect(isSame)
                columns = batch.columns
                for row in 0..<batch.count {
                    #expect(batch[row].texts(named: "number") == [String(next)])
                    next += 1
                }
                end = batch.end
            }
            #expect(next - 1 == count)
            #expect(end?.count == count)
            let names = columns?.names ?? []
            #expect(
                contract.hasAllColumns
                    ? names == ["number", "text"] : count == 0 || Set(names).isSuperset(of: ["number", "text"]))
        }
    }

    @Test(arguments: DirectoryContract.all)
    func `a large population passes through bounded memory`(_ contract: DirectoryContract) async throws {
        try await contract.with(.numbered(contract.population)) { directory async throws in
            var count = 0
            var before: Int?
            var most = 0
            for try await batch in directory.list(stallLimit: .seconds(60)) {
                count += batch.count
                // What is made once, such as the connection, has been by then.
                if before == nil, count > 10_000 { before = try residentMemory() }
                if count % (512 * 100) == 0 { most = max(most, try residentMemory()) }
            }
            #expect(count == contract.population)
            // The values of a million alone are 106 MB. Other tests run beside this one.
            #expect(Sanitizer.addsMemory || most - (before ?? 0) < 50_000_000)
        }
    }

    @Test(arguments: DirectoryContract.all)
    func `a listing that stalls is an error, not an end`(_ contract: DirectoryContract) async throws {
        try await contract.with(.stallingList) { directory async throws in
            var batches = 0
            var ends = 0
            await #expect(throws: DirectoryError(.deadlineExceeded, directory: contract.kind)) {
                for try await batch in directory.list(stallLimit: .seconds(2)) {
                    batches += 1
                    if batch.end != nil { ends += 1 }
                }
            }
            #expect(batches > 0)
            #expect(ends == 0)
        }
    }

    @Test(arguments: DirectoryContract.all)
    func `cancelling the task ends a listing`(_ contract: DirectoryContract) async throws {
        try await contract.with(.stallingList) { directory async throws in
            let deadline = Deadline.after(.seconds(30))
            let task = Task { try await directory.readAll(stallLimit: .seconds(60)) }
            try await Task.sleep(for: .milliseconds(500))
            task.cancel()
            await #expect(throws: DirectoryError(.cancelled, directory: contract.kind)) { _ = try await task.value }
            #expect(!deadline.hasPassed())
        }
    }

    @Test(arguments: DirectoryContract.all)
    func `closing the directory ends a listing`(_ contract: DirectoryContract) async throws {
        let directory = try await contract.open(.stallingList, ConnectorSettings())
        let deadline = Deadline.after(.seconds(30))
        let task = Task { try await directory.readAll(stallLimit: .seconds(60)) }
        try await Task.sleep(for: .milliseconds(500))
        await directory.close()
        await #expect(throws: DirectoryError(.cancelled, directory: contract.kind)) { _ = try await task.value }
        #expect(!deadline.hasPassed())
    }

    @Test(arguments: DirectoryContract.all)
    func `a listing that is dropped in the middle stands in nobody's way`(_ contract: DirectoryContract) async throws {
        try await contract.with(.numbered(min(100_000, contract.population))) { directory async throws in
            for _ in 1...20 {
                for try await batch in directory.list(stallLimit: .seconds(20)) {
                    #expect(batch.count == 512)
                    break
                }
            }
            #expect(try await directory.readAll().ends.first??.count == min(100_000, contract.population))
        }
    }

    @Test(arguments: DirectoryContract.all)
    func `look-ups go on beside a listing`(_ contract: DirectoryContract) async throws {
        try await contract.with(.numbered(10_000)) { directory async throws in
            for try await batch in directory.list(stallLimit: .seconds(20)) {
                #expect(try await directory.found("nobody") == .nobody)
                if batch.end != nil { #expect(batch.end?.count == 10_000) }
            }
        }
    }

    @Test(arguments: DirectoryContract.all.filter(\.listsByQuery))
    func `without a query for it there is no listing`(_ contract: DirectoryContract) async throws {
        try await contract.with(.withoutList) { directory async throws in
            await #expect(throws: DirectoryError(.badQuery, directory: contract.kind)) {
                _ = try await directory.readAll()
            }
        }
    }
}

/// What a machine may need to notice that a deadline has passed, with all other tests running beside this one.
let busyMachine = Duration.milliseconds(2500)

/// Kept to within what a busy machine needs to notice.
func expectPrompt(after deadline: Deadline, sourceLocation: SourceLocation = #_sourceLocation) {
    let late = deadline.instant.duration(to: .now)
    #expect(late > .zero, sourceLocation: sourceLocation)
    #expect(late < busyMachine, sourceLocation: sourceLocation)
}

/// A look-up's answer, to compare.
enum Found: Equatable {
    case nobody
    case somebody([String?])
    case several(Int)
}

struct Listing {
    var texts: [[String?]] = []
    var ends: [ListingEnd?] = []
    var problems = 0
}

extension Directory {
    func found(_ identifier: String, column: String = "id") async throws -> Found {
        switch try await lookUp(identifier, by: .after(.seconds(20))) {
        case .none: .nobody
        case .one(let entry): .somebody(entry.texts(named: column))
        case .several(let count): .several(count)
        }
    }
}

extension ListableDirectory {
    func readAll(column: String? = nil, stallLimit: Duration = .seconds(20)) async throws -> Listing {
        var listing = Listing()
        for try await batch in list(stallLimit: stallLimit) {
            if let column {
                for row in 0..<batch.count { listing.texts.append(batch[row].texts(named: column)) }
            }
            if batch.end != nil { listing.ends.append(batch.end) }
            listing.problems += batch.problems.count
        }
        return listing
    }
}
