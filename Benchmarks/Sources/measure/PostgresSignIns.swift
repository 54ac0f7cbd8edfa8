import CQueryLoop
import Glibc
import MigrationCore

/// Sign-ins from a table of PostgreSQL: beside a loop in C, how often a full cache has the answer, and what it takes.
struct PostgresSignIns {
    private static let query = "SELECT * FROM accounts WHERE login = $1"
    private static let people = 100_000
    /// The file's default.
    private static let entries = 10_000

    private let connection: String

    init(_ arguments: Arguments) {
        connection = arguments.option("--connection")
    }

    func measure(_ arguments: Arguments) async throws {
        try await memory(arguments)
        try await hitRatio(arguments)
        let connection = connection
        try await SignInComparison(
            kind: "postgres", directory: directory(Self.query), attributes: try Self.attributes, username: "login",
            people: Self.people,
            required: .init(notKept: 0.08, notKeptAtOnce: 0.06, kept: 0.50, keptAtOnce: 0.10)
        ) {
            guard let loop = query_loop_open(connection) else { fail("the C loop can't connect") }
            // One thread at a time has it.
            nonisolated(unsafe) let own = loop
            return { first, count, step in
                let found = query_loop_run(own, Self.query, first, count, step, Self.people)
                guard found == count else { fail("the C loop finds \(found)") }
            }
        }.measure(arguments)
    }

    private func directory(_ query: String) -> DirectoryConfiguration {
        DirectoryConfiguration(
            name: "accounts", type: "postgres",
            options: ConnectorOptions(["connection": .text(connection), "lookup": .text(query)]), key: "id",
            password: .column("password_hash", scheme: "md5"), disabled: FlagRule(column: "disabled"))
    }

    private static var attributes: [AttributeRule] {
        get throws {
            [
                AttributeRule("email", from: .columns(["email"]), transforms: [.trim, .lowercase], isRequired: true),
                AttributeRule("email_verified", from: .columns(["email_confirmed_at"]), transforms: [.present]),
                AttributeRule("name", from: .template(try Template("{given_name} {family_name}"))),
                AttributeRule("phone_number", from: .columns(["phone"])),
            ]
        }
    }

    private func open(_ query: String, _ kept: SignIns.Kept) throws -> SignIns {
        try SignIns(
            directory(query), attributes: try Self.attributes, username: "login", kept: kept, atOnce: 1)
    }

    // MARK: Hits

    /// Names as they come, a few often and many hardly ever (Zipf's law), from ten times as many people as the cache has room
    /// for. Beside a cache that knows which will be asked for most, and keeps those.
    private func hitRatio(_ arguments: Arguments) async throws {
        let signIns = try open(Self.query, .lookUps)
        let names = ZipfNumbers(Self.people)
        var random = SplitMix64(seed: 20_260_131)
        var ratios: [Double] = []
        // What is there already by then is no run's own.
        for run in 0...arguments.runs {
            let events = (0..<20_000).map { _ in SignIns.event(names.next(using: &random)) }
            await signIns.answer(events)
            let counts = signIns.sources.take()
            if run > 0 { ratios.append(Double(counts["memory", default: 0]) / Double(events.count)) }
        }
        await signIns.close()
        let best = names.share(ofFirst: Self.entries)
        Results.check(
            "look-ups kept, hits of 10,000 entries for 100,000 names", ratios.map { $0 * 100 }, unit: "%",
            yardstick: "the best possible", best * 100, required: 0.8, arguments)
    }

    // MARK: Memory

    /// What the process has more with a full cache, full by its entries and full by its bytes, beside what it may hold.
    private func memory(_ arguments: Arguments) async throws {
        // Rows of 4 KB: 8,000 of them fill 32 MiB.
        let wide = "SELECT *, repeat(login, 400) AS more FROM accounts WHERE login = $1"
        for (what, query) in [("10,000 entries", Self.query), ("32 MiB", wide)] {
            let events = (0..<(2 * Self.entries)).map { SignIns.event($0) }
            var growth: [SignIns.Kept: Double] = [:]
            for kept in [SignIns.Kept.nothing, .lookUps] {
                let signIns = try open(query, kept)
                // What the first sign-ins make stays whatever is kept.
                await signIns.answer(Array(events.prefix(10)))
                let before = residentMiB()
                await signIns.answer(events)
                growth[kept] = residentMiB() - before
                await signIns.close()
            }
            let none = growth[.nothing] ?? 0
            Results.say("memory, \(what): \(growth[.lookUps] ?? 0) MiB more with a cache, \(none) MiB without")
            Results.check(
                "memory of a full cache, \(what)", [(growth[.lookUps] ?? 0) - none], unit: "MiB",
                yardstick: "its limit", 32, isLeast: true, required: 0.6, arguments)
        }
    }

    private func residentMiB() -> Double {
        guard let file = fopen("/proc/self/statm", "r") else { fail("there is no /proc") }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, 256, file) != nil else { fail("/proc/self/statm can't be read") }
        // proc(5): the second number is in pages.
        let fields = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
            separator: " ")
        return Double(fields[1]).map { $0 * Double(sysconf(CInt(_SC_PAGESIZE))) / 1_048_576 } ?? 0
    }
}
