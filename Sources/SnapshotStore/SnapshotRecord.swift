internal import MigrationCore

/// An entry under one of its names.
struct SnapshotRecord {
    /// Its directory's index in the header.
    let directory: Int
    /// As names are compared.
    let name: ArraySlice<UInt8>
    /// Whether it is the first of the entry's names: counted by it, an entry is counted once.
    let isFirst: Bool
    /// The entry's cells.
    let entry: ArraySlice<UInt8>

    var bytes: [UInt8] {
        var writer = ByteWriter()
        writer.append(directory)
        writer.append(isFirst ? 1 : 0)
        writer.append(name)
        writer.append(entry)
        return writer.bytes
    }

    init(directory: Int, name: String, isFirst: Bool, entry: [UInt8]) {
        self.directory = directory
        self.name = Array(name.utf8)[...]
        self.isFirst = isFirst
        self.entry = entry[...]
    }

    init(_ reader: inout ByteReader) throws(ByteReader.Malformed) {
        directory = try reader.number()
        isFirst = try reader.number() != 0
        name = try reader.value()
        entry = try reader.value()
    }
}

/// The records of one bucket.
enum SnapshotBucket {
    /// Their number, then each; zeros up to a multiple of the padding.
    static func bytes(_ records: [[UInt8]]) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(records.count)
        for record in records { writer.append(raw: record) }
        let remainder = writer.bytes.count % SnapshotFormat.padding
        return remainder == 0
            ? writer.bytes : writer.bytes + Array(repeating: 0, count: SnapshotFormat.padding - remainder)
    }

    static func records(_ bytes: [UInt8]) throws(ByteReader.Malformed) -> [SnapshotRecord] {
        var reader = ByteReader(bytes[...])
        let count = try reader.number()
        var records: [SnapshotRecord] = []
        while records.count < count { records.append(try SnapshotRecord(&reader)) }
        return records
    }
}

/// An entry's cells: for each column the number of its values, and each value.
enum SnapshotEntry {
    /// - Parameter columns: the entry's index of each stored column; nil for one that its batch doesn't have.
    static func bytes(_ entry: DirectoryEntry, columns: [Int?]) -> [UInt8] {
        var writer = ByteWriter()
        for column in columns {
            guard let column else {
                writer.append(0)
                continue
            }
            writer.append(entry.valueCount(column))
            entry.forEachValue(column) { value in
                writer.append(value)
                return true
            }
        }
        return writer.bytes
    }

    static func append(
        _ bytes: ArraySlice<UInt8>, to builder: inout EntryBatch.Builder
    ) throws(ByteReader.Malformed) {
        var reader = ByteReader(bytes)
        for _ in builder.columns.names {
            for _ in 0..<(try reader.number()) {
                let value = try reader.value()
                value.withUnsafeBytes { builder.appendValue($0) }
            }
            builder.endCell()
        }
        builder.endEntry()
    }
}
