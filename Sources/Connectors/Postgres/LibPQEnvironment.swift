internal import CLibPQ
internal import Glibc
internal import Synchronization

/// libpq takes what a connection doesn't say from the environment, and an empty value doesn't stop it.
enum LibPQEnvironment {
    private static let variables: [String] = {
        var names = [
            "PGSERVICEFILE", "PGSYSCONFDIR", "PGREQUIRESSL", "PGLOCALEDIR",
            // Sent with the start of a connection (fe-protocol3.c, EnvironmentOptions).
            "PGDATESTYLE", "PGTZ", "PGGEQO",
        ]
        guard let options = PQconninfoParse("", nil) else { return names }
        defer { PQconninfoFree(options) }
        var option = options
        while option.pointee.keyword != nil {
            if let name = option.pointee.envvar { names.append(String(cString: name)) }
            option += 1
        }
        return names
    }()

    private static let lock = Mutex(())

    /// Right before each connection, because they may have been set since, and not earlier: the configuration's secrets may
    /// come from the same variables (`${env:PGPASSWORD}`).
    static func forget() {
        lock.withLock { _ in
            for name in variables where getenv(name) != nil { unsetenv(name) }
        }
    }
}
