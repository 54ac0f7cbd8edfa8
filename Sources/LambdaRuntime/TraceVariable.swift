#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#endif

/// `_X_AMZN_TRACE_ID` of this process, where AWS's libraries look for the trace of the event that is being handled.
///
/// Other threads may read other variables at any time (name look-ups, database libraries), and `setenv` can move the list
/// under their eyes; with a new value for each event it also keeps every one of them for good. So the variable's text is
/// one that lies here, in the list from the start and changed in place. Without a trace it is the empty text, which no
/// variable is named by.
enum TraceVariable {
    private static let assignment = Array("_X_AMZN_TRACE_ID=".utf8)
    /// Longer headers than X-Ray's; what doesn't fit isn't set.
    private static let capacity = 1024

    /// Only a pointer to bytes that live as long as the process; written by `set` alone, whose callers take turns.
    private struct Place: @unchecked Sendable {
        let bytes: UnsafeMutablePointer<UInt8>
    }

    /// In the list from the first use on.
    private static let place: Place = {
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: assignment.count + capacity + 1)
        bytes.initialize(repeating: 0, count: assignment.count + capacity + 1)
        // putenv(3) wants the whole name; gone again before anybody has looked.
        for (index, byte) in assignment.enumerated() { bytes[index] = byte }
        bytes.withMemoryRebound(to: CChar.self, capacity: 1) { text in
            // Fails for want of memory only, and then nobody finds the variable.
            _ = putenv(text)
        }
        bytes[0] = 0
        return Place(bytes: bytes)
    }()

    /// Puts the variable, without a value, into the process's list. To be called before there are many threads.
    static func prepare() {
        _ = place
    }

    /// One event at a time: the variable of the whole process belongs to it.
    static func set(_ header: String?) {
        let bytes = place.bytes
        bytes[0] = 0
        guard let value = header?.utf8, value.count <= capacity, !value.contains(0) else { return }
        for (index, byte) in value.enumerated() { bytes[assignment.count + index] = byte }
        bytes[assignment.count + value.count] = 0
        bytes[0] = assignment[0]
    }
}
