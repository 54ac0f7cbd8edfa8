import ConfigurationYAML
import ConnectorRegistry
import Foundation
import MigrationCore
import Testing

/// The files of Golden/, as the tests were built with them.
enum Golden {
    /// Where a recording goes: beside the sources.
    static let sources = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: try #require(Bundle.module.resourceURL).appending(path: "Golden/\(name)")))
    }

    /// The names of all connectors.yaml files.
    static let names: [String] = {
        let folder = Bundle.module.resourceURL?.appending(path: "Golden").path ?? ""
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.sorted()
    }()

    static func poolSettings(_ name: String) throws(UserPoolSettings.UnreadableDescription) -> UserPoolSettings {
        guard let bytes = try? bytes(name) else { throw .init(message: "no such file") }
        return try UserPoolSettings(describeUserPool: bytes)
    }

    /// What `good.yaml` says.
    static func good() throws -> ConnectorsConfiguration {
        try #require(read(yaml: try bytes("good.yaml")).configuration)
    }
}

func read(yaml bytes: [UInt8]) -> (configuration: ConnectorsConfiguration?, problems: [ConfigurationProblem]) {
    ConfigurationReader(kinds: ConnectorRegistry.kinds).read(yaml: bytes) {
        name throws(UserPoolSettings.UnreadableDescription) in try Golden.poolSettings(name)
    }
}

/// How long each line of a file is, in characters; lines end where YAML 1.1 says.
func lineLengths(_ bytes: [UInt8]) -> [Int] {
    var lengths = [0]
    var last: Unicode.Scalar?
    var text = String(decoding: bytes, as: UTF8.self).unicodeScalars[...]
    if text.first == "\u{FEFF}" { text.removeFirst() }
    for scalar in text {
        switch scalar {
        case "\n" where last == "\r": break
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": lengths.append(0)
        default: lengths[lengths.count - 1] += 1
        }
        last = scalar
    }
    return lengths
}

extension ConfigurationProblem {
    /// Whether a reader finds the place: a character of the file, or the end of a line.
    func isInside(_ lengths: [Int]) -> Bool {
        lengths.indices.contains(position.line - 1) && (1...(lengths[position.line - 1] + 1)).contains(position.column)
    }
}
