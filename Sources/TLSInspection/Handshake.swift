internal import COpenSSL
import MigrationCore
internal import Threads

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// OpenSSL's settings for one look, with the certificates to trust.
final class TLSContext {
    struct Failure: Error {
        let message: String
    }

    let handle: OpaquePointer

    /// - Parameters:
    ///   - authorities: a file of PEM; the system's list if nil.
    ///   - isNeeded: whether it is an error that there is none.
    init(authorities: String?, isNeeded: Bool) throws(Failure) {
        guard let handle = SSL_CTX_new(TLS_client_method()) else { throw Failure(message: "out of memory") }
        self.handle = handle
        // As the connectors ask for.
        _ = copenssl_set_min_tls12(handle)
        // The handshake goes on whatever is wrong: that is what is looked for.
        SSL_CTX_set_verify(handle, SSL_VERIFY_NONE, nil)
        guard isNeeded || authorities != nil else { return }
        guard let file = authorities ?? TrustStore.file else {
            throw Failure(message: "this system has no list of trusted certificates")
        }
        if access(file, R_OK) != 0 {
            throw Failure(message: errno == EACCES ? "no permission to read \(file)" : "no such file: \(file)")
        }
        ERR_clear_error()
        guard SSL_CTX_load_verify_file(handle, file) == 1 else {
            ERR_clear_error()
            throw Failure(message: "no certificate in \(file)")
        }
    }

    deinit {
        SSL_CTX_free(handle)
    }
}

/// A handshake, and what it showed.
final class Handshake {
    private let ssl: OpaquePointer?
    private let context: TLSContext
    private let socket: PatientSocket
    private let endpoint: TLSEndpoint

    init(_ context: TLSContext, _ socket: PatientSocket, _ endpoint: TLSEndpoint) {
        self.context = context
        self.socket = socket
        self.endpoint = endpoint
        ssl = SSL_new(context.handle)
    }

    deinit {
        SSL_free(ssl)
    }

    func observe() throws(PatientSocket.Stopped) -> TLSObservation {
        guard let ssl, SSL_set_fd(ssl, socket.descriptor) == 1 else { return .handshakeFailed("out of memory") }
        // RFC 6066, 3: an address is no server name.
        if !NameResolver.isNumeric(endpoint.host) { _ = copenssl_set_server_name(ssl, endpoint.host) }
        while true {
            ERR_clear_error()
            let result = SSL_connect(ssl)
            if result == 1 { break }
            switch SSL_get_error(ssl, result) {
            case SSL_ERROR_WANT_READ: try socket.wait(toWrite: false)
            case SSL_ERROR_WANT_WRITE: try socket.wait(toWrite: true)
            case SSL_ERROR_SSL: return failure(ERR_get_error())
            default: return .handshakeFailed("the server ended the connection")
            }
        }
        guard let certificate = SSL_get1_peer_certificate(ssl) else {
            return .handshakeFailed("the server shows no certificate")
        }
        defer { X509_free(certificate) }
        return .certificate(described(certificate, ssl))
    }

    private func failure(_ error: UInt) -> TLSObservation {
        let reason = ERR_GET_REASON(error)
        switch reason {
        // What answers in no TLS at all: a plain protocol's bytes in place of a record.
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_PACKET_LENGTH_TOO_LONG, SSL_R_BAD_RECORD_TYPE,
            SSL_R_RECORD_LENGTH_MISMATCH:
            return .absent("what the server says is no TLS")
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, SSL_R_UNKNOWN_PROTOCOL:
            return .tooOld
        case SSL_R_UNEXPECTED_EOF_WHILE_READING:
            return .absent("the server ends the connection when TLS begins")
        default:
            let words = ERR_reason_error_string(error).map { String(cString: $0) }
            return .handshakeFailed(words ?? "error \(reason)")
        }
    }

    // MARK: The certificate

    private func described(_ certificate: OpaquePointer, _ ssl: OpaquePointer) -> ServerCertificate {
        let host = endpoint.host
        let isForHost =
            NameResolver.isNumeric(host)
            ? X509_check_ip_asc(certificate, host, 0) == 1 : X509_check_host(certificate, host, 0, 0, nil) == 1
        let names = alternativeNames(certificate)
        let subject = text(X509_get_subject_name(certificate))
        return ServerCertificate(
            subject: subject, issuer: text(X509_get_issuer_name(certificate)),
            names: names.isEmpty ? [subject] : names, notBefore: time(X509_get0_notBefore(certificate)),
            notAfter: time(X509_get0_notAfter(certificate)), isForHost: isForHost,
            issuerProblem: endpoint.check == .nothing && endpoint.authorities == nil ? nil : issuerProblem(ssl),
            protocolVersion: String(cString: SSL_get_version(ssl)))
    }

    private func issuerProblem(_ ssl: OpaquePointer) -> ServerCertificate.IssuerProblem? {
        let code = SSL_get_verify_result(ssl)
        switch CInt(code) {
        case X509_V_OK: return nil
        // Its dates are looked at by themselves.
        case X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_NOT_YET_VALID:
            return nil
        case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT: return .selfSigned
        case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT,
            X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE,
            X509_V_ERR_CERT_UNTRUSTED:
            return .notTrusted
        default: return .other(String(cString: X509_verify_cert_error_string(code)))
        }
    }

    private func alternativeNames(_ certificate: OpaquePointer) -> [String] {
        guard let stack = copenssl_alternative_names(certificate) else { return [] }
        defer { copenssl_free_alternative_names(stack) }
        return (0..<OPENSSL_sk_num(stack)).compactMap { index -> String? in
            guard let name = OPENSSL_sk_value(stack, index) else { return nil }
            var kind: CInt = 0
            guard let value = GENERAL_NAME_get0_value(name.assumingMemoryBound(to: GENERAL_NAME.self), &kind) else {
                return nil
            }
            // Both kinds are ASN1_STRINGs.
            guard kind == GEN_DNS || kind == GEN_IPADD else { return nil }
            let string = value.assumingMemoryBound(to: ASN1_STRING.self)
            let bytes = UnsafeBufferPointer(
                start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string)))
            return kind == GEN_DNS ? String(decoding: bytes, as: UTF8.self) : address(Array(bytes))
        }
    }

    private func address(_ bytes: [UInt8]) -> String? {
        let family = bytes.count == 4 ? AF_INET : bytes.count == 16 ? AF_INET6 : nil
        guard let family else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
            inet_ntop(family, bytes, text.baseAddress, 64).map { String(cString: $0) }
        }
    }

    private func text(_ name: OpaquePointer?) -> String {
        guard let name, let memory = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(memory) }
        _ = copenssl_print_name(memory, name)
        var bytes = [UInt8](repeating: 0, count: 1024)
        let count = BIO_read(memory, &bytes, CInt(bytes.count))
        return String(decoding: bytes.prefix(max(Int(count), 0)), as: UTF8.self)
    }

    private func time(_ time: UnsafePointer<ASN1_TIME>?) -> UnixTime {
        var parts = tm()
        guard ASN1_TIME_to_tm(time, &parts) == 1 else { return UnixTime(sinceEpoch: .zero) }
        return UnixTime(sinceEpoch: .seconds(Int64(timegm(&parts))))
    }
}
