#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// Memory for a copy of a password, or for what is as good as one; zeroed before and after.
func withSecretBytes<Result>(count: Int, _ body: (UnsafeMutableRawBufferPointer) -> Result) -> Result {
    // One byte more, because an empty allocation may have no address and C wants one.
    withUnsafeTemporaryAllocation(byteCount: count + 1, alignment: 1) { bytes in
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
        defer { eraseMemory(UnsafeMutableRawBufferPointer(bytes)) }
        return body(UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]))
    }
}

/// Calls `body` with the bytes of an array, which have an address even if there are none: C libraries want one.
func withAddressedBytes<Result>(of array: [UInt8], _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    array.isEmpty
        ? withSecretBytes(count: 0) { body(UnsafeRawBufferPointer($0)) } : array.withUnsafeBytes { body($0) }
}

/// Bytes that may be a password and outlive a call; zeroed when the last owner lets go of them.
final class SecretBytes: Sendable {
    // Written in init only, freed in deinit.
    nonisolated(unsafe) let bytes: UnsafeRawBufferPointer
    private nonisolated(unsafe) let storage: UnsafeMutableRawBufferPointer

    /// Takes the bytes over and zeroes the array.
    init(erasing array: inout [UInt8]) {
        storage = .allocate(byteCount: array.count, alignment: 1)
        storage.copyBytes(from: array)
        bytes = UnsafeRawBufferPointer(storage)
        array.withUnsafeMutableBytes(eraseMemory)
    }

    init(copying source: UnsafeRawBufferPointer) {
        storage = .allocate(byteCount: source.count, alignment: 1)
        storage.copyMemory(from: source)
        bytes = UnsafeRawBufferPointer(storage)
    }

    deinit {
        eraseMemory(storage)
        storage.deallocate()
    }
}

/// Zeroes an array that may hold a password, or what is as good as one.
func erase(_ bytes: inout [UInt8]) {
    bytes.withUnsafeMutableBytes(eraseMemory)
}

/// Zeroes memory in a way that the compiler can't leave out.
func eraseMemory(_ bytes: UnsafeMutableRawBufferPointer) {
    if let base = bytes.baseAddress { explicit_bzero(base, bytes.count) }
}

/// `match` if all bytes are the same. How long it takes depends on the number of bytes alone.
///
/// Both have the same length, except for clear values, where no digest fixes it.
func compare(_ computed: some Collection<UInt8>, _ stored: some Collection<UInt8>) -> Verification {
    var difference = computed.count ^ stored.count
    for (one, other) in zip(computed, stored) { difference |= Int(one ^ other) }
    return difference == 0 ? .match : .mismatch
}
