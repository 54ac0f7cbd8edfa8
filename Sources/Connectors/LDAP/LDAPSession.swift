#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif
internal import CLibLDAP
import MigrationCore
internal import Threads

/// How a connection is made secure.
struct TLSSettings: Sendable, Hashable {
    /// The certificates to trust; those of the system if nil.
    var authorities: String?
    /// Whether the server's certificate has to be good, and for the URL's host.
    var verifies = true
}

/// A connection of libldap on a socket of ours, used by one thread.
///
/// Closed when its owner lets go of it, which waits for nothing. One that isn't idle any more mustn't be used: libldap
/// would make a connection of its own to replace a lost one, with no limit to that.
final class LDAPSession {
    private let handle: OpaquePointer
    private let socket: CInt
    private let cutter: SocketCutter
    private let interruption: Interruption
    private let directory: String
    /// Whether another request can be sent: none is under way, and each had its answer.
    private(set) var isIdle = true
    /// The search that was sent ahead and its answer, as far as it is there.
    private var ahead: (number: CInt, reply: Reply?)?

    /// - Parameters:
    ///   - socket: connected; owned by the session from now on, also if it can't be made.
    ///   - server: whose certificate is asked for.
    init(
        socket: CInt, server: ServerURL, directory: String, interruption: Interruption
    ) throws(DirectoryError) {
        func error(_ code: DirectoryError.Code, _ detail: String) -> DirectoryError {
            DirectoryError(code, directory: directory, detail: detail)
        }
        guard LDAPEnvironment.shutOut(), let cutter = SocketCutter(duplicating: socket) else {
            close(socket)
            throw error(.overloaded, "no file descriptor or memory is left")
        }
        // openldap.h: LDAP_PROTO_TCP, LDAP_PROTO_IPC (ldap_pvt.h, which isn't installed).
        let isFile = if case .file = server.place { true } else { false }
        var handle: OpaquePointer?
        let code = ldap_init_fd(socket, isFile ? 3 : 1, server.text, &handle)
        guard code == LDAP_SUCCESS, let handle else {
            // It takes the socket as the last thing that can fail.
            close(socket)
            throw error(.unexpected, ResultCodes.explanation(code))
        }
        self.handle = handle
        self.socket = socket
        self.cutter = cutter
        self.interruption = interruption
        self.directory = directory
        var version = CInt(LDAP_VERSION3)
        var never = CInt(LDAP_DEREF_NEVER)
        guard ldap_set_option(handle, LDAP_OPT_PROTOCOL_VERSION, &version) == LDAP_OPT_SUCCESS,
            ldap_set_option(handle, LDAP_OPT_DEREF, &never) == LDAP_OPT_SUCCESS,
            // Nil is LDAP_OPT_OFF.
            ldap_set_option(handle, LDAP_OPT_REFERRALS, nil) == LDAP_OPT_SUCCESS,
            ldap_set_option(handle, LDAP_OPT_RESTART, nil) == LDAP_OPT_SUCCESS
        else { throw error(.unexpected, "libldap refuses an option") }
    }

    deinit {
        // Whatever is left unsent would be waited for.
        if !isIdle { cutter.cut() }
        ldap_unbind_ext_s(handle, nil, nil)
        cutter.release()
    }

    /// Whether the server has said something unasked, as it does at its end of the connection.
    var hasUnaskedInput: Bool { ServerSocket.hasInput(socket) }

    // MARK: Errors

    private func error(_ code: DirectoryError.Code, _ detail: String, native: CInt? = nil) -> DirectoryError {
        DirectoryError(code, directory: directory, detail: detail, nativeCode: native.map { String($0) })
    }

    /// Why a call of libldap failed, or a server's result code that isn't success.
    func failure(_ code: CInt, by deadline: Deadline, diagnostic: String = "") -> DirectoryError {
        if let stopped = stopped(by: deadline) { return stopped }
        let detail = ResultCodes.explanation(code)
        let reason = ActiveDirectoryReason(diagnostic: diagnostic).map { " (Active Directory says \($0.code))" } ?? ""
        return error(ResultCodes.code(code), detail + reason, native: code)
    }

    private func stopped(by deadline: Deadline) -> DirectoryError? {
        switch interruption.reason {
        case .closed: error(.cancelled, "the directory was closed")
        case .cancelled: error(.cancelled, "")
        case nil: deadline.hasPassed() ? error(.deadlineExceeded, "") : nil
        }
    }

    private func guarding<Answer>(by deadline: Deadline, _ body: () -> Answer) throws(DirectoryError) -> Answer {
        if let stopped = stopped(by: deadline) { throw stopped }
        return SocketGuard.guarding(cutter, interruption: interruption, by: deadline, body)
    }

    // MARK: TLS

    /// - Parameter asksFirst: StartTLS: the server has to agree. Without its agreement nothing is sent.
    func startTLS(_ settings: TLSSettings, asksFirst: Bool, by deadline: Deadline) throws(DirectoryError) {
        try set(settings)
        if asksFirst {
            let reply = try request(by: deadline) { ldap_start_tls(handle, nil, nil, &$0) }
            let code = try result(of: reply).code
            guard code == LDAP_SUCCESS else {
                throw error(.tls, "the server doesn't start TLS: \(ResultCodes.explanation(code))", native: code)
            }
        }
        isIdle = false
        let code = try guarding(by: deadline) { ldap_install_tls(handle) }
        if code == LDAP_SUCCESS {
            isIdle = true
            return
        }
        if let stopped = stopped(by: deadline) { throw stopped }
        throw error(
            .tls,
            "the TLS handshake failed: the server's certificate isn't signed by ca_file, has expired or isn't for the "
                + "host that url names, or the server doesn't speak TLS on this port", native: code)
    }

    private func set(_ settings: TLSSettings) throws(DirectoryError) {
        let authorities = settings.authorities ?? (settings.verifies ? TrustStore.file : nil)
        if settings.verifies, authorities == nil {
            throw error(.tls, "this system has no list of trusted certificates; say one with ca_file")
        }
        var demand = CInt(settings.verifies ? LDAP_OPT_X_TLS_DEMAND : LDAP_OPT_X_TLS_NEVER)
        // A certificate's common name counts only where it has no alternative names (RFC 6125, 6.4.4).
        var names = CInt(LDAP_OPT_X_TLS_TRY)
        var minimum = CInt(0x303)  // TLS 1.2
        var isServer: CInt = 0
        guard
            authorities.map({ ldap_set_option(handle, LDAP_OPT_X_TLS_CACERTFILE, $0) == LDAP_OPT_SUCCESS }) ?? true,
            ldap_set_option(handle, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) == LDAP_OPT_SUCCESS,
            ldap_set_option(handle, LDAP_OPT_X_TLS_REQUIRE_SAN, &names) == LDAP_OPT_SUCCESS,
            ldap_set_option(handle, LDAP_OPT_X_TLS_PROTOCOL_MIN, &minimum) == LDAP_OPT_SUCCESS
        else { throw error(.unexpected, "libldap refuses a TLS option") }
        // Last: the options above are those of the context that it makes.
        guard ldap_set_option(handle, LDAP_OPT_X_TLS_NEWCTX, &isServer) == LDAP_OPT_SUCCESS else {
            throw error(
                .tls, "the certificates to trust can't be read: \(authorities ?? "") (ca_file, or SSL_CERT_FILE)")
        }
    }

    // MARK: Requests

    /// Sends a request and waits for all of its answer.
    private func request(by deadline: Deadline, _ send: (inout CInt) -> CInt) throws(DirectoryError) -> Reply {
        // One at a time: what comes for one mustn't wait until somebody asks for the other.
        try collectAhead(by: deadline, within: nil)
        let number = try start(by: deadline, send)
        guard let reply = try answer(to: number, by: deadline, within: nil) else {
            throw stopped(by: deadline) ?? error(.deadlineExceeded, "")
        }
        return reply
    }

    private func start(by deadline: Deadline, _ send: (inout CInt) -> CInt) throws(DirectoryError) -> CInt {
        precondition(isIdle, "a session in doubt mustn't be used")
        isIdle = false
        var number: CInt = 0
        let sent = try guarding(by: deadline) { send(&number) }
        guard sent == LDAP_SUCCESS else {
            // Nothing was sent of a filter that isn't one.
            isIdle = sent == LDAP_FILTER_ERROR
            throw failure(sent, by: deadline)
        }
        return number
    }

    /// All of the answer to a request.
    ///
    /// - Parameter wait: how long to wait for it; until the deadline if nil.
    /// - Returns: nil if it isn't there by then. It may still come.
    private func answer(
        to number: CInt, by deadline: Deadline, within wait: Duration?
    ) throws(DirectoryError) -> Reply? {
        var messages: OpaquePointer?
        let kind = try guarding(by: deadline) {
            // Rounded up, so that it isn't over a moment before the deadline.
            var limit = timeval((wait ?? deadline.remaining()) + .milliseconds(1))
            return ldap_result(handle, number, CInt(LDAP_MSG_ALL), &limit, &messages)
        }
        if kind == 0 { return nil }
        guard kind > 0, let messages else {
            var code: CInt = 0
            let isKnown = ldap_get_option(handle, LDAP_OPT_RESULT_CODE, &code) == LDAP_OPT_SUCCESS
            // A socket that was cut looks like one that the server has closed.
            throw failure(isKnown && code != LDAP_SUCCESS ? code : LDAP_SERVER_DOWN, by: deadline)
        }
        isIdle = true
        return Reply(messages, of: handle)
    }

    private func result(of reply: Reply) throws(DirectoryError) -> Reply.Result {
        guard let (result, _) = reply.result({ _ in }) else { throw unreadable() }
        return result
    }

    func unreadable() -> DirectoryError {
        isIdle = false
        return error(.badData, "the server's answer can't be read")
    }

    // MARK: Bind

    /// A simple bind, and what the server says to it.
    ///
    /// - Parameter dn: not empty, and `password` neither: the server would take that for no bind at all (RFC 4513, 5.1.1
    ///   and 5.1.2) and say yes.
    func bind(dn: String, password: Secret, by deadline: Deadline) throws(DirectoryError) -> BindResult {
        precondition(!dn.isEmpty && !password.isEmpty, "a bind without a name or a password proves nothing")
        var policy: UnsafeMutablePointer<LDAPControl>?
        guard ldap_create_passwordpolicy_control(handle, &policy) == LDAP_SUCCESS else {
            throw error(.overloaded, "out of memory")
        }
        defer { ldap_control_free(policy) }
        let reply = try request(by: deadline) { number in
            password.withExposed { bytes in
                // libldap reads the credentials only.
                var credentials = berval(
                    bv_len: ber_len_t(bytes.count),
                    bv_val: UnsafeMutablePointer(mutating: bytes.assumingMemoryBound(to: CChar.self).baseAddress))
                var controls = [policy, nil]
                // Nil is LDAP_SASL_SIMPLE.
                return ldap_sasl_bind(handle, dn, nil, &credentials, &controls, nil, &number)
            }
        }
        guard let (result, answer) = reply.result(policyAnswer), let answer else { throw unreadable() }
        return BindResult(code: result.code, diagnostic: result.diagnostic, policy: answer.answer)
    }

    private struct PolicyAnswer {
        var answer: PasswordPolicyAnswer?
    }

    /// - Returns: nil if the control can't be read.
    private func policyAnswer(
        _ controls: UnsafeMutablePointer<UnsafeMutablePointer<LDAPControl>?>?
    ) -> PolicyAnswer? {
        guard let control = ldap_control_find(LDAP_CONTROL_PASSWORDPOLICYRESPONSE, controls, nil) else {
            return PolicyAnswer(answer: nil)
        }
        var expires: ber_int_t = -1
        var grace: ber_int_t = -1
        var problem = PP_noError
        guard ldap_parse_passwordpolicy_control(handle, control, &expires, &grace, &problem) == LDAP_SUCCESS else {
            return nil
        }
        return PolicyAnswer(
            answer: PasswordPolicyAnswer(
                error: problem == PP_noError ? nil : Int(problem.rawValue),
                graceLoginsLeft: grace < 0 ? nil : Int(grace)))
    }

    /// Takes the identity that the connection itself proves, as the user id at the other end of a local socket.
    func bindExternal(by deadline: Deadline) throws(DirectoryError) {
        let reply = try request(by: deadline) { number in
            // Empty credentials, which say "as whoever I am"; without any the server would ask for them first.
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1) { nothing in
                nothing.initialize(repeating: 0)
                var nobody = berval(bv_len: 0, bv_val: nothing.baseAddress)
                return ldap_sasl_bind(handle, nil, "EXTERNAL", &nobody, nil, nil, &number)
            }
        }
        let code = try result(of: reply).code
        guard code == LDAP_SUCCESS else { throw failure(code, by: deadline) }
    }

    // MARK: Search

    struct Search {
        var base: String
        var scope = CInt(LDAP_SCOPE_SUBTREE)
        var filter: String
        var attributes: [String]
        /// The most entries that the server is to send; 0 leaves that to the server.
        var sizeLimit: CInt = 0
        /// A page of so many entries, from where the cookie says.
        var page: (size: Int, cookie: [UInt8])?
        /// Whether the server may give up at the deadline.
        var isLimited = true
    }

    /// Any answer will do: whether the server gives one.
    func ping(by deadline: Deadline) throws(DirectoryError) {
        _ = try search(
            Search(base: "", scope: CInt(LDAP_SCOPE_BASE), filter: "(objectClass=*)", attributes: [LDAP_NO_ATTRS]),
            by: deadline)
    }

    func search(_ search: Search, by deadline: Deadline) throws(DirectoryError) -> Reply {
        try withPageControl(search, by: deadline) { control throws(DirectoryError) in
            try request(by: deadline) { send(search, control, by: deadline, &$0) }
        }
    }

    /// Sends a search, so that the server works on it meanwhile; `answerAhead(by:)` has its answer. There is one at a time.
    func searchAhead(_ search: Search, by deadline: Deadline) throws(DirectoryError) {
        precondition(ahead == nil, "another search was sent ahead")
        // Its answer may be waited for by a later deadline than this one.
        var search = search
        search.isLimited = false
        let number = try withPageControl(search, by: deadline) { control throws(DirectoryError) in
            try start(by: deadline) { send(search, control, by: deadline, &$0) }
        }
        ahead = (number, nil)
    }

    /// The answer to the search that was sent ahead; nil if none was.
    func answerAhead(by deadline: Deadline) throws(DirectoryError) -> Reply? {
        try collectAhead(by: deadline, within: nil)
        return ahead.take()?.reply
    }

    /// Takes what the server says to the search that was sent ahead, if one was.
    ///
    /// - Parameter wait: how long to wait for it; until the deadline if nil, and then it has to be there.
    func collectAhead(by deadline: Deadline, within wait: Duration?) throws(DirectoryError) {
        guard let ahead, ahead.reply == nil else { return }
        self.ahead?.reply = try answer(to: ahead.number, by: deadline, within: wait)
        if wait == nil, self.ahead?.reply == nil { throw stopped(by: deadline) ?? error(.deadlineExceeded, "") }
    }

    private func withPageControl<Answer>(
        _ search: Search, by deadline: Deadline,
        _ body: (UnsafeMutablePointer<LDAPControl>?) throws(DirectoryError) -> Answer
    ) throws(DirectoryError) -> Answer {
        var control: UnsafeMutablePointer<LDAPControl>?
        defer { ldap_control_free(control) }
        if let (size, cookie) = search.page {
            var bytes = cookie.map { CChar(bitPattern: $0) }
            let code = bytes.withUnsafeMutableBufferPointer { bytes in
                var cookie = berval(bv_len: ber_len_t(bytes.count), bv_val: bytes.baseAddress)
                return ldap_create_page_control(handle, ber_int_t(size), &cookie, 1, &control)
            }
            guard code == LDAP_SUCCESS else { throw failure(code, by: deadline) }
        }
        return try body(control)
    }

    private func send(
        _ search: Search, _ pageControl: UnsafeMutablePointer<LDAPControl>?, by deadline: Deadline,
        _ number: inout CInt
    ) -> CInt {
        // So that the server doesn't work on for nobody: whole seconds, at least one.
        var limit = timeval(tv_sec: Int(deadline.remaining().components.seconds) + 1, tv_usec: 0)
        return withCStrings(search.attributes) { attributes in
            // Without a page the list is empty.
            var controls = [pageControl, nil]
            return withUnsafeMutablePointer(to: &limit) { limit in
                ldap_search_ext(
                    handle, search.base, search.scope, search.filter, attributes, 0, &controls, nil,
                    search.isLimited ? limit : nil, search.sizeLimit, &number)
            }
        }
    }

    /// The cookie that the next page is asked for with, empty after the last one.
    ///
    /// - Throws: unless the search succeeded, and says whether there is more.
    func nextCookie(after reply: Reply, by deadline: Deadline) throws(DirectoryError) -> [UInt8] {
        let answer = reply.result { controls -> [UInt8]? in
            guard let control = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls, nil) else { return nil }
            var estimate: ber_int_t = 0
            var cookie = berval()
            guard ldap_parse_pageresponse_control(handle, control, &estimate, &cookie) == LDAP_SUCCESS else {
                return nil
            }
            defer { ber_memfree(cookie.bv_val) }
            return Array(cookie.bytes)
        }
        guard let (result, cookie) = answer else { throw unreadable() }
        guard result.code == LDAP_SUCCESS else {
            throw failure(result.code, by: deadline, diagnostic: result.diagnostic)
        }
        guard let cookie else {
            throw error(
                .badData, "the server doesn't say whether there are more pages, so the listing may be incomplete")
        }
        return cookie
    }

    /// Calls `body` with an entry of a reply.
    func withEntry<Answer>(
        _ entry: OpaquePointer, _ body: (borrowing DecodedEntry) throws(DirectoryError) -> Answer
    ) throws(DirectoryError) -> Answer {
        guard let decoded = DecodedEntry(entry, of: handle) else { throw unreadable() }
        return try body(decoded)
    }
}

extension timeval {
    fileprivate init(_ duration: Duration) {
        let parts = duration.components
        self.init(tv_sec: Int(parts.seconds), tv_usec: Int(parts.attoseconds / 1_000_000_000_000))
    }
}

/// The texts as a C array that ends with a null pointer, for the length of the call.
private func withCStrings<Result>(
    _ texts: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?) -> Result
) -> Result {
    var copies = texts.map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    return copies.withUnsafeMutableBufferPointer { body($0.baseAddress) }
}
