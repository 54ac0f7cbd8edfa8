import MigrationCore
import Threads

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// A socket that is waited for until the deadline, however little comes at a time.
final class PatientSocket {
    struct Stopped: Error {
        let reason: String
    }

    let descriptor: CInt
    private let interruption: Interruption
    private let deadline: Deadline

    /// - Parameter descriptor: closed with the object.
    init(_ descriptor: CInt, interruption: Interruption, deadline: Deadline) {
        self.descriptor = descriptor
        self.interruption = interruption
        self.deadline = deadline
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    deinit {
        close(descriptor)
    }

    /// Waits until it can be read or written, or there is anything else to be noticed.
    func wait(toWrite: Bool) throws(Stopped) {
        guard interruption.reason == nil else { throw Stopped(reason: "it was stopped") }
        let remaining = deadline.remaining()
        guard remaining > .zero else { throw Stopped(reason: "no answer in time") }
        let milliseconds = (min(remaining, .seconds(60)) / .milliseconds(1)).rounded(.up)
        withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 2) { descriptors in
            descriptors.initializeElement(
                at: 0, to: pollfd(fd: descriptor, events: Int16(toWrite ? POLLOUT : POLLIN), revents: 0))
            descriptors.initializeElement(
                at: 1, to: pollfd(fd: interruption.descriptor, events: Int16(POLLIN), revents: 0))
            // Whatever it says, the caller tries again.
            _ = poll(descriptors.baseAddress, 2, CInt(milliseconds))
        }
    }

    func write(_ bytes: [UInt8]) throws(Stopped) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL)) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN || errno == EINTR {
                try wait(toWrite: true)
            } else {
                throw Stopped(reason: "the connection was lost")
            }
        }
    }

    /// Exactly so many bytes.
    func read(_ count: Int) throws(Stopped) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var part = [UInt8](repeating: 0, count: count - bytes.count)
            let got = part.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
            if got > 0 {
                bytes += part.prefix(got)
            } else if got < 0, errno == EAGAIN || errno == EINTR {
                try wait(toWrite: false)
            } else {
                throw Stopped(reason: "the server ended the connection")
            }
        }
        return bytes
    }
}

/// What is said before the handshake where TLS doesn't begin at once.
enum StartRequest {
    /// - Returns: why the server doesn't start TLS; nil if it does.
    static func send(_ start: TLSEndpoint.Start, on socket: PatientSocket) throws(PatientSocket.Stopped) -> String? {
        switch start {
        case .atOnce: nil
        case .ldap: try ldap(socket)
        case .postgres: try postgres(socket)
        }
    }

    /// The PostgreSQL documentation, 55.2.10: the number 80877103 asks for TLS; `S` is yes, `N` is no.
    private static func postgres(_ socket: PatientSocket) throws(PatientSocket.Stopped) -> String? {
        try socket.write([0, 0, 0, 8, 4, 0xD2, 0x16, 0x2F])
        return switch try socket.read(1) {
        case [UInt8(ascii: "S")]: nil
        case [UInt8(ascii: "N")]: "the server says that it has none"
        default: "what answers there is no PostgreSQL"
        }
    }

    /// RFC 4511, 4.14.1: an ExtendedRequest with the name 1.3.6.1.4.1.1466.20037; in its response the first element is the
    /// resultCode.
    private static func ldap(_ socket: PatientSocket) throws(PatientSocket.Stopped) -> String? {
        let name = Array("1.3.6.1.4.1.1466.20037".utf8)
        let operation: [UInt8] = [0x77, UInt8(name.count + 2), 0x80, UInt8(name.count)] + name
        try socket.write([0x30, UInt8(operation.count + 3), 2, 1, 1] + operation)
        let stranger = "what answers there is no LDAP server"
        guard try socket.read(1) == [0x30], let count = try length(socket), count <= 4096 else { return stranger }
        // messageID, protocolOp's tag and length, resultCode.
        var message = try socket.read(count)[...]
        guard message.popFirst() == 2, let idCount = message.popFirst(), message.count > Int(idCount) else {
            return stranger
        }
        message = message.dropFirst(Int(idCount))
        guard message.popFirst() == 0x78, let first = message.popFirst() else { return stranger }
        // A length of more than one byte is followed by its bytes.
        if first & 0x80 != 0 { message = message.dropFirst(Int(first & 0x7F)) }
        guard message.prefix(2) == [0x0A, 1], let code = message.dropFirst(2).first else { return stranger }
        return code == 0 ? nil : "the server refuses StartTLS (result code \(code))"
    }

    private static func length(_ socket: PatientSocket) throws(PatientSocket.Stopped) -> Int? {
        let first = try socket.read(1)[0]
        guard first & 0x80 != 0 else { return Int(first) }
        guard (1...3).contains(first & 0x7F) else { return nil }
        return try socket.read(Int(first & 0x7F)).reduce(0) { $0 << 8 | Int($1) }
    }
}
