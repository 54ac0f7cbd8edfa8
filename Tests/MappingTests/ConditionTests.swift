import Testing

@testable import MigrationCore

@Suite struct ConditionTests {
    private static let columns = ["type", "phone", "empty", "tags"]

    private func entry(_ type: String) -> DirectoryEntry {
        var builder = EntryBatch.Builder(columns: ColumnList(Self.columns, isExhaustive: true))
        for values in [[type], ["+493023125001"], [""], ["a", "b"]] {
            for value in values { builder.appendValue(value) }
            builder.endCell()
        }
        builder.endEntry()
        return builder.take()[0]
    }

    private func map(_ rule: AttributeRule, _ entry: DirectoryEntry) -> (MappedAttributes, AttributeTrace.Outcome?) {
        let mapping = AttributeMapping([rule], validator: AttributeValidator(pool: .assumed(hasUsername: false))) {
            Self.columns.firstIndex(of: $0)
        }
        return (mapping.map(entry), mapping.explain(entry).first?.outcome)
    }

    @Test(
        arguments: [
            ("type", .equals("employee"), true), ("type", .equals("Employee"), false), ("type", .equals("x"), false),
            // any of several values
            ("tags", .equals("b"), true), ("tags", .equals("c"), false),
            ("type", .present(true), true), ("type", .present(false), false),
            ("empty", .present(true), false), ("empty", .present(false), true), ("empty", .equals("x"), false),
            // a column that the directory doesn't have
            ("nowhere", .present(true), false), ("nowhere", .present(false), true), ("nowhere", .equals("x"), false),
        ] as [(String, Condition.Test, Bool)])
    func `a rule is for entries whose condition holds`(_ column: String, _ test: Condition.Test, _ holds: Bool) {
        // A rule that isn't for the entry makes nothing, whatever its transforms make of nothing, and rejects nobody.
        for transforms in [[], [.default("+493023125002")], [.date(DateReader([]))]] as [[Transform]] {
            let rule = AttributeRule(
                "phone_number", from: .columns(["phone"]), transforms: transforms, isRequired: true,
                when: Condition(column: column, test))
            let (mapped, outcome) = map(rule, entry("employee"))
            if holds {
                #expect(mapped["phone_number"] != nil || mapped.rejections.map(\.rule) == [.dateFormat])
                #expect(outcome != .notApplicable)
            } else {
                #expect(mapped.values == [] && mapped.rejections == [])
                #expect(outcome == .notApplicable)
            }
        }
    }

    @Test func `texts are equal by their scalars, in every script`() {
        for (type, text, isEqual) in [
            ("e\u{301}", "é", false), ("é", "é", true), ("山", "山", true), ("👍🏽", "👍", false), ("علي", "علي", true),
        ] {
            let rule = AttributeRule(
                "name", from: .columns(["phone"]), when: Condition(column: "type", .equals(text)))
            #expect((map(rule, entry(type)).0["name"] != nil) == isEqual)
        }
    }
}
