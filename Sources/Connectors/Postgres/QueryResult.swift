internal import CLibPQ
internal import Glibc

/// A column of a result.
struct Column {
    var name: String
    var type: Oid
}

/// A result of libpq, freed by its one owner.
struct QueryResult: ~Copyable {
    private let result: OpaquePointer

    init(_ result: OpaquePointer) {
        self.result = result
    }

    deinit {
        PQclear(result)
    }

    var status: ExecStatusType { PQresultStatus(result) }
    /// COPY was started; every further result says so again, so the connection is of no use any more.
    var isCopy: Bool { [PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH].contains(status) }
    var rowCount: Int { Int(PQntuples(result)) }
    var columnCount: Int { Int(PQnfields(result)) }

    /// Nil if a name isn't UTF-8, which a database with the encoding SQL_ASCII may have.
    var columns: [Column]? {
        var columns: [Column] = []
        for index in 0..<PQnfields(result) {
            guard let name = PQfname(result, index), let text = String(validatingCString: name) else { return nil }
            columns.append(Column(name: text, type: PQftype(result, index)))
        }
        return columns
    }

    /// Those of a statement that was described.
    var parameterTypes: [Oid] { (0..<PQnparams(result)).map { PQparamtype(result, $0) } }

    /// The bytes of a value, empty for NULL; they live as long as the result.
    @inline(__always)
    func value(_ row: CInt, _ column: CInt) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
    }

    var sqlState: String? { field(clibpq_diag_sqlstate) }

    /// The server's own words, which may quote a value.
    var message: String? { field(clibpq_diag_message_primary) }

    private func field(_ code: CInt) -> String? {
        PQresultErrorField(result, code).flatMap { String(validatingCString: $0) }
    }
}
