internal import CLibPQ
import MigrationCore
internal import Threads

extension PostgresConnection {
    /// What `doctor` asks the server: its clock, the reader's rights, the columns of a look-up's result.
    func examine(_ source: PostgresSource, by deadline: Deadline) async throws(DirectoryError) -> KindExamination {
        let session = try await examinedSession(by: deadline)
        defer { dropSessionInDoubt() }
        var examination = KindExamination()
        let before = SystemWallClock().now
        let micros = try session.run(
            "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text", by: deadline)
        if let milliseconds = micros.flatMap({ Int64($0) }) {
            examination.clock = .init(
                server: UnixTime(milliseconds: milliseconds), before: before, after: SystemWallClock().now)
        }
        examination.findings += try rights(session, source, by: deadline)
        do throws(DirectoryError) {
            examination.lookUpColumns = try session.describe(source.lookup, by: deadline).columns.map(\.name)
        } catch  where error.nativeCode != nil {
            // The look-up itself has said so.
        }
        return examination
    }

    private func rights(
        _ session: LibPQConnection, _ source: PostgresSource, by deadline: Deadline
    ) throws(DirectoryError) -> [Finding] {
        let reader = try session.run("SELECT quote_ident(current_user)", by: deadline) ?? "the reader"
        var findings: [Finding] = []
        let isSuperuser = try session.run(
            "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = current_user AND rolsuper", by: deadline)
        if isSuperuser != nil {
            findings.append(
                Finding(
                    .readerCanWrite, .warning, "the reader \(reader) is a superuser",
                    advice: "give it a role of its own that can do nothing but SELECT"))
        } else if let tables = try session.run(Self.tables("INSERT,UPDATE,DELETE,TRUNCATE", has: true), by: deadline),
            !tables.isEmpty
        {
            findings.append(
                Finding(
                    .readerCanWrite, .warning, "the reader \(reader) can write to \(tables)",
                    advice: "reading is enough: REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON \(tables) FROM \(reader)"))
        }
        // Asked for one by one, because which tables a query reads only the server knows, and it won't tell who may not.
        let queries = [source.lookup, source.list].compactMap { $0 }.joined(separator: "\n").lowercased()
        if let names = try session.run(Self.tables("SELECT", has: false), by: deadline) {
            let named = names.split(separator: ", ").map(String.init).filter { table in
                queries.contains(table.split(separator: ".").last.map { $0.lowercased() } ?? table)
            }
            if !named.isEmpty {
                let schemas = Set(named.compactMap { $0.split(separator: ".").first.map(String.init) }).sorted()
                findings.append(
                    Finding(
                        .readerMayNotRead, .problem,
                        "the reader \(reader) may not read all of \(named.joined(separator: ", "))",
                        advice: "as the owner: "
                            + schemas.map { "GRANT USAGE ON SCHEMA \($0) TO \(reader); " }.joined()
                            + "GRANT SELECT ON \(named.joined(separator: ", ")) TO \(reader)"))
            }
        }
        if findings.isEmpty {
            findings.append(Finding(.reader, .ok, "the reader \(reader) may read, and writes nothing"))
        }
        return findings
    }

    /// Up to 200 tables and views on which the reader has one of the rights, or has none of them, quoted.
    private static func tables(_ rights: String, has: Bool) -> String {
        let condition = "has_table_privilege(c.oid, '\(rights)')"
        // For reading, a right on some columns may be enough.
        let one = has ? condition : "NOT (\(condition) OR has_any_column_privilege(c.oid, 'SELECT'))"
        return """
            SELECT string_agg(name, ', ') FROM (
                SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) AS name
                FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                    AND \(one)
                ORDER BY name LIMIT \(has ? 5 : 200)) AS tables
            """
    }
}

extension ConnectionParameters {
    /// Where the certificate is to be looked at: each server that libpq is to verify.
    var tlsEndpoints: [TLSEndpoint] {
        guard let mode = values["sslmode"], mode.hasPrefix("verify-"), let root = values["sslrootcert"] else {
            return []
        }
        return (hosts ?? []).compactMap { host in
            let name = host.name.isEmpty ? host.address : host.name
            guard !host.isSocket, !name.isEmpty, let port = UInt16(host.port.isEmpty ? "5432" : host.port) else {
                return nil
            }
            return TLSEndpoint(
                host: name, address: host.address.isEmpty ? nil : host.address, port: port, start: .postgres,
                check: mode == "verify-full" ? .issuerAndName : .issuer, authorities: root,
                authoritiesKey: "sslrootcert")
        }
    }

    /// A connection over a network whose server could be anybody.
    var uncheckedHost: String? {
        guard !(values["sslmode"] ?? "").hasPrefix("verify-") else { return nil }
        return hosts?.first { host in
            let name = host.address.isEmpty ? host.name : host.address
            return !host.isSocket && !name.isEmpty && name != "localhost" && !name.hasPrefix("127.") && name != "::1"
        }?.name
    }
}
