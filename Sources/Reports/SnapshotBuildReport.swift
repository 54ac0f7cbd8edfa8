public import MigrationCore

/// What `cache build` says it has written.
public struct SnapshotBuildReport: Sendable {
    public struct Directory: Sendable {
        let name: String
        let isRetired: Bool
        let checksPasswords: Bool
        let counts: SnapshotContents.Counts
        let missingColumns: [String]

        /// - Parameter missingColumns: of a retired directory: what is read and wasn't stored.
        public init(
            name: String, isRetired: Bool, checksPasswords: Bool, counts: SnapshotContents.Counts,
            missingColumns: [String]
        ) {
            self.name = name
            self.isRetired = isRetired
            self.checksPasswords = checksPasswords
            self.counts = counts
            self.missingColumns = missingColumns
        }
    }

    private let path: String
    private let directories: [Directory]
    private let duration: Duration

    public init(path: String, directories: [Directory], duration: Duration) {
        self.path = path
        self.directories = directories
        self.duration = duration
    }

    /// For people.
    public var text: String {
        var lines = ["\(path): written in \(Self.seconds(duration)) s"]
        for directory in directories {
            let name = directory.isRetired ? "\(directory.name) (retired, from the snapshot before)" : directory.name
            let counts = SnapshotCounts.text(directory.counts, checksPasswords: directory.checksPasswords)
            lines.append("  \(name): \(counts)")
            if !directory.missingColumns.isEmpty {
                lines.append(
                    "    not in the snapshot before, and so absent: \(directory.missingColumns.joined(separator: ", "))"
                )
            }
        }
        return lines.map { $0.escapingControls() }.joined(separator: "\n")
    }

    /// One JSON object. The format only gains members.
    public var json: String {
        let document = Document(
            file: path, seconds: duration / .seconds(1),
            directories: directories.map {
                Document.Directory(
                    name: $0.name, retired: $0.isRetired, checksPasswords: $0.checksPasswords,
                    counts: SnapshotCounts($0.counts), missingColumns: $0.missingColumns)
            })
        return document.reportJSON()
    }

    /// With one digit after the point.
    private static func seconds(_ duration: Duration) -> String {
        let tenths = Int((duration / .milliseconds(100)).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private struct Document: Encodable {
        struct Directory: Encodable {
            let name: String
            let retired: Bool
            let checksPasswords: Bool
            let counts: SnapshotCounts
            let missingColumns: [String]
        }

        let file: String
        let seconds: Double
        let directories: [Directory]
    }
}
