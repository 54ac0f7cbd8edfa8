import Foundation
import MigrationCore
import TestSupport
import Testing
import Threads

@testable import CSVConnector

/// Which file a path leads to, and what happens while it is read.
@Suite struct `the file of the csv connector` {
    private func open(_ path: String, match: String = "id") throws -> any ListableDirectory {
        try DirectoryContract.open(
            "csv", more: ["match": .text(match)], paths: ["path": path],
            settings: ConnectorSettings(timeout: .seconds(30)))
    }

    /// Reads until the second batch, does something to the file, and reads on.
    private func errorOfListing(
        _ file: CSVFixture, path: String? = nil, _ change: () throws -> Void
    ) async throws -> DirectoryError? {
        let directory = try open(path ?? file.path)
        var batches = 0
        let error = await #expect(throws: DirectoryError.self) {
            for try await batch in directory.list(stallLimit: .seconds(20)) {
                #expect(batch.end == nil)
                batches += 1
                if batches == 2 { try change() }
            }
        }
        #expect(batches == 2)
        await directory.close()
        return error
    }

    // MARK: Changes that are hard to see

    @Test func `a file of the same size and time is another one`() async throws {
        let file = try CSVFixture("id,name\nx,first\n")
        let time: [FileAttributeKey: Any] = [.modificationDate: Date(timeIntervalSince1970: 1_700_000_000)]
        try FileManager.default.setAttributes(time, ofItemAtPath: file.path)
        let directory = try open(file.path)
        #expect(try await directory.found("x", column: "name") == .somebody(["first"]))
        // As `rsync --times` does it.
        try file.replace("id,name\nx,other\n")
        try FileManager.default.setAttributes(time, ofItemAtPath: file.path)
        #expect(try await directory.found("x", column: "name") == .somebody(["other"]), "replaced")
        // As `rsync --times --inplace` does it.
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file.path))
        try handle.write(contentsOf: Data("id,name\ny,third\n".utf8))
        try handle.close()
        try FileManager.default.setAttributes(time, ofItemAtPath: file.path)
        #expect(try await directory.found("y", column: "name") == .somebody(["third"]), "written to")
        #expect(try await directory.found("x") == .nobody)
        await directory.close()
    }

    @Test func `a symbolic link is followed, also after it was made to lead elsewhere`() async throws {
        let files = [try CSVFixture("id,name\nx,first\n"), try CSVFixture("id,name\nx,other\n")]
        let folder = try TemporaryFolder("csv")
        let link = folder.file("current.csv")
        let directory = try open(link)
        for (file, name) in zip(files, ["first", "other"]) {
            try? FileManager.default.removeItem(atPath: link)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file.path)
            #expect(try await directory.found("x", column: "name") == .somebody([name]))
        }
        try FileManager.default.removeItem(atPath: files[1].path)
        await #expect(throws: DirectoryError(.notADirectory, directory: "csv")) { _ = try await directory.found("x") }
        await directory.close()
    }

    @Test func `a symbolic link that is made to lead elsewhere in the middle of a listing ends it`() async throws {
        let file = try await CSVFixture("id\n", count: 5000, row: "%.0f")
        let other = try CSVFixture("id\n1\n")
        let link = file.sibling("link.csv")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: file.path)
        let error = try await errorOfListing(file, path: link) {
            try FileManager.default.removeItem(atPath: link)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: other.path)
        }
        #expect(error?.code == .changedMeanwhile)
    }

    /// The clock of a file system goes in steps, and a second change within one leaves no trace.
    @Test func `a file that was read right after a change is read again`() throws {
        let file = try CSVFixture("id\nx\n")
        let opened = try CSVFile(path: file.path)
        let now = SystemWallClock().now
        let later = UnixTime(sinceEpoch: now.sinceEpoch + .seconds(3))
        #expect(opened.state.isRecent(at: now))
        #expect(!opened.state.isRecent(at: later))
        #expect(opened.wasRecent)
        let source = CSVSource(
            name: "csv", path: file.path, match: ["id"], rule: MatchRule(isCaseSensitive: true),
            format: try CSVFormat(), timeout: .seconds(1))
        let table = IndexedTable(try CSVTable(source) { true }, source)
        #expect(table.isUpToDate(opened.state, at: now), "a change that looks like the last one may still come")
        #expect(!table.isUpToDate(opened.state, at: later), "none can come any more, so what there is now will stay")
    }

    @Test func `a file that was read long after a change is not read again`() async throws {
        let file = try CSVFixture("id\nx\n")
        try await Task.sleep(for: .milliseconds(2200))
        let opened = try CSVFile(path: file.path)
        #expect(!opened.wasRecent)
    }

    // MARK: Changes in the middle

    /// What is left ends inside a quoted field, which isn't the file's fault.
    @Test func `a file that is cut off in the middle of a listing was changed, and isn't bad`() async throws {
        let row = 401
        let file = try await CSVFixture("id\n", count: 3000, row: "\"%0\(row - 3).0f\"")
        let error = try await errorOfListing(file) {
            // In the third batch, and further on than what was read already.
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file.path))
            try handle.truncate(atOffset: UInt64("id\n".utf8.count + (2 * EntryBatch.maxEntries + 300) * row + 10))
            try handle.close()
        }
        #expect(error?.code == .changedMeanwhile)
    }

    /// Each of the files has everybody, so nobody is ever missing; and each person of one file has that file's name.
    @Test func `a file that is replaced all the time has everybody all the time, and never two files' people`()
        async throws
    {
        // More than is read at once, and everybody at another place in each.
        let texts = (0..<3).map { file in
            "id,file\n" + (0..<10_000).map { "y\($0 + file * 100),\"\(file)\"\n" }.joined() + "x,\(file)\n"
        }
        let file = try CSVFixture(texts[0])
        let directory = try open(file.path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var round = 0
                while !Task.isCancelled {
                    round += 1
                    try file.replace(texts[round % texts.count])
                    // An index that is never done before the next change is never asked.
                    try? await Task.sleep(for: .milliseconds(150))
                }
            }
            group.addTask {
                for _ in 0..<50 {
                    let found = try await directory.found("x", column: "file")
                    #expect([.somebody(["0"]), .somebody(["1"]), .somebody(["2"])].contains(found))
                    do {
                        let listing = try await directory.readAll(column: "file")
                        #expect(listing.texts.count == 10_001)
                        #expect(Set(listing.texts).count == 1)
                    } catch let error as DirectoryError {
                        #expect(error.code == .changedMeanwhile)
                    }
                }
            }
            try await group.next()
            group.cancelAll()
            try await group.waitForAll()
        }
        await directory.close()
    }

    @Test func `what is appended between look-ups is found`() async throws {
        let file = try CSVFixture("id,name\n")
        let directory = try open(file.path)
        for number in 1...20 {
            #expect(try await directory.found("u\(number)") == .nobody)
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file.path))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("u\(number),x\n".utf8))
            try handle.close()
            #expect(try await directory.found("u\(number)") == .somebody(["u\(number)"]))
        }
        #expect(try await directory.readAll().ends.first??.count == 20)
        await directory.close()
    }

    // MARK: A million records

    @Test func `an index has everybody of a million, and not the file in memory`() async throws {
        let filler = String(repeating: "x", count: 150)
        let file = try await CSVFixture("id,name\n", count: 1_000_000, row: "u%.0f,\(filler)")
        let directory = try open(file.path)
        let before = try residentMemory()
        #expect(try await directory.found("u1") == .somebody(["u1"]))
        // 20 MB of index for 160 MB of file.
        #expect(try Sanitizer.addsMemory || residentMemory() - before < 60 << 20)
        // So many that some of them share a hash of 24 bits with others.
        for number in stride(from: 1, through: 1_000_000, by: 499) {
            #expect(try await directory.found("u\(number)") == .somebody(["u\(number)"]))
        }
        for number in 0..<100 { #expect(try await directory.found("u\(number)x") == .nobody) }
        await directory.close()
    }
}
