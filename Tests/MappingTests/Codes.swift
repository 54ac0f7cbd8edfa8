import Foundation

@testable import MigrationCore

/// The compiled form of a value.
func encoded(_ value: some Encodable) throws -> String {
    String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
}

func decoded<Value: Decodable>(_ type: Value.Type, from json: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(json.utf8))
}

extension ValueColumn {
    func failure(_ row: Int) -> AttributeRuleCode? {
        if case .failed(let code) = stop(row) { code } else { nil }
    }
}
