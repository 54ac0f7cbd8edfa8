/// Look-ups kept from an earlier time, for a directory that is down or retired: the port of the snapshot.
public protocol LookupStore: Sendable {
    /// What is stored of a directory for what the user typed.
    ///
    /// A store that is damaged, too old or of another configuration has nothing to say; it warns, and never fails a sign-in.
    ///
    /// - Parameter directory: its name in connectors.yaml.
    /// - Returns: nil if the store has nothing to say about this directory, or can't by `deadline`. That is no answer, where
    ///   `.none` is one: when the store was built the directory knew nobody of that name.
    func lookUp(_ identifier: String, in directory: String, by deadline: Deadline) async -> Lookup?

    /// Closes its files and joins its threads. Later calls return nil.
    func close() async
}
