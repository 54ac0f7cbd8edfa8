#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif
internal import MigrationCore

/// The sealed part of `meta`: what the buckets can't be read without.
struct SnapshotHeader: Codable {
    let bucketCount: Int64
    let contents: SnapshotContents

    init(bucketCount: Int64, contents: SnapshotContents) {
        self.bucketCount = bucketCount
        self.contents = contents
    }

    var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        do {
            return Array(try encoder.encode(self))
        } catch {
            preconditionFailure("the header has no value that JSON can't hold: \(error)")
        }
    }

    /// - Returns: nil for what no header is.
    init?(bytes: [UInt8]) {
        guard let header = try? JSONDecoder().decode(Self.self, from: Data(bytes)), header.bucketCount > 0 else {
            return nil
        }
        self = header
    }
}
