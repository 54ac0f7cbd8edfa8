#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Bytes that must not be seen: a password, a bind credential, a connection string, a key.
///
/// It prints as `[secret]`, can't be encoded, and its one copy is zeroed when the last owner lets go of it. What
/// `withExposed` hands out is for the length of the call.
public struct Secret: Sendable {
    // A class, because a copy of the struct must not copy the bytes: there is one buffer to zero.
    private final class Storage: Sendable {
        nonisolated(unsafe) let bytes: UnsafeMutableRawBufferPointer  // written in init only, freed in deinit

        init(_ source: UnsafeRawBufferPointer) {
            bytes = .allocate(byteCount: source.count, alignment: 1)
            bytes.copyMemory(from: source)
        }

        deinit {
            if let base = bytes.baseAddress { explicit_bzero(base, bytes.count) }
            bytes.deallocate()
        }
    }

    private let storage: Storage

    public init(_ text: String) {
        var text = text
        self = text.withUTF8 { Secret(bytes: UnsafeRawBufferPointer($0)) }
    }

    public init(bytes: UnsafeRawBufferPointer) {
        storage = Storage(bytes)
    }

    public var isEmpty: Bool { storage.bytes.isEmpty }
    public var byteCount: Int { storage.bytes.count }

    /// The bytes, for the length of the call.
    public func withExposed<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeRawBufferPointer(storage.bytes))
    }

    /// The bytes as text, for a library that takes nothing else. The copy isn't zeroed: use `withExposed` where bytes do.
    public func exposedText() -> String {
        withExposed { String(decoding: $0, as: UTF8.self) }
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "[secret]" }
    public var debugDescription: String { "[secret]" }
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
