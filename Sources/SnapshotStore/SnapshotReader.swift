internal import Logging
internal import MigrationCore
internal import Threads

/// What all look-ups in a snapshot share.
struct SnapshotSource: Sendable {
    let configuration: ConnectorsConfiguration
    let place: SnapshotPlace
    let logger: Logger
    let clock: any MonotonicClock
    let wallClock: any WallClock
}

/// The snapshot's file and its thread. Opens it on first use, anew when another is in its place, and puts aside what is no
/// good, with one warning.
actor SnapshotReader: PooledConnection {
    private struct Opened {
        let file: SnapshotFile
        /// By the directory's name.
        let members: [String: Member]
        /// Directories that were warned of, and "" for the file.
        var warned: Set<String> = []
    }

    /// A directory that is answered for.
    private struct Member {
        let index: Int
        let columns: ColumnList
    }

    nonisolated let place: PooledThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { place.executor.asUnownedSerialExecutor() }

    private let source: SnapshotSource
    private let names: CanonicalName
    private lazy var fingerprints = Dictionary(
        uniqueKeysWithValues: source.configuration.directories.map { directory in
            (directory.name, SnapshotFingerprint.text(source.configuration, directory: directory))
        })
    private var watch = FileWatch()
    private var opened: Opened?

    init(_ source: SnapshotSource, on place: PooledThread) {
        self.source = source
        self.place = place
        names = CanonicalName(pool: source.configuration.pool)
    }

    func finish() {
        opened = nil
    }

    /// Opens the file, if that is due; what is wrong with it is said.
    func look(by deadline: Deadline) {
        let goesOn = goesOn(until: deadline)
        let now = source.clock.now
        guard watch.isDue(at: now), goesOn() else { return }
        let found = Result { () throws(SnapshotProblem) in try FileState(path: source.place.path) }
        let mustOpen = watch.look(found, at: now)
        if mustOpen || watch.standing != .open { opened = nil }
        if mustOpen { open(goesOn) }
        warn()
    }

    /// What is stored for a name; nil if nothing can be said.
    func lookUp(_ identifier: String, in directory: String, by deadline: Deadline) -> Lookup? {
        look(by: deadline)
        guard let file = opened?.file else { return nil }
        if let problem = file.header.contents.problem(at: source.wallClock.now, maxAge: source.place.maxAge) {
            warn(problem, directory: nil)
            return nil
        }
        guard let member = opened?.members[directory] else {
            warn(.otherConfiguration, directory: directory)
            return nil
        }
        do throws(SnapshotFile.Failure) {
            return try find(identifier, in: directory, member, file, goesOn(until: deadline))
        } catch {
            guard case .problem(let problem) = error else { return nil }
            opened = nil
            watch.putAside(problem)
            warn()
            return nil
        }
    }

    private func find(
        _ identifier: String, in directory: String, _ member: Member, _ file: SnapshotFile,
        _ goesOn: @escaping () -> Bool
    ) throws(SnapshotFile.Failure) -> Lookup {
        let name = names.comparable(identifier)
        let bucket = file.bucket(of: name, in: directory)
        let found = try file.records(inBucket: bucket, goesOn: goesOn).filter {
            $0.directory == member.index && $0.name.elementsEqual(name.utf8)
        }
        guard let record = found.first else { return .none }
        guard found.count == 1 else { return .several(count: found.count) }
        var builder = EntryBatch.Builder(columns: member.columns)
        do throws(ByteReader.Malformed) {
            try SnapshotEntry.append(record.entry, to: &builder)
        } catch {
            throw .problem(.damaged)
        }
        return .one(builder.take()[0])
    }

    private func open(_ goesOn: @escaping () -> Bool) {
        do throws(SnapshotFile.Failure) {
            let file = try SnapshotFile(path: source.place.path, key: source.place.key, goesOn: goesOn)
            var members: [String: Member] = [:]
            for (index, directory) in file.header.contents.directories.enumerated()
            where directory.fingerprint == fingerprints[directory.name] {
                let columns = ColumnList(
                    directory.columns, isExhaustive: directory.isExhaustive, ignoresCase: directory.ignoresCase)
                members[directory.name] = Member(index: index, columns: columns)
            }
            opened = Opened(file: file, members: members)
            watch.noteOpened()
        } catch {
            switch error {
            case .problem(let problem): watch.putAside(problem)
            // Nobody waits any more; the next look-up tries again.
            case .stopped: watch = FileWatch()
            }
        }
    }

    private func goesOn(until deadline: Deadline) -> () -> Bool {
        { [interruption = place.interruption] in interruption.reason == nil && !deadline.hasPassed() }
    }

    // MARK: Warnings

    /// Says why the file was put aside, once.
    private func warn() {
        if let problem = watch.takeNews() { log(problem, directory: nil) }
    }

    /// Says why a good file has nothing to say, once a file.
    private func warn(_ problem: SnapshotProblem, directory: String?) {
        if opened?.warned.insert(directory ?? "").inserted == true { log(problem, directory: directory) }
    }

    /// A line of codes, as the invocations' are.
    private func log(_ problem: SnapshotProblem, directory: String?) {
        var line: Logger.Metadata = ["reason": .string(problem.rawValue)]
        line["directory"] = directory.map { .string($0) }
        source.logger.warning("snapshot", metadata: line)
    }
}
