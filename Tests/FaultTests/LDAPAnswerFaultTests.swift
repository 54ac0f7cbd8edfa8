import TestSupport
import Testing

/// Answers of an LDAP server that are none: the server's own messages, with the code that it would have said.
@Suite struct LDAPAnswerFaultTests {
    private enum Operation: String, CaseIterable {
        /// The reader's bind, and nothing after it.
        case readerBind
        case search
        /// The bind with the password that was typed.
        case userBind
    }

    private func rewriting(
        _ operation: UInt8, with code: UInt8
    ) -> FaultProxy.Behaviour {
        .rewriting { message in
            message.operation == operation ? message.with(resultCode: code) : message
        }
    }

    private func check(_ operation: Operation, _ code: UInt8) async throws {
        let faulted = try await Faulted(.ldap, isPlain: true)
        switch operation {
        case .readerBind:
            faulted.proxy.behaviour = rewriting(LDAPMessage.Operation.bindResponse, with: code)
        case .search:
            faulted.proxy.behaviour = rewriting(LDAPMessage.Operation.searchDone, with: code)
        case .userBind:
            // The reader's connection is there already; what is made now is for the bind.
            try await faulted.expect(
                (Faulted.forgotten, .user(status: "RESET_REQUIRED", email: Faulted.user)))
            faulted.proxy.behaviour = rewriting(LDAPMessage.Operation.bindResponse, with: code)
        }
        // One at a time: two at once would need a second reader.
        for event in [Faulted.right, Faulted.wrong] {
            let reasons = try await faulted.expectOutage(of: [event])
            #expect(reasons.allSatisfy { $0.contains("(\(code))") }, "\(operation) \(code): \(reasons)")
        }
        // The binds' connection is kept, as it is made for.
        faulted.proxy.behaviour = .passing
        faulted.proxy.cut()
        try await faulted.expectRecovery()
        try await faulted.end()
    }

    /// busy, unavailable, unwillingToPerform, operationsError, timeLimitExceeded, sizeLimitExceeded, adminLimitExceeded,
    /// referral, other.
    @Test(arguments: [51, 52, 53, 1, 3, 4, 11, 10, 80] as [UInt8])
    func `a result code that is no answer is an outage, whatever it is the result of`(_ code: UInt8) async throws {
        for operation in Operation.allCases { try await check(operation, code) }
    }

    @Test func `a base that is referred to another server is an outage`() async throws {
        let servers = try await Servers.shared()
        try await servers.ldap.modify(
            """
            dn: ou=elsewhere,\(LDAPServer.suffix)
            changetype: add
            objectClass: referral
            objectClass: extensibleObject
            ou: elsewhere
            ref: ldap://192.0.2.1/ou=elsewhere,dc=example,dc=com

            """)
        let faulted = try await Faulted(.ldap) { $0.replacing("base: ou=users", with: "base: ou=elsewhere") }
        #expect(try await faulted.expectOutage().allSatisfy { $0.contains("not-a-directory (10)") })
        try await faulted.end()
    }

    /// There are two of the name, and the server shows one of them.
    @Test func `whoever is more than one within a size limit isn't taken for the one that came`() async throws {
        let servers = try await Servers.own()
        try await servers.ldap.restart(with: "limits dn.exact=\"\(LDAPServer.readerDN)\" size=1")
        let faulted = try await Faulted(.ldap, servers: servers)
        let twin = UserTable.event("twin@example.com", password: UserTable.password)
        let reasons = try await faulted.expectOutage(of: [twin])
        // Who is one alone is found within the limit.
        try await faulted.expect((Faulted.right, Faulted.accepted), (Faulted.wrong, .unchanged))
        try await servers.ldap.restart(with: "")
        #expect(reasons.allSatisfy { $0.contains("(4)") }, "\(reasons)")
        try await faulted.expect((twin, .unchanged))
        try await faulted.end()
    }

    @Test func `silent after the reader's bind`() async throws {
        let faulted = try await Faulted(.ldap, isPlain: true)
        // A bind's whole answer, if it has nothing to add.
        faulted.proxy.behaviour = .stalling(after: 14)
        #expect(try await faulted.expectOutage().allSatisfy { $0.contains("deadline-exceeded") })
        #expect(faulted.proxy.deliveries.allSatisfy { $0 == 14 })
        faulted.proxy.behaviour = .passing
        try await faulted.expectRecovery()
        try await faulted.end()
    }

    @Test func `silent at the bind with the password that was typed`() async throws {
        let faulted = try await Faulted(.ldap)
        try await faulted.expect((Faulted.forgotten, .user(status: "RESET_REQUIRED", email: Faulted.user)))
        faulted.proxy.behaviour = .silent
        for event in [Faulted.right, Faulted.wrong] {
            #expect(try await faulted.expectOutage(of: [event]).allSatisfy { $0.contains("deadline-exceeded") })
        }
        faulted.proxy.behaviour = .passing
        try await faulted.expectRecovery()
        try await faulted.end()
    }
}
