import Foundation
import Synchronization

/// A TCP connection that says exactly what it is told to, for what an HTTP library would not send.
final class RawConnection: Sendable {
    struct Answer: Hashable {
        var status = 0
        var headers: [String: String] = [:]
        var body: [UInt8] = []
    }

    enum Failure: Error {
        case system(CInt)
        /// The peer closed before an answer was complete.
        case closed
        /// Nothing came for 20 seconds.
        case silent
    }

    private let descriptor: CInt
    private let unread = Mutex<[UInt8]>([])

    init(port: Int) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure.system(errno) }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw Failure.system(errno) }
    }

    deinit {
        close(descriptor)
    }

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        try await onThread {
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Foundation.send(self.descriptor, $0.baseAddress, $0.count, CInt(MSG_NOSIGNAL))
                }
                guard count >= 0 else { throw Failure.system(errno) }
                sent += count
            }
        }
    }

    func finishSending() {
        shutdown(descriptor, CInt(SHUT_WR))
    }

    func answer() async throws -> Answer {
        try await onThread { try self.readAnswer() }
    }

    /// Calls `body` with the answer, on a thread of its own.
    func onAnswer(_ body: @escaping @Sendable (Answer?) -> Void) {
        Thread.detachNewThread { body(try? self.readAnswer()) }
    }

    private func readAnswer() throws -> Answer {
        try unread.withLock { buffer in
            while true {
                if let answer = Self.takeAnswer(&buffer) { return answer }
                guard try receive(&buffer) else { throw Failure.closed }
            }
        }
    }

    /// Waits until the peer has closed; what it says until then is dropped.
    func closing() async throws {
        try await onThread {
            var buffer: [UInt8] = []
            while try self.receive(&buffer) {}
        }
    }

    /// All that it says until it has closed.
    func everything() async throws -> [UInt8] {
        try await onThread {
            try self.unread.withLock { buffer in
                while try self.receive(&buffer) {}
                defer { buffer = [] }
                return buffer
            }
        }
    }

    private func receive(_ buffer: inout [UInt8]) throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count >= 0 else {
            if errno == ECONNRESET { return false }
            throw errno == EAGAIN ? Failure.silent : .system(errno)
        }
        buffer += chunk[..<count]
        return count > 0
    }

    private static func takeAnswer(_ buffer: inout [UInt8]) -> Answer? {
        guard let end = Data(buffer).range(of: Data("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: buffer[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        var answer = Answer()
        answer.status = lines[0].split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            answer.headers[line[..<colon].lowercased()] =
                line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        let length = answer.headers["content-length"].flatMap { Int($0) } ?? 0
        guard buffer.count - end.upperBound >= length else { return nil }
        answer.body = Array(buffer[end.upperBound..<end.upperBound + length])
        buffer.removeFirst(end.upperBound + length)
        return answer
    }

    private func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Swift.Result { try body() }) }
        }
    }
}
