internal import CLibPQ
import MigrationCore

/// Which types are arrays, and what stands between their elements.
///
/// Types of PostgreSQL itself have fixed numbers; those of an extension or of the user's own are asked for, once a
/// connection.
struct ArrayTypes {
    /// `SELECT oid FROM pg_type WHERE typcategory = 'A' AND oid < 10000`, PostgreSQL 15, without `int2vector` and
    /// `oidvector`, whose text is none of an array. Numbers from 10000 on differ between versions.
    private static let builtIn: Set<Oid> = [
        143, 199, 210, 270, 271, 272, 273, 629, 651, 719, 775, 791, 1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008,
        1009,
        1010, 1011, 1012, 1013, 1014, 1015, 1016, 1017, 1018, 1019, 1020, 1021, 1022, 1027, 1028, 1034, 1040, 1041,
        1115,
        1182, 1183, 1185, 1187, 1231, 1263, 1270, 1561, 1563, 2201, 2207, 2208, 2209, 2210, 2211, 2949, 2951, 3221,
        3643,
        3644, 3645, 3735, 3770, 3807, 3905, 3907, 3909, 3911, 3913, 3927, 4073, 4090, 4097, 4192, 5039, 6150, 6151,
        6152,
        6153, 6155, 6157,
    ]
    private static let box: Oid = 1020

    private var asked: [Oid: Bool] = [:]

    /// - Returns: for each column the delimiter of its array type; nil if it is no array.
    mutating func delimiters(
        _ columns: [Column], on connection: LibPQConnection, by deadline: Deadline
    ) throws(DirectoryError) -> [UInt8?] {
        let unknown = Set(columns.map(\.type).filter { $0 >= 10000 && asked[$0] == nil })
        if !unknown.isEmpty {
            let oids = unknown.sorted().map(String.init).joined(separator: ",")
            // Numbers that the server sent, so there is nothing to escape.
            let arrays = try connection.run(
                """
                SELECT string_agg(oid::text, ',') FROM pg_catalog.pg_type \
                WHERE oid IN (\(oids)) AND typcategory = 'A'
                """, by: deadline)
            let found = Set((arrays ?? "").split(separator: ",").compactMap { Oid($0) })
            for type in unknown { asked[type] = found.contains(type) }
        }
        return columns.map { column in
            guard Self.builtIn.contains(column.type) || asked[column.type] == true else { return nil }
            return column.type == Self.box ? UInt8(ascii: ";") : UInt8(ascii: ",")
        }
    }
}

extension EntryBatch.Builder {
    /// Appends a row's cells, in the columns' order: NULL is no value, an array as many as it has.
    @inline(__always)
    mutating func append(_ result: borrowing QueryResult, row: CInt, delimiters: [UInt8?]) {
        for column in delimiters.indices {
            let index = CInt(truncatingIfNeeded: column)
            // NULL has no bytes either, and an empty value is an absent one: no need to ask which it is.
            let value = result.value(row, index)
            if !value.isEmpty {
                if let delimiter = delimiters[column] {
                    let isArray = ArrayText.forEachElement(of: value, delimiter: delimiter) { appendValue($0) }
                    if !isArray { appendValue(value) }
                } else {
                    appendValue(value)
                }
            }
            endCell()
        }
        endEntry()
    }
}
