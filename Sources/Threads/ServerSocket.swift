#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Connects a socket, never waiting beyond the deadline.
package enum ServerSocket {
    package enum Failure: Error, Hashable {
        case deadlineExceeded
        case interrupted
        /// With the system's own words.
        case unreachable(String)
        case noDescriptor
    }

    /// - Parameter address: IPv4 or IPv6, as text.
    /// - Returns: a connected, blocking socket, the caller's to close.
    package static func connect(
        address: String, port: UInt16, interruption: Interruption, by deadline: ContinuousClock.Instant
    ) throws(Failure) -> CInt {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(address, String(port), &hints, &list)
        guard code == 0, let entry = list?.pointee else { throw .unreachable(String(cString: gai_strerror(code))) }
        defer { freeaddrinfo(list) }
        let descriptor = try open(family: entry.ai_family)
        var isOn: CInt = 1
        // Best effort: without it a request may wait for the acknowledgement of the one before.
        setsockopt(
            descriptor, CInt(IPPROTO_TCP), CInt(TCP_NODELAY), &isOn, socklen_t(MemoryLayout<CInt>.size))
        return try finish(descriptor, interruption, by: deadline) { connectSocket($0, entry.ai_addr, entry.ai_addrlen) }
    }

    /// - Parameter path: of a socket in the file system.
    package static func connect(
        path: String, interruption: Interruption, by deadline: ContinuousClock.Instant
    ) throws(Failure) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let isShort = withUnsafeMutableBytes(of: &address.sun_path) { room in
            guard path.utf8.count < room.count else { return false }
            room.copyBytes(from: path.utf8)
            return true
        }
        guard isShort else { throw .unreachable("the socket's path is too long") }
        let descriptor = try open(family: AF_UNIX)
        return try finish(descriptor, interruption, by: deadline) { descriptor in
            withUnsafePointer(to: address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    connectSocket(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
        }
    }

    private static func open(family: CInt) throws(Failure) -> CInt {
        let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, kind, 0)
        guard descriptor >= 0 else {
            if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) { throw .noDescriptor }
            throw .unreachable(words(for: errno))
        }
        return descriptor
    }

    /// Connects and waits; closes the socket if that fails.
    private static func finish(
        _ descriptor: CInt, _ interruption: Interruption, by deadline: ContinuousClock.Instant,
        _ connect: (CInt) -> CInt
    ) throws(Failure) -> CInt {
        do throws(Failure) {
            if connect(descriptor) != 0 {
                guard errno == EINPROGRESS || errno == EINTR else { throw .unreachable(words(for: errno)) }
                try wait(descriptor, interruption, by: deadline)
            }
            // libldap's calls block, and are cut.
            let flags = fcntl(descriptor, F_GETFL)
            guard flags >= 0, fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) == 0 else {
                throw .unreachable(words(for: errno))
            }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    private static func wait(
        _ descriptor: CInt, _ interruption: Interruption, by deadline: ContinuousClock.Instant
    ) throws(Failure) {
        while true {
            guard interruption.reason == nil else { throw .interrupted }
            let remaining = ContinuousClock.now.duration(to: deadline)
            guard remaining > .zero else { throw .deadlineExceeded }
            let milliseconds = (min(remaining, .seconds(3600)) / .milliseconds(1)).rounded(.up)
            let isReady = withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 2) { descriptors in
                descriptors.initializeElement(
                    at: 0, to: pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0))
                descriptors.initializeElement(
                    at: 1, to: pollfd(fd: interruption.descriptor, events: Int16(POLLIN), revents: 0))
                // A result of -1 (EINTR) leaves no events.
                return poll(descriptors.baseAddress, 2, CInt(milliseconds)) > 0 && descriptors[0].revents != 0
            }
            guard isReady else { continue }
            var code: CInt = 0
            var size = socklen_t(MemoryLayout<CInt>.size)
            guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else {
                throw .unreachable(words(for: errno))
            }
            guard code == 0 else { throw .unreachable(words(for: code)) }
            return
        }
    }

    /// Whether something came in on a connection where nothing is awaited: the server's farewell, as a rule.
    package static func hasInput(_ descriptor: CInt) -> Bool {
        withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 1) { descriptors in
            descriptors.initializeElement(at: 0, to: pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
            return poll(descriptors.baseAddress, 1, 0) != 0
        }
    }

    // Ours: `strerror` is not safe on several threads, and `strerror_r` has another form in each C library.
    private static func words(for code: CInt) -> String {
        knownWords[code] ?? "errno \(code)"
    }

    private static let knownWords: [CInt: String] = [
        ECONNREFUSED: "connection refused", ENETUNREACH: "network is unreachable", EHOSTUNREACH: "no route to host",
        ETIMEDOUT: "connection timed out", ECONNRESET: "connection reset", ENOENT: "no such file",
        EACCES: "permission denied", ENOTSOCK: "not a socket", EAFNOSUPPORT: "address family is not supported",
        EADDRNOTAVAIL: "address is not available",
    ]
}

// Inside the enum `connect` is its own method.
private func connectSocket(_ descriptor: CInt, _ address: UnsafePointer<sockaddr>?, _ length: socklen_t) -> CInt {
    connect(descriptor, address, length)
}
