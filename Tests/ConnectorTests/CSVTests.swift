import Foundation
import MigrationCore
import TestSupport
import Testing

/// What is a CSV file's own, on real files.
@Suite struct `the csv connector` {
    private func open(
        _ path: String, match: [String] = ["id"], more: [String: ConnectorOptions.Value] = [:],
        timeout: Duration = Sanitizer.patience + .seconds(10)
    ) throws -> any ListableDirectory {
        try DirectoryContract.open(
            "csv", more: ["match": .texts(match)].merging(more) { $1 }, paths: ["path": path],
            settings: ConnectorSettings(timeout: timeout))
    }

    private func with(
        _ text: String, match: [String] = ["id"], more: [String: ConnectorOptions.Value] = [:],
        _ body: (any ListableDirectory) async throws -> Void
    ) async throws {
        try await with(Array(text.utf8), match: match, more: more, body)
    }

    private func with(
        _ bytes: [UInt8], match: [String] = ["id"], more: [String: ConnectorOptions.Value] = [:],
        _ body: (any ListableDirectory) async throws -> Void
    ) async throws {
        let file = try CSVFixture(bytes: bytes)
        let directory = try open(file.path, match: match, more: more)
        try await body(directory)
        await directory.close()
    }

    /// The error of a look-up, which a listing throws alike.
    private func error(
        _ path: String, match: [String] = ["id"], more: [String: ConnectorOptions.Value] = [:]
    ) async throws -> DirectoryError? {
        let directory = try open(path, match: match, more: more)
        let error = await #expect(throws: DirectoryError.self) {
            _ = try await directory.lookUp("x", by: .after(.seconds(20)))
        }
        let listing = await #expect(throws: DirectoryError.self) { _ = try await directory.readAll() }
        #expect(listing == error)
        #expect(listing?.detail == error?.detail)
        await directory.close()
        return error
    }

    // MARK: The file

    @Test func `a file that isn't there is no directory`() async throws {
        let folder = try TemporaryFolder("csv")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link.csv"), withDestinationPath: folder.file("missing.csv"))
        for path in ["missing.csv", "missing/users.csv", "link.csv"] {
            let error = try await error(folder.file(path))
            #expect(error?.code == .notADirectory)
            #expect(error?.detail.contains("no such file") == true)
        }
    }

    @Test func `a symbolic link to itself is an error`() async throws {
        let folder = try TemporaryFolder("csv")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link.csv"), withDestinationPath: folder.file("link.csv"))
        let error = try await error(folder.file("link.csv"))
        #expect(error?.code == .unexpected)
        #expect(error?.nativeCode == "errno \(ELOOP)")
    }

    @Test(arguments: ["id,name", "id,name\n", "\u{FEFF}\"id\",name\r\n", "id,name\n\n\r\n"])
    func `a file of a header only is a directory of nobody`(_ text: String) async throws {
        try await with(text) { directory async throws in
            #expect(try await directory.found("id") == .nobody)
            let listing = try await directory.readAll(column: "id")
            #expect(listing.texts.isEmpty)
            #expect(listing.problems == 0)
            #expect(listing.ends.map { $0?.count } == [0])
        }
    }

    @Test func `a folder, a pipe, a socket and a device are no directory, and nobody waits for a writer`() async throws
    {
        let folder = try TemporaryFolder("csv")
        #expect(mkfifo(folder.file("pipe.csv"), 0o644) == 0)
        #expect(mknod(folder.file("socket.csv"), S_IFSOCK | 0o644, 0) == 0)
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link.csv"), withDestinationPath: folder.path)
        let names = ["pipe.csv", "socket.csv", "link.csv"]
        for path in [folder.path, "/dev/zero"] + names.map({ folder.file($0) }) {
            let error = try await error(path)
            #expect(error?.code == .notADirectory)
            #expect(error?.detail.contains("not a file") == true)
        }
    }

    @Test(
        arguments: [
            ("", .notADirectory, "empty"), ("\u{FEFF}", .notADirectory, "empty"), ("\n\r\n\n", .notADirectory, "empty"),
            ("name,mail\nx,y\n", .missingColumn, "doesn't name \"id\""),
            ("id;name\nx;y\n", .missingColumn, "delimiter:"),
            ("ID,name\nx,y\n", .missingColumn, "\"id\""), ("id \nx\n", .missingColumn, "\"id\""),
            ("id,name,,mail\n", .badData, "column 3 has no name"), ("id,name,\n", .badData, "column 3 has no name"),
            ("id,name,mail,name\n", .badData, "columns 2 and 4 both have the name \"name\""),
            ("id,id\nx,x", .badData, "columns 1 and 2 both have the name \"id\""),
            ("id,na\0me\nx,y", .badData, "NUL"), ("id,name\rx,y\r", .badData, "carriage return"),
            ("\"id\"x,name\nx,y", .badData, "closing quote"), ("\"id,name\nx,y\n", .badData, "line 1 is never closed"),
            ("id,name\na,b\n\nx,\"y\nz,z\n", .badData, "line 4 is never closed"),
            ("id,name\n\"a\nb\",b\nx,\"y\nz,z\n", .badData, "line 4 is never closed"),
        ] as [(String, DirectoryError.Code, String)])
    func `a file that can't be a directory says what to mend`(
        _ text: String, _ code: DirectoryError.Code, _ detail: String
    ) async throws {
        let file = try CSVFixture(text)
        let error = try await error(file.path)
        #expect(error?.code == code)
        #expect(error?.detail.contains(detail) == true, "\(error?.detail ?? "")")
    }

    @Test func `a file of another encoding says what to mend`() async throws {
        let files: [([UInt8], String, String)] = [
            ([0xFF, 0xFE, 0x69, 0, 0x64, 0], "utf-8", "UTF-16"), ([0xFE, 0xFF, 0, 0x69, 0, 0x64], "utf-8", "UTF-16"),
            ([0x69, 0, 0x64, 0], "utf-8", "NUL"),
            (Array("id,N\u{E4}".utf8.dropLast()), "utf-8", "column 2 isn't utf-8"),
            ([0xEF, 0xBB, 0xBF, 0x69, 0x64], "windows-1252", "say encoding: utf-8"),
            ([0x69, 0x64, 0x2C, 0x81], "windows-1252", "column 2 isn't windows-1252"),
        ]
        for (bytes, encoding, detail) in files {
            let file = try CSVFixture(bytes: bytes)
            let error = try await error(file.path, more: ["encoding": .text(encoding)])
            #expect(error?.code == .badData)
            #expect(error?.detail.contains(detail) == true, "\(error?.detail ?? "")")
        }
    }

    @Test func `a file has as many columns as a spreadsheet can have`() async throws {
        let names = (1...16_384).map { "c\($0)" }.joined(separator: ",")
        let row = "x" + String(repeating: ",", count: 16_383)
        try await with("\(names)\n\(row)\n", match: ["c1"]) { directory async throws in
            #expect(try await directory.found("x", column: "c1") == .somebody(["x"]))
        }
        let file = try CSVFixture("\(names),more\n\(row),\n")
        let error = try await error(file.path, match: ["c1"])
        #expect(error?.code == .badData)
        #expect(error?.detail.contains("16385 columns") == true, "\(error?.detail ?? "")")
    }

    @Test func `a header without an end is no directory`() async throws {
        let file = try CSVFixture("id,name", hole: 1 << 39)
        let error = try await error(file.path)
        #expect(error?.code == .notADirectory)
        #expect(error?.detail.contains("1 MiB") == true)
    }

    @Test func `more than a terabyte is refused`() async throws {
        let file = try CSVFixture("id\n", hole: 1 << 40)
        #expect(try await error(file.path)?.code == .badData)
    }

    @Test func `what is wrong with a file never says what is in its rows`() async throws {
        let file = try CSVFixture("ana@example.com,secret,secret\nid,name,mail\n")
        let error = try await error(file.path)
        #expect(error?.code == .missingColumn)
        for value in ["ana", "secret"] { #expect(error?.detail.contains(value) == false) }
    }

    // MARK: Reading

    @Test(arguments: ["\n", "\r\n"], ["", "\u{FEFF}"])
    func `a file reads alike with either line end, with a byte order mark, with a last line that has none`(
        _ lineEnd: String, _ mark: String
    ) async throws {
        let lines = ["\"id\",\"name\"", "x,Ada", "\"y\",\"Two \(lineEnd)lines, a \"\"quote\"\"\"", "", "z,"]
        for end in ["", lineEnd, lineEnd + lineEnd] {
            try await with(mark + lines.joined(separator: lineEnd) + end) { directory async throws in
                #expect(try await directory.found("x", column: "name") == .somebody(["Ada"]))
                #expect(
                    try await directory.found("Y", column: "name") == .somebody(["Two \(lineEnd)lines, a \"quote\""]))
                #expect(try await directory.found("z", column: "name") == .somebody([]))
                #expect(try await directory.found("") == .nobody)
                let listing = try await directory.readAll(column: "id")
                #expect(listing.texts == [["x"], ["y"], ["z"]])
                #expect(listing.ends.first??.count == 3)
            }
        }
    }

    @Test(arguments: ["\t", "\\t", ";", "|", "§"])
    func `another delimiter`(_ delimiter: String) async throws {
        let actual = delimiter == "\\t" ? "\t" : delimiter
        let text = "id,name\nx,\"a,b\"\n".replacing(",", with: actual)
        try await with(text, more: ["delimiter": .text(delimiter)]) { directory async throws in
            #expect(try await directory.found("x", column: "name") == .somebody(["a\(actual)b"]))
        }
    }

    @Test func `each encoding comes as UTF-8 and is found by what is typed`() async throws {
        let texts: [(String, String, [UInt8])] = [
            ("utf-8", "Юлия", Array("Юлия".utf8)), ("utf-8", "用户", Array("用户".utf8)),
            ("utf-8", "مستخدم", Array("مستخدم".utf8)), ("utf-8", "Żółć 😀", Array("Żółć 😀".utf8)),
            ("iso-8859-1", "JÜRGEN", [0x4A, 0xDC, 0x52, 0x47, 0x45, 0x4E]),
            ("windows-1252", "Škoda €", [0x8A, 0x6B, 0x6F, 0x64, 0x61, 0x20, 0x80]),
        ]
        for (encoding, text, bytes) in texts {
            try await with(
                Array("id\n".utf8) + bytes + [0x0A] + [0x22] + bytes + [0x22, 0x22, 0x22, 0x0A],
                more: ["encoding": .text(encoding)]
            ) { directory async throws in
                #expect(try await directory.found(text) == .somebody([text]))
                #expect(try await directory.found(text.lowercased()) == .somebody([text]))
                #expect(try await directory.found(text + "\"") == .somebody([text + "\""]))
                #expect(try await directory.readAll(column: "id").texts == [[text], [text + "\""]])
            }
        }
    }

    @Test func `bad rows are problems with their line, and stop nobody else`() async throws {
        let long = String(repeating: "x", count: 1 << 20)
        let rows: [(text: String, problem: RowProblem?)] = [
            ("a,Ada,1", nil), ("short,1", RowProblem(.wrongFieldCount, position: 3)),
            ("long,a,b,c", RowProblem(.wrongFieldCount, position: 4)), ("\"b\",\"two\nlines\",", nil),
            ("alone", RowProblem(.wrongFieldCount, position: 7)), ("\"q\"x,y,z", RowProblem(.badQuoting, position: 8)),
            ("nul,\0,z", RowProblem(.notUTF8, column: "name", position: 9)),
            ("big,\(long),1", RowProblem(.tooLong, position: 10)),
            ("quoted,\"\n\(long),\"\",\n\",1", RowProblem(.tooLong, position: 11)), ("c,\(long.dropLast(100)),1", nil),
            ("\0,x,y", RowProblem(.notUTF8, column: "id", position: 15)), ("d,x,y", nil),
        ]
        var bytes = Array("id,name,z\n".utf8)
        for row in rows { bytes += Array(row.text.utf8) + [0x0A] }
        bytes += [0x65, 0x2C, 0xFF, 0x2C, 0x0A] + Array("f,x,y".utf8)
        try await with(bytes) { directory async throws in
            var problems: [RowProblem] = []
            var ids: [[String?]] = []
            var count: Int?
            for try await batch in directory.list(stallLimit: .seconds(20)) {
                problems += batch.problems
                for row in 0..<batch.count { ids.append(batch[row].texts(0)) }
                count = batch.end?.count
            }
            #expect(
                problems == rows.compactMap(\.problem) + [RowProblem(.notUTF8, column: "name", position: 17)])
            #expect(ids == [["a"], ["b"], ["c"], ["d"], ["f"]])
            #expect(count == ids.count + problems.count)

            for id in ["a", "b", "c", "d", "f"] { #expect(try await directory.found(id) == .somebody([id])) }
            for id in ["short", "long", "alone", "q", "qx", "big", "quoted"] {
                #expect(try await directory.found(id) == .nobody, "\(id)")
            }
            // They are there, so it would be wrong to deny them.
            for id in ["nul", "e"] {
                await #expect(throws: DirectoryError(.badData, directory: "csv")) { _ = try await directory.found(id) }
            }
        }
    }

    @Test func `a gigabyte without a line end stops nobody`() async throws {
        let file = try CSVFixture("id,name\na,", hole: 1 << 30)
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file.path))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("\nb,x\n".utf8))
        try handle.close()
        let directory = try open(file.path)
        let before = try residentMemory()
        #expect(try await directory.found("b") == .somebody(["b"]))
        #expect(try await directory.found("a") == .nobody)
        let listing = try await directory.readAll(column: "id")
        #expect(listing.texts == [["b"]])
        #expect(listing.problems == 1)
        // Other tests run beside this one; the record alone would be a gigabyte.
        #expect(try Sanitizer.addsMemory || residentMemory() - before < 128 << 20)
        await directory.close()
    }

    // MARK: Matching

    @Test func `any of the columns may match, in any case unless it matters`() async throws {
        let text = "id,email,username\n1,Ana@Example.com,ANA\n2,bob@example.com,bob@example.com\n3,,ЖУК\n4,ana,\n"
        try await with(text, match: ["email", "username"]) { directory async throws in
            #expect(try await directory.found("ana@example.COM") == .somebody(["1"]))
            #expect(try await directory.found("bob@example.com") == .somebody(["2"]), "once, though both columns match")
            #expect(try await directory.found("жук") == .somebody(["3"]))
            #expect(try await directory.found("ana") == .several(2), "one column of each")
            #expect(try await directory.found("1") == .nobody, "the id is no name")
            #expect(try await directory.found("") == .nobody)
        }
        try await with(text, match: ["email", "username"], more: ["case_sensitive": .flag(true)]) {
            directory async throws in
            #expect(try await directory.found("ana@example.com") == .nobody)
            #expect(try await directory.found("Ana@Example.com") == .somebody(["1"]))
            #expect(try await directory.found("ana") == .somebody(["4"]))
        }
    }

    @Test func `texts that only look alike are different people`() async throws {
        try await with("id\n\u{E9}\nI\n") { directory async throws in
            #expect(try await directory.found("\u{E9}") == .somebody(["\u{E9}"]))
            #expect(try await directory.found("e\u{301}") == .nobody)
            #expect(try await directory.found("\u{131}") == .nobody)
            #expect(try await directory.found("\u{130}") == .somebody(["I"]))
        }
    }

    @Test func `a name has at most 8 KiB, however it is written`() async throws {
        let longest = String(repeating: "Ж\"", count: 2730) + "xx"
        #expect(longest.utf8.count == 8 << 10)
        let text = "id\n" + [longest, longest + "x"].map { "\"\($0.replacing("\"", with: "\"\""))\"\n" }.joined()
        try await with(text) { directory async throws in
            #expect(try await directory.found(longest.lowercased()) == .somebody([longest]))
            #expect(try await directory.found(longest + "x") == .nobody)
            #expect(try await directory.readAll().ends.first??.count == 2)
        }
    }

    @Test func `more matches than anybody counts are several`() async throws {
        let file = try CSVFixture("id\n" + String(repeating: "same\n", count: 100_000))
        let directory = try open(file.path)
        #expect(try await directory.found("same") == .several(512))
        #expect(try await directory.found("other") == .nobody)
        await directory.close()
    }

    /// Records of almost a megabyte, which take a second to count.
    @Test func `two that were found by the deadline are several`() async throws {
        let file = try CSVFixture("id,name\n")
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file.path))
        for _ in 0..<600 {
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("same,".utf8))
            // It takes no room on the disk, and reads as NULs.
            try handle.truncate(atOffset: try handle.offset() + 1_000_000)
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("\n".utf8))
        }
        try handle.close()
        let directory = try open(file.path)
        #expect(try await directory.found("same") == .several(512))
        var counts: [Int] = []
        for round in 0..<40 where counts.isEmpty {
            let deadline = Deadline.after(.milliseconds(4 << (round % 10)))
            do throws(DirectoryError) {
                guard case .several(let count) = try await directory.lookUp("same", by: deadline) else {
                    Issue.record("they are several")
                    continue
                }
                if count < 512 { counts.append(count) }
            } catch {
                #expect(error.code == .deadlineExceeded)
            }
        }
        #expect(counts.first.map { (2..<512).contains($0) } == true)
        await directory.close()
    }

    // MARK: Changes

    @Test func `a change between look-ups is seen, whichever way it was made`() async throws {
        let file = try CSVFixture("id,name\nx,before\n")
        let directory = try open(file.path)
        #expect(try await directory.found("x", column: "name") == .somebody(["before"]))
        try file.replace("id,name\nx,after!\n")
        #expect(try await directory.found("x", column: "name") == .somebody(["after!"]), "replaced")
        try file.write(Array("id,name\ny,z\nx,written\n".utf8))
        #expect(try await directory.found("x", column: "name") == .somebody(["written"]), "written to")
        try file.write(Array("id,mail\n".utf8))
        #expect(try await directory.found("x") == .nobody, "cut")
        try file.write(Array("mail,id\nm,x\n".utf8))
        #expect(try await directory.found("x", column: "mail") == .somebody(["m"]), "other columns")
        try file.write([])
        await #expect(throws: DirectoryError(.notADirectory, directory: "csv")) { _ = try await directory.found("x") }
        try file.write(Array("id,name\nx,\"y\n".utf8))
        for _ in 1...2 {
            await #expect(throws: DirectoryError(.badData, directory: "csv")) { _ = try await directory.found("x") }
        }
        try file.write(Array("id,name\nx,mended\n".utf8))
        #expect(try await directory.found("x", column: "name") == .somebody(["mended"]))
        await directory.close()
    }

    @Test(arguments: ["replaced", "written to", "deleted"])
    func `a file that changes in the middle of a listing ends it`(_ change: String) async throws {
        let file = try await CSVFixture("id\n", count: 5000, row: "%.0f")
        let directory = try open(file.path)
        var batches = 0
        let error = await #expect(throws: DirectoryError.self) {
            for try await batch in directory.list(stallLimit: .seconds(20)) {
                #expect(batch.end == nil)
                batches += 1
                guard batches == 2 else { continue }
                switch change {
                case "replaced": try file.replace("id\n1\n")
                case "written to": try file.write(Array("id\n1\n".utf8))
                default: try FileManager.default.removeItem(atPath: file.path)
                }
            }
        }
        #expect(batches == 2)
        #expect(error?.code == .changedMeanwhile)
        await directory.close()
    }

    @Test func `the watermark is when the file was written to, in UTC`() async throws {
        let file = try CSVFixture("id\nx\n")
        for (seconds, text) in [
            (0, "1970-01-01 00:00:00"), (951_782_400, "2000-02-29 00:00:00"), (1_769_860_799, "2026-01-31 11:59:59"),
        ] {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: Double(seconds))], ofItemAtPath: file.path)
            let directory = try open(file.path)
            #expect(try await directory.readAll().ends.first??.watermark == text)
            await directory.close()
        }
    }

    // MARK: Large files

    private static let million = Task {
        try await CSVFixture(
            "email,name\n", count: 1_000_000, row: "User%.0f@example.com,\"Somebody, somewhere\"")
    }

    @Test func `an index that takes longer than a look-up may is finished by the next ones`() async throws {
        let file = try await Self.million.value
        let directory = try open(file.path, match: ["email"])
        var late = 0
        var begun = 0
        var found: Found?
        while found == nil, late < 10_000 {
            let deadline = Deadline.after(.milliseconds(50))
            do throws(DirectoryError) {
                if case .one(let entry) = try await directory.lookUp("user999999@example.com", by: deadline) {
                    found = .somebody(entry.texts(named: "email"))
                } else {
                    found = .nobody
                }
            } catch {
                #expect(error.code == .deadlineExceeded)
                // Unless the machine was so busy that it didn't begin.
                if error.detail.contains("% of the file") { begun += 1 }
                expectPrompt(after: deadline)
                late += 1
            }
        }
        #expect(begun > 1)
        #expect(found == .somebody(["User999999@example.com"]))
        await directory.close()
    }

    @Test func `a file that changes faster than it can be read ends no look-up late`() async throws {
        let file = try await Self.million.value
        let folder = try TemporaryFolder("csv")
        let path = folder.file("users.csv")
        try FileManager.default.copyItem(atPath: file.path, toPath: folder.file("copy.csv"))
        #expect(link(folder.file("copy.csv"), path) == 0)
        let changes = Task {
            var round = 0
            while !Task.isCancelled {
                round += 1
                let new = folder.file("new.csv")
                _ = link(round.isMultiple(of: 2) ? folder.file("copy.csv") : file.path, new)
                _ = rename(new, path)
                _ = unlink(new)
                try? await Task.sleep(for: .milliseconds(20))
            }
        }
        let directory = try open(path, match: ["email"])
        for _ in 0..<5 {
            let deadline = Deadline.after(.milliseconds(200))
            await #expect(throws: DirectoryError(.deadlineExceeded, directory: "csv")) {
                _ = try await directory.lookUp("user1@example.com", by: deadline)
            }
            expectPrompt(after: deadline)
        }
        changes.cancel()
        await changes.value
        #expect(try await directory.found("user1@example.com", column: "name") == .somebody(["Somebody, somewhere"]))
        await directory.close()
    }

    @Test func `a cancelled look-up keeps what was indexed, and the next goes on`() async throws {
        let file = try await Self.million.value
        let directory = try open(file.path, match: ["email"])
        let task = Task { try await directory.lookUp("user1@example.com", by: .after(.seconds(20))) }
        try await Task.sleep(for: .milliseconds(20))
        task.cancel()
        _ = await task.result
        #expect(try await directory.found("user1@example.com", column: "name") == .somebody(["Somebody, somewhere"]))
        await directory.close()
    }

    // MARK: Fuzz

    /// Bytes that mean something, and others: nothing crashes or hangs, and what a listing has a look-up finds.
    @Test(arguments: 1...20)
    func `random bytes crash nothing`(_ seed: Int) async throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let file = try CSVFixture("id,name\n")
        for encoding in ["utf-8", "iso-8859-1", "windows-1252"] {
            let directory = try open(file.path, more: ["encoding": .text(encoding)])
            for round in 0..<15 {
                var bytes = round % 3 == 0 ? [] : Array("id,name\n".utf8)
                for _ in 0..<Int.random(in: 0...3000, using: &random) {
                    let piece: [UInt8] =
                        [[0x22], [0x2C], [0x0A], [0x0D, 0x0A], [0x61], Array("ж".utf8), [0]].randomElement(
                            using: &random)
                        ?? []
                    bytes +=
                        Int.random(in: 0...20, using: &random) == 0 ? [.random(in: 0...255, using: &random)] : piece
                }
                // No two alike in length, which the clock of the file system might not tell apart.
                bytes += Array(repeating: 0x0A, count: round)
                try file.write(bytes)
                var ids: [String] = []
                do throws(DirectoryError) {
                    for try await batch in directory.list(stallLimit: .seconds(20)) {
                        for row in 0..<batch.count { ids += batch[row].texts(0).compactMap { $0 } }
                    }
                } catch {
                    #expect([.badData, .missingColumn, .notADirectory].contains(error.code), "\(error)")
                    continue
                }
                for id in ids.prefix(20) where !id.utf8.contains(0) {
                    do {
                        #expect(try await directory.found(id) != .nobody, "\(id.debugDescription)")
                    } catch let error as DirectoryError {
                        #expect(error.code == .badData)
                    }
                }
                #expect(try await directory.found("nobody at all") == .nobody)
            }
            await directory.close()
        }
    }
}
