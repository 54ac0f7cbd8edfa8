import Foundation

/// Certificates for a server of the tests.
public enum TestCertificates {
    /// Every name and address of this machine for itself.
    public static let loopback = "DNS:localhost,IP:127.0.0.1,IP:::1"

    /// Makes `ca.pem`, `server.pem` and `server.key` (for `localhost`, 127.0.0.1 and ::1, signed by it), and `strange-ca.pem`,
    /// which signed nothing.
    ///
    /// - Parameter names: whom the server's is for instead, as `subjectAltName` of openssl's configuration has it.
    /// - Parameter days: how long it is good for; -1 has it expired yesterday.
    public static func make(
        in folder: TemporaryFolder, names: String = loopback, days: Int = 2
    ) async throws {
        try await makeAuthority("ca", name: "Test CA", in: folder)
        try await makeAuthority("strange-ca", name: "Strange CA", in: folder)
        try await renew(in: folder, names: names, days: days)
    }

    /// Makes `server.pem` and `server.key` anew, signed by the same authority.
    static func renew(in folder: TemporaryFolder, names: String, days: Int) async throws {
        try await ChildProcess.run(
            "openssl",
            [
                "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                "/CN=localhost",
                "-keyout", folder.file("server.key"), "-out", folder.file("server.csr"),
            ])
        try Data("subjectAltName=\(names)\n".utf8)
            .write(to: URL(fileURLWithPath: folder.file("names")))
        try await ChildProcess.run(
            "openssl",
            [
                "x509", "-req", "-in", folder.file("server.csr"), "-CA", folder.file("ca.pem"), "-CAkey",
                folder.file("ca.key"), "-CAcreateserial", "-days", "\(days)", "-extfile", folder.file("names"), "-out",
                folder.file("server.pem"),
            ])
    }

    private static func makeAuthority(_ file: String, name: String, in folder: TemporaryFolder) async throws {
        try await ChildProcess.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=\(name)", "-keyout", folder.file(file + ".key"), "-out", folder.file(file + ".pem"),
            ])
    }

    /// Has an authority's own certificate in place of the server's.
    static func replaceByAuthority(_ name: String, in folder: TemporaryFolder) throws {
        for ending in ["pem", "key"] {
            let server = URL(fileURLWithPath: folder.file("server.\(ending)"))
            try Data(contentsOf: URL(fileURLWithPath: folder.file("\(name).\(ending)"))).write(to: server)
        }
    }
}
