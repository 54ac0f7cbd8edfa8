#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Files that the configuration names, read whole.
public enum TextFile {
    /// Why a file can't be had, in words for the operator: `no such file`, `permission denied`, `it is a folder`.
    public struct Unreadable: Error, Sendable, Hashable {
        public let reason: String
    }

    /// - Parameter maxBytes: a larger file is refused.
    public static func bytes(of path: String, maxBytes: Int) throws(Unreadable) -> [UInt8] {
        let attributes: [FileAttributeKey: Any]
        do {
            attributes = try FileManager.default.attributesOfItem(atPath: path)
        } catch {
            throw Unreadable(reason: explain(error))
        }
        if attributes[.type] as? FileAttributeType == .typeDirectory { throw Unreadable(reason: "it is a folder") }
        if let size = (attributes[.size] as? any BinaryInteger).map({ Int(clamping: $0) }), size > maxBytes {
            throw Unreadable(reason: "it is larger than \(maxBytes) bytes")
        }
        do {
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw Unreadable(reason: explain(error))
        }
    }

    private static func explain(_ error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileNoSuchFile, .fileReadNoSuchFile: "no such file"
        case .fileReadNoPermission: "permission denied"
        default: "it can't be read"
        }
    }
}
