import TestSupport
import Testing

/// Servers that only read, and servers that stand in for one that is gone: a look-up works on each of them.
@Suite struct FailoverTests {
    @Test func `a database that takes no change is as good as one that does`() async throws {
        let servers = try await Servers.own()
        func set(_ value: String) async throws {
            try await servers.postgres.run(
                "ALTER DATABASE \(Servers.database) SET default_transaction_read_only = \(value)")
        }
        let faulted = try await Faulted(.postgres, servers: servers)
        try await faulted.expect((Faulted.right, Faulted.accepted))
        try await set("on")
        // As after a failover: those that are there end.
        faulted.proxy.cut()
        try await faulted.expect((Faulted.right, Faulted.accepted), (Faulted.wrong, .unchanged))
        // Who insists on writing has no server meanwhile, and says so.
        let writer = try await Faulted(
            .postgres, servers: servers, connection: { _ in "target_session_attrs=read-write" })
        #expect(try await writer.expectOutage().allSatisfy { $0.contains("unreachable") })
        try await set("off")
        try await writer.expectRecovery()
        try await faulted.end()
        try await writer.end()
    }

    /// Of the attributes that a session may be asked for, those that a standby has, and `prefer-standby`.
    @Test func `a hot standby stands in for a primary that is gone, and the primary for it`() async throws {
        let servers = try await Servers.own()
        let standby = try await servers.postgres.standby()
        let second = try FaultProxy(to: standby.port)
        func faulted(_ attributes: String) async throws -> Faulted {
            try await Faulted(
                .postgres, servers: servers, isPlain: true, budget: 2000,
                connection: { port in
                    "host=127.0.0.1,127.0.0.1 port=\(port),\(second.port) target_session_attrs=\(attributes)"
                })
        }
        for attributes in ["any", "prefer-standby"] {
            let faulted = try await faulted(attributes)
            try await faulted.expect((Faulted.right, Faulted.accepted))
            for gone in [FaultProxy.Behaviour.refusing, .silent] {
                faulted.proxy.behaviour = gone
                faulted.proxy.cut()
                second.cut()
                try await faulted.expect((Faulted.right, Faulted.accepted), (Faulted.wrong, .unchanged))
                faulted.proxy.behaviour = .passing
                second.behaviour = gone
                faulted.proxy.cut()
                second.cut()
                try await faulted.expect((Faulted.right, Faulted.accepted), (Faulted.wrong, .unchanged))
                second.behaviour = .passing
            }
            try await faulted.end()
        }
        try await standby.stop()
    }

    @Test func `the next server of a list stands in for one that is gone`() async throws {
        let servers = try await Servers.shared()
        let second = try FaultProxy(to: servers.ldap.tlsPort)
        // A silent one costs half of the timeout for the reader, and as much again for the bind.
        let faulted = try await Faulted(.ldap, budget: 2000, timeout: 1000) { yaml in
            yaml.replacing(/url: (?<url>ldaps:\S+)/) { "url: [\($0.output.url), \"ldaps://127.0.0.1:\(second.port)\"]" }
        }
        try await faulted.expect((Faulted.right, Faulted.accepted))
        #expect(second.connectionCount == 0)
        for gone in [FaultProxy.Behaviour.refusing, .silent, .stalling(after: 100)] {
            faulted.proxy.behaviour = gone
            faulted.proxy.cut()
            second.cut()
            try await faulted.expect((Faulted.right, Faulted.accepted), (Faulted.wrong, .unchanged))
        }
        try await faulted.end()
    }

    /// It can't count wrong passwords then, and checks them all the same.
    @Test func `a slapd that takes no change checks passwords`() async throws {
        let servers = try await Servers.own()
        let faulted = try await Faulted(.ldap, servers: servers, budget: 2000)
        try await faulted.expect((Faulted.right, Faulted.accepted))
        try await servers.ldap.restart(with: "readonly on")
        try await faulted.expect((Faulted.right, Faulted.accepted), (Faulted.wrong, .unchanged))
        try await servers.ldap.restart(with: "")
        try await faulted.end()
    }
}
