import Foundation
import Synchronization
import TestSupport
import Testing

/// A name server on port 53 of an address of this machine, and a way for one process alone to ask it.
///
/// glibc takes its name server from /etc/resolv.conf and knows no other port, so the process gets a mount namespace with
/// files of its own in place of that and of /etc/hosts. All this takes root.
final class NameServer: Sendable {
    enum Manner: Sendable {
        /// It takes the question and says nothing.
        case silent
        /// There is no such name, whichever it is (RFC 1035, section 4.1.1: RCODE 3).
        case nothingFound
    }

    private let files: TemporaryFolder
    private let socket: CInt
    private let hasEnded = Atomic(false)

    /// - Throws: skips the test where that isn't allowed.
    init(_ manner: Manner) async throws {
        let isAllowed = (try? await ChildProcess.run("unshare", ["-m", "true"])) != nil
        try Requirement.require(isAllowed, orSkip: "a mount namespace and port 53 take root")
        files = try TemporaryFolder("names")
        // One for each process that tests, and not where somebody else's might be.
        let address = "127.53.\(getpid() >> 8 & 0xFF).\(getpid() & 0xFF)"
        socket = Glibc.socket(AF_INET, CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = UInt16(53).bigEndian
        place.sin_addr.s_addr = inet_addr(address)
        let isBound = withUnsafePointer(to: place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        try #require(isBound, "no port 53 at \(address): errno \(errno)")
        // A look-up that has no answer is over after 2 s, so that a test needn't wait for the usual 10.
        try write("resolv.conf", "nameserver \(address)\noptions timeout:2 attempts:1\n")
        try setHosts("")
        if case .nothingFound = manner {
            Thread { [weak self, socket] in
                while NameServer.answerOne(socket), self?.hasEnded.load(ordering: .relaxed) == false {}
            }.start()
        }
    }

    deinit {
        hasEnded.store(true, ordering: .relaxed)
        shutdown(socket, CInt(SHUT_RDWR))
        close(socket)
    }

    /// What the process has in place of /etc/hosts. Found there, a name isn't asked for.
    func setHosts(_ lines: String) throws {
        // Written over: another file of that name wouldn't be the one that is mounted.
        try write("hosts", lines)
    }

    private func write(_ name: String, _ text: String) throws {
        let file = files.file(name)
        // The file itself, not another one in its place.
        try Data(text.utf8).write(to: URL(fileURLWithPath: file), options: [])
    }

    /// Starts a program that asks this server.
    var command: [String] {
        [
            ChildProcess.find("unshare") ?? "unshare", "-m", "/bin/sh", "-c",
            """
            mount --bind "$0/hosts" /etc/hosts && mount --bind "$0/resolv.conf" /etc/resolv.conf && exec "$@"
            """, files.path,
        ]
    }

    private static func answerOne(_ socket: CInt) -> Bool {
        var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, 100) >= 0 else { return false }
        guard descriptor.revents != 0 else { return true }
        var message = [UInt8](repeating: 0, count: 512)
        var asker = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &asker) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                let count = recvfrom(socket, &message, message.count, CInt(MSG_DONTWAIT), address, &length)
                guard count > 12 else { return count >= 0 || errno == EAGAIN }
                message[2] |= 0x80
                message[3] = 0x83
                return sendto(socket, message, count, 0, address, length) == count
            }
        }
    }
}
