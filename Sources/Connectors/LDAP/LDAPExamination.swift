internal import CLibLDAP
import MigrationCore
internal import Threads

extension LDAPConnection {
    /// What `doctor` asks the server: its clock, paged results, whether the reader sees base and anybody below it.
    func examine(_ source: LDAPSource, by deadline: Deadline) async throws(DirectoryError) -> KindExamination {
        let session = try await examinedSession(by: deadline)
        defer { dropSessionInDoubt() }
        var examination = KindExamination()
        let before = SystemWallClock().now
        let root = try attributes(
            of: "", ["currentTime", "supportedControl", "namingContexts"], session, by: deadline)
        if let text = root["currenttime"]?.first, case .at(let time) = InstantText.parse(text) {
            // Its fraction isn't shown, so it may be a second further.
            let after = SystemWallClock().now.sinceEpoch + .seconds(1)
            examination.clock = .init(server: time, before: before, after: UnixTime(sinceEpoch: after))
        }
        if case .nobody = source.reader {
            examination.findings.append(
                Finding(
                    .readerAnonymous, .warning, "it is read by nobody in particular: there is no bind_dn",
                    advice: "make an account that may read what is needed, and name it with bind_dn and bind_password"))
        }
        examination.findings.append(pagingFinding(root["supportedcontrol"] ?? []))
        examination.findings.append(
            try base(source, contexts: root["namingcontexts"] ?? [], session, by: deadline))
        return examination
    }

    private func pagingFinding(_ controls: [String]) -> Finding {
        controls.contains(LDAP_CONTROL_PAGEDRESULTS)
            ? Finding(.paging, .ok, "the server has paged results, so a size limit doesn't cut listings short")
            : Finding(
                .paging, .warning, "the server doesn't say that it has paged results (RFC 2696)",
                advice: "listings need them: allow them to the reader; sign-ins work without")
    }

    private func base(
        _ source: LDAPSource, contexts: [String], _ session: LDAPSession, by deadline: Deadline
    ) throws(DirectoryError) -> Finding {
        // One entry below is enough to know that the reader sees any.
        let reply = try session.search(
            LDAPSession.Search(
                base: source.base, filter: source.listFilter ?? "(objectClass=*)", attributes: [LDAP_NO_ATTRS],
                sizeLimit: 1), by: deadline)
        guard let (result, _) = reply.result({ _ in }) else { throw session.unreadable() }
        let others = contexts.isEmpty ? "" : "; the server has \(contexts.joined(separator: ", "))"
        switch result.code {
        case LDAP_SUCCESS, LDAP_SIZELIMIT_EXCEEDED, LDAP_INSUFFICIENT_ACCESS:
            guard reply.entryCount > 0 else {
                return Finding(
                    .readerMayNotRead, .problem, "the reader sees no entry below \(source.base)",
                    advice: "let the reader read the entries there (access control), or see whether base"
                        + (source.listFilter == nil ? " is" : " and list_filter are") + " right\(others)")
            }
            return Finding(.base, .ok, "the reader sees entries below \(source.base)")
        case LDAP_NO_SUCH_OBJECT:
            return Finding(
                .base, .problem, "there is no \(source.base), or the reader may not see it",
                advice: "write the base where your users are\(others)")
        default:
            throw session.failure(result.code, by: deadline)
        }
    }

    /// The named attributes of one entry, by their names in lower case; none if it can't be seen.
    private func attributes(
        of dn: String, _ names: [String], _ session: LDAPSession, by deadline: Deadline
    ) throws(DirectoryError) -> [String: [String]] {
        let reply = try session.search(
            LDAPSession.Search(
                base: dn, scope: CInt(LDAP_SCOPE_BASE), filter: "(objectClass=*)", attributes: names), by: deadline)
        guard let entry = reply.firstEntry else { return [:] }
        return try session.withEntry(entry) { entry in
            var values: [String: [String]] = [:]
            for attribute in entry.attributes {
                guard let name = attribute.name.text?.lowercased() else { continue }
                forEachValue(attribute.values) { bytes in
                    if let text = String(validating: bytes, as: UTF8.self) { values[name, default: []].append(text) }
                }
            }
            return values
        }
    }
}

extension LDAPSource {
    var tlsEndpoints: [TLSEndpoint] {
        servers.compactMap { server in
            guard server.security != .none, case .host(let host, let port) = server.place else { return nil }
            return TLSEndpoint(
                host: host, port: port, start: server.security == .startTLS ? .ldap : .atOnce,
                check: tls.verifies ? .issuerAndName : .nothing, authorities: tls.authorities,
                authoritiesKey: "ca_file")
        }
    }

    var plaintextFindings: [Finding] {
        servers.compactMap { server in
            guard server.security == .none, case .host = server.place else { return nil }
            return Finding(
                .plaintext, .warning, "\(server.text): passwords travel unencrypted (plaintext: true)",
                advice: "use ldaps://, or start_tls: true, and remove plaintext")
        }
    }
}
