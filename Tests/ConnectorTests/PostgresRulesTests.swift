import Foundation
import MigrationCore
import Testing
import Threads

@testable import PostgresConnector

@Suite struct `the rules of the postgres connector` {
    /// Codes and their names: PostgreSQL 15, Appendix A.
    @Test(arguments: [
        ("08006", DirectoryError.Code.connectionLost), ("08P01", .badQuery), ("0A000", .badQuery), ("22012", .badData),
        ("22P02", .badData), ("25006", .badQuery), ("28000", .readerRefused), ("28P01", .readerRefused),
        ("3D000", .notADirectory), ("40001", .changedMeanwhile), ("42501", .permissionDenied), ("42601", .badQuery),
        ("42P01", .badQuery), ("53300", .overloaded), ("53200", .overloaded), ("55P03", .overloaded),
        ("57014", .deadlineExceeded), ("57P01", .connectionLost), ("57P02", .connectionLost), ("57P03", .overloaded),
        ("XX000", .unexpected), ("XX001", .badData), ("P0001", .unexpected), ("23505", .unexpected),
        ("57000", .unexpected),
        ("", .unexpected), ("99999", .unexpected),
    ])
    func `an SQLSTATE has its meaning, and any other is unexpected`(_ state: String, _ code: DirectoryError.Code) {
        #expect(SQLState.code(state) == code)
    }

    /// Messages as libpq 15 writes them with PQERRORS_SQLSTATE.
    @Test(arguments: [
        ("connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  28P01\n", DirectoryError.Code.readerRefused),
        ("connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  53300\n", .overloaded),
        ("connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  57P03\n", .overloaded),
        (
            "connection to server at \"h\", port 1 failed: Connection refused\n\tIs the server running on that host and accepting TCP/IP connections?\n",
            .unreachable
        ),
        (
            "connection to server at \"a\", port 1 failed: Connection refused\nconnection to server at \"b\", port 1 failed: FATAL:  28000\n",
            .readerRefused
        ),
        ("connection to server at \"h\", port 1 failed: SSL error: certificate verify failed\n", .tls),
        ("connection to server at \"h\", port 1 failed: server does not support SSL, but SSL was required\n", .tls),
        (
            "connection to server at \"h\", port 1 failed: server certificate for \"x\" does not match host name \"h\"\n",
            .tls
        ),
        ("connection to server at \"SSL.example.com\", port 1 failed: Connection refused\n", .unreachable),
        ("connection to server at \"h\", port 1 failed: fe_sendauth: no password supplied\n", .readerRefused),
        ("connection to server on socket \"/x/.s.PGSQL.1\" failed: No such file or directory\n", .unreachable),
        ("invalid sslmode value: \"secret\"\n", .notADirectory), ("invalid port number: \"secret\"\n", .notADirectory),
        ("", .unreachable),
    ])
    func `a failed connection has its meaning`(_ message: String, _ code: DirectoryError.Code) {
        let failure = ConnectFailure(message: message)
        #expect(failure.code == code)
        #expect(!failure.detail.contains("secret"))
    }

    @Test(arguments: [
        ("{}", [String]()), ("{a,b}", ["a", "b"]), ("{\"a b\",\"c,d\"}", ["a b", "c,d"]), ("{NULL,a,null}", ["a"]),
        ("{\"NULL\",nulls}", ["NULL", "nulls"]), ("{{1,2},{3,NULL}}", ["1", "2", "3"]), ("{\"\",a}", ["a"]),
        (#"{"say \"hi\"","back\\slash","{x}"}"#, ["say \"hi\"", "back\\slash", "{x}"]), ("[2:3]={a,b}", ["a", "b"]),
        ("[0:0][1:2]={{a,b}}", ["a", "b"]), ("{\"broken", ["broken"]), ("{a", ["a"]), ("{\"x\\", ["x\\"]),
    ])
    func `an array's text has its elements`(_ text: String, _ elements: [String]) {
        var found: [String] = []
        let isArray = Array(text.utf8).withUnsafeBytes { bytes in
            ArrayText.forEachElement(of: bytes) { found.append(String(decoding: $0, as: UTF8.self)) }
        }
        #expect(isArray)
        #expect(found == elements)
    }

    @Test(arguments: ["", "1 2", "a", "[1:2]", "(1,2)"])
    func `what isn't an array's text is not read as one`(_ text: String) {
        var count = 0
        let isArray = Array(text.utf8).withUnsafeBytes { ArrayText.forEachElement(of: $0) { _ in count += 1 } }
        #expect(!isArray)
        #expect(count == 0)
    }

    @Test func `each host gets its addresses beside its name`() throws {
        var parameters = try ConnectionParameters(
            Secret("host=db.example.com,127.0.0.1,/run/x,other.example.com hostaddr=,,,192.0.2.9 port=1,2,3,4 user=u"))
        let hosts = try #require(parameters.hosts)
        #expect(hosts.map(\.name) == ["db.example.com", "127.0.0.1", "/run/x", "other.example.com"])
        parameters.setHosts(hosts, addresses: ["db.example.com": ["192.0.2.1", "2001:db8::1"]])
        #expect(parameters.values["host"] == "db.example.com,db.example.com,127.0.0.1,/run/x,other.example.com")
        #expect(parameters.values["hostaddr"] == "192.0.2.1,2001:db8::1,,,192.0.2.9")
        #expect(parameters.values["port"] == "1,1,2,3,4")
    }

    @Test func `servers are tried one by one`() throws {
        func tried(_ connection: String) throws -> [[String?]] {
            try ConnectionParameters(Secret(connection)).oneServerEach.map { parameters in
                ["host", "hostaddr", "port", "target_session_attrs", "user"].map { parameters.values[$0] }
            }
        }
        #expect(
            try tried("host=a,a,/run/x hostaddr=192.0.2.1,2001:db8::1, port=1,2,3 user=u") == [
                ["a", "192.0.2.1", "1", nil, "u"], ["a", "2001:db8::1", "2", nil, "u"], ["/run/x", nil, "3", nil, "u"],
            ])
        #expect(
            try tried("host=a,b port=5 user=u target_session_attrs=read-write") == [
                ["a", nil, "5", "read-write", "u"], ["b", nil, "5", "read-write", "u"],
            ])
        #expect(
            try tried("host=a,b user=u target_session_attrs=prefer-standby") == [
                ["a", nil, nil, "standby", "u"], ["b", nil, nil, "standby", "u"], ["a", nil, nil, "any", "u"],
                ["b", nil, nil, "any", "u"],
            ])
        // libpq's to make sense of.
        #expect(
            try tried("host=a user=u target_session_attrs=prefer-standby") == [["a", nil, nil, "prefer-standby", "u"]])
        #expect(try tried("user=u") == [[nil, nil, nil, nil, "u"]])
        #expect(try tried("host=a,b port=1,2,3 user=u") == [["a,b", nil, "1,2,3", nil, "u"]])
    }

    @Test func `what the connection doesn't say comes from nowhere`() throws {
        let values = try ConnectionParameters(Secret("postgresql://u:p%40ss@db.example.com/d")).values
        #expect(values["password"] == "p@ss")
        for file in ["passfile", "sslcert", "sslkey", "sslrootcert", "sslcrl"] {
            #expect(values[file] == "/dev/null/none")
        }
        #expect(values["gssencmode"] == "disable")
        #expect(values["client_encoding"] == "UTF8")
        let own = try ConnectionParameters(
            Secret(
                "host=h passfile=/p sslcert=/c sslkey=/k sslrootcert=/r sslcrldir=/d gssencmode=prefer client_encoding=x"
            )
        )
        .values
        #expect(["passfile", "sslcert", "sslkey", "sslrootcert"].map { own[$0] } == ["/p", "/c", "/k", "/r"])
        #expect(own["sslcrl"] == nil)
        #expect(own["gssencmode"] == "prefer")
        #expect(own["client_encoding"] == "UTF8")
    }

    @Test func `sslrootcert=system is the list that there is, and asks for the name to be checked`() throws {
        let list = try #require(TrustStore.file, "this system trusts nobody; install ca-certificates")
        for connection in ["host=h sslrootcert=system", "postgresql://h/d?sslmode=verify-full&sslrootcert=system"] {
            // It isn't a file of the configuration's folder, and no package has to bring it along.
            let values = try ConnectionParameters(Secret(connection), baseFolder: "/srv/migration").values
            #expect(values["sslrootcert"] == list)
            #expect(values["sslmode"] == "verify-full")
            #expect(ConnectionParameters.files(in: Secret(connection)) == [])
        }
        let file = Secret("host=h sslmode=verify-full sslrootcert=./system")
        #expect(ConnectionParameters.files(in: file) == ["./system"])
        #expect(try ConnectionParameters(file, baseFolder: "/srv").values["sslrootcert"] == "/srv/./system")
    }

    @Test func `mistakes in the configuration are found without a connection`() {
        func problems(_ values: [String: String]) -> [String] {
            PostgresKind.check(ConnectorOptions(values.mapValues { .text($0) })).map(\.option)
        }
        #expect(problems(["connection": "host=h", "lookup": "SELECT $1", "list": "SELECT 1"]) == [])
        #expect(problems(["connection": "${env:URL}", "lookup": "SELECT $1"]) == [])
        #expect(
            problems(["connection": "nonsense", "lookup": "SELECT 1", "list": "SELECT $1"]) == [
                "connection", "lookup", "list",
            ])
    }
}
