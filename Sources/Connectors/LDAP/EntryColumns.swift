internal import CLibLDAP
import MigrationCore
internal import Synchronization

/// The attributes that entries have had so far, as columns: `dn`, then the attributes in the order in which they were met.
struct EntryColumns {
    /// The column with the entry's distinguished name.
    static let dn = "dn"

    private(set) var list: ColumnList
    /// By the name in small letters: it is one attribute, however a server writes it (RFC 4512, 2.5).
    private var indexes: [String: Int] = [dn: 0]
    /// The columns' names in UTF-8, which are compared without making a text of each name in each entry.
    private var nameBytes: [[UInt8]] = [Array(dn.utf8)]
    private var forms: [BinaryText?] = [nil]
    /// The values of the entry at hand, by column; those of a range that was read on, and of an attribute that came twice.
    private var values: [UnsafeMutablePointer<berval>?] = [nil]
    private var more: [Int: [[UInt8]]] = [:]

    init() {
        list = ColumnList([Self.dn], isExhaustive: false, ignoresCase: true)
    }

    /// The column of an attribute, made if it is new.
    private mutating func index(of name: String) -> Int {
        let lowercased = name.lowercased()
        if let index = indexes[lowercased] { return index }
        let index = list.names.count
        indexes[lowercased] = index
        nameBytes.append(Array(name.utf8))
        forms.append(BinaryText(attribute: name))
        values.append(nil)
        list = ColumnList(list.names + [name], isExhaustive: false, ignoresCase: true)
        return index
    }

    /// Takes an entry's attributes to their columns, adding those that are new.
    ///
    /// - Parameter readOn: the values of an attribute from the given one on, where the server gave a part of them.
    /// - Returns: false if an attribute's name isn't UTF-8.
    mutating func take(
        _ entry: borrowing DecodedEntry, readOn: (String, Int) throws(DirectoryError) -> [[UInt8]]
    ) throws(DirectoryError) -> Bool {
        for index in values.indices { values[index] = nil }
        if !more.isEmpty { more.removeAll(keepingCapacity: true) }
        var hint = 1
        for attribute in entry.attributes {
            let index: Int
            var range: RangeOption?
            // Entries of one class have their attributes in the same order.
            if hint < nameBytes.count, attribute.name.bytes.elementsEqual(nameBytes[hint]) {
                index = hint
            } else {
                guard let description = attribute.name.text else { return false }
                range = description.utf8.contains(UInt8(ascii: ";")) ? RangeOption(description) : nil
                index = self.index(of: range?.attribute ?? description)
            }
            hint = index + 1
            if values[index] == nil {
                values[index] = attribute.values
            } else {
                forEachValue(attribute.values) { more[index, default: []].append(Array($0)) }
            }
            if let range, let last = range.last {
                more[index, default: []] += try readOn(range.attribute, last + 1)
            }
        }
        return true
    }

    /// Appends the entry that was taken.
    ///
    /// - Parameter builder: of these columns.
    func append(_ entry: borrowing DecodedEntry, to builder: inout EntryBatch.Builder) {
        builder.appendValue(entry.dn.bytes)
        // Asked once: hardly any entry has some, and a look into a dictionary for each cell is felt.
        let hasMore = !more.isEmpty
        if hasMore { more[0]?.forEach { value in value.withUnsafeBytes { builder.appendValue($0) } } }
        builder.endCell()
        for index in 1..<list.names.count {
            let form = forms[index]
            func append(_ bytes: UnsafeRawBufferPointer) {
                if let text = form?.text(bytes) { builder.appendValue(text) } else { builder.appendValue(bytes) }
            }
            forEachValue(values[index], append)
            if hasMore { more[index]?.forEach { $0.withUnsafeBytes(append) } }
            builder.endCell()
        }
        builder.endEntry()
    }
}

/// Hands out one `ColumnList` for each set of attributes that entries of look-ups have, whichever connection met it.
final class EntryColumnsCache: Sendable {
    /// People of a directory are of a few classes; what is optional makes sets of its own.
    private static let limit = 32

    private let lists = Mutex<[ColumnList]>([])

    /// The same object for the same names.
    func list(_ names: [String]) -> ColumnList {
        lists.withLock { lists in
            let list: ColumnList
            if let place = lists.firstIndex(where: { $0.names == names }) {
                list = lists.remove(at: place)
            } else {
                list = ColumnList(names, isExhaustive: false, ignoresCase: true)
                if lists.count == Self.limit { lists.removeFirst() }
            }
            // The one used last is the last to go.
            lists.append(list)
            return list
        }
    }
}
