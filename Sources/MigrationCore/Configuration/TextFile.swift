#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Files that the configuration names, read whole.
public enum TextFile {
    /// Why a file can't be had, in words for the operator: `no such file`, `permission denied`, `it is a folder`.
    public struct Unreadable: Error, Sendable, Hashable {
        public let reason: String
    }

    /// Blocks until the end of the file. A link or a pipe is followed.
    ///
    /// - Parameter maxBytes: a larger file is refused, without reading the rest of it.
    public static func bytes(of path: String, maxBytes: Int) throws(Unreadable) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Unreadable(reason: explain(errno)) }
        defer { close(descriptor) }
        return try bytes(from: descriptor, maxBytes: maxBytes)
    }

    /// The same from a descriptor that is open, such as standard input.
    public static func bytes(from descriptor: CInt, maxBytes: Int) throws(Unreadable) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Unreadable(reason: explain(errno)) }
            guard count > 0 else { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= maxBytes else { throw Unreadable(reason: "it is larger than \(maxBytes) bytes") }
        }
    }

    /// The first line of a descriptor, without its end; nothing after it is read.
    public static func firstLine(from descriptor: CInt, maxBytes: Int) throws(Unreadable) -> [UInt8] {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while true {
            let count = read(descriptor, &byte, 1)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Unreadable(reason: explain(errno)) }
            if count == 0, line.isEmpty { throw Unreadable(reason: "it is empty") }
            if count == 0 || byte == UInt8(ascii: "\n") { return line }
            line.append(byte)
            guard line.count <= maxBytes else { throw Unreadable(reason: "its line is longer than \(maxBytes) bytes") }
        }
    }

    private static func explain(_ code: CInt) -> String {
        switch code {
        case ENOENT, ENOTDIR: "no such file"
        case EACCES, EPERM: "permission denied"
        case EISDIR: "it is a folder"
        default: "it can't be read"
        }
    }
}
