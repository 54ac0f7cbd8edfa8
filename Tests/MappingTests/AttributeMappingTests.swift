import Testing

@testable import MigrationCore

@Suite struct AttributeMappingTests {
    /// A row: the values of each column, as bytes.
    private struct Row: ExpressibleByDictionaryLiteral {
        var cells: [(name: String, values: [[UInt8]])]

        init(dictionaryLiteral elements: (String, [String])...) {
            cells = elements.map { ($0, $1.map { Array($0.utf8) }) }
        }

        func adding(_ name: String, bytes: [UInt8]...) -> Row {
            var row = self
            row.cells.append((name, bytes))
            return row
        }

        var entry: DirectoryEntry {
            var builder = EntryBatch.Builder(columns: ColumnList(cells.map(\.name), isExhaustive: true))
            for cell in cells {
                for value in cell.values { value.withUnsafeBytes { builder.appendValue($0) } }
                builder.endCell()
            }
            builder.endEntry()
            return builder.take()[0]
        }
    }

    private static func pool(_ attributes: [UserPoolSettings.Attribute]? = nil) -> UserPoolSettings {
        UserPoolSettings(
            id: nil, usernameAttributes: [], aliasAttributes: [], isCaseSensitive: false, attributes: attributes,
            passwordPolicy: nil)
    }

    private func mapping(
        _ rules: [AttributeRule], _ entry: DirectoryEntry, _ pool: UserPoolSettings = pool()
    ) -> AttributeMapping {
        AttributeMapping(rules, validator: AttributeValidator(pool: pool)) { entry.columns.indexes(of: $0).first }
    }

    private func map(
        _ rules: [AttributeRule], _ row: Row, _ pool: UserPoolSettings = pool()
    ) -> MappedAttributes {
        let entry = row.entry
        return mapping(rules, entry, pool).map(entry)
    }

    private func explain(_ rule: AttributeRule, _ row: Row) throws -> AttributeTrace {
        let entry = row.entry
        return try #require(mapping([rule], entry).explain(entry).first)
    }

    private static let notUTF8: [[UInt8]] = [
        [0xFF], [0x41, 0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x6A, 0xFC, 0x72, 0x67],
    ]

    // MARK: Where a value comes from

    @Test(
        arguments: [
            (["a"], "1"), (["b"], "2"), (["empty", "a"], "1"), (["absent", "empties", "b", "a"], "2"),
            (["nowhere", "a"], "1"), (["several"], "x"), (["lateSeveral"], "y"), (["absent"], nil), (["empties"], nil),
            (["nowhere"], nil), ([], nil),
        ] as [([String], String?)])
    func `the first column with a value gives it, and its first value counts`(_ columns: [String], _ expected: String?)
    {
        let row: Row = [
            "a": ["1"], "b": ["2"], "empty": [""], "absent": [], "empties": ["", ""], "several": ["x", "y", "z"],
            "lateSeveral": ["", "y"],
        ]
        let mapped = map([AttributeRule("name", from: .columns(columns))], row)
        #expect(mapped["name"] == expected)
        #expect(mapped.rejections == [])
    }

    @Test func `a blank value is a value, until it is trimmed`() {
        let row: Row = ["a": ["  "], "b": ["x"]]
        #expect(map([AttributeRule("name", from: .columns(["a", "b"]))], row)["name"] == "  ")
        #expect(map([AttributeRule("name", from: .columns(["a", "b"]), transforms: [.trim])], row)["name"] == nil)
    }

    @Test func `several values can be joined, by the rule or by a transform`() {
        let row: Row = ["ou": ["sales", "", "export"], "one": ["x"]]
        #expect(map([AttributeRule("name", from: .columns(["ou"]), join: "; ")], row)["name"] == "sales; export")
        #expect(map([AttributeRule("name", from: .columns(["one"]), join: "; ")], row)["name"] == "x")
        #expect(
            map([AttributeRule("name", from: .columns(["ou"]), transforms: [.uppercase, .join("/")])], row)["name"]
                == "SALES/EXPORT")
        #expect(
            map([AttributeRule("name", from: .columns(["ou"]), transforms: [.lookup(["export": "E"])])], row)["name"]
                == "E")
    }

    @Test func `a template is filled with the first value of each column`() throws {
        let row: Row = ["given": ["Ana", "Anna"], "family": ["", "de la Cruz"], "none": []]
        func name(_ template: String) throws -> String? {
            map([AttributeRule("name", from: .template(try Template(template)))], row)["name"]
        }
        #expect(try name("{given} {family}") == "Ana de la Cruz")
        #expect(try name("{family}, {given} {given}") == "de la Cruz, Ana Ana")
        #expect(try name("{nowhere} {none} {given}") == "Ana")
        #expect(try name("Dr. {none}{nowhere}") == nil)
        #expect(try name("constant") == "constant")
    }

    @Test func `transforms follow one another`() {
        let rule = AttributeRule(
            "email", from: .columns(["mail"]), transforms: [.trim, .lowercase, .suffix("@example.com")])
        #expect(map([rule], ["mail": [" ANA "]])["email"] == "ana@example.com")
        let gender = AttributeRule(
            "gender", from: .columns(["sex"]), transforms: [.lookup(["m": "male"]), .default("x")])
        #expect(map([gender], ["sex": ["m"]])["gender"] == "male")
        #expect(map([gender], ["sex": ["q"]])["gender"] == "x")
        #expect(map([gender], ["sex": []])["gender"] == "x")
    }

    // MARK: Values that the pool doesn't take

    @Test(
        arguments: [
            (.reject, false, "bad", [.emailFormat]), (.reject, true, "bad", [.emailFormat]),
            (.drop, false, "bad", []), (.drop, true, "bad", [.emailFormat]),
            (.truncate, false, "bad", [.emailFormat]), (.truncate, true, "bad", [.emailFormat]),
            (.reject, false, "", []), (.drop, false, "", []), (.truncate, false, "", []),
            (.reject, true, "", [.required]), (.drop, true, "", [.required]), (.truncate, true, "", [.required]),
        ] as [(AttributeRule.OnInvalid, Bool, String, [AttributeRuleCode])])
    func `an invalid or missing value rejects the user or not`(
        _ onInvalid: AttributeRule.OnInvalid, _ isRequired: Bool, _ value: String, _ expected: [AttributeRuleCode]
    ) {
        let rule = AttributeRule("email", from: .columns(["mail"]), isRequired: isRequired, onInvalid: onInvalid)
        let mapped = map([rule, AttributeRule("name", from: .columns(["cn"]))], ["mail": [value], "cn": ["Ana"]])
        #expect(
            mapped.rejections
                == expected.map { AttributeRejection("email", $0, column: value.isEmpty ? nil : "mail") })
        #expect(mapped["email"] == nil)
        #expect(mapped["name"] == "Ana")
    }

    @Test func `a rejection names the column whose value it was`() throws {
        let row: Row = ["mail": [], "email": ["bad"], "given": ["x"], "bytes": []]
        let rule = AttributeRule("email", from: .columns(["mail", "email"]))
        #expect(map([rule], row).rejections == [.init("email", .emailFormat, column: "email")])
        let blank = AttributeRule("name", from: .columns(["email"]), transforms: [.lookup([:])], isRequired: true)
        #expect(map([blank], row).rejections == [.init("name", .required, column: "email")])

        func rejected(_ template: String, _ row: Row) throws -> [AttributeRejection] {
            map([AttributeRule("email", from: .template(try Template(template)), isRequired: true)], row).rejections
        }
        #expect(try rejected("{mail}{given}", row) == [.init("email", .emailFormat, column: "given")])
        #expect(try rejected("{mail}{nowhere}", row) == [.init("email", .required, column: nil)])
        #expect(try rejected("constant", row) == [.init("email", .emailFormat, column: nil)])
        let broken = row.adding("broken", bytes: [0xFF])
        #expect(try rejected("{given}{broken}", broken) == [.init("email", .notUTF8, column: "broken")])
    }

    @Test(arguments: notUTF8)
    func `bytes that aren't UTF-8 are no value`(_ bytes: [UInt8]) throws {
        let row = (["mail": [], "cn": ["Ana"]] as Row).adding("sn", bytes: bytes).adding(
            "several", bytes: [0x41], bytes)
        let expected = [AttributeRejection("name", .notUTF8, column: "sn")]
        #expect(map([AttributeRule("name", from: .columns(["mail", "sn", "cn"]))], row).rejections == expected)
        #expect(
            map([AttributeRule("name", from: .template(try Template("{cn} {sn}")))], row).rejections == expected)
        #expect(
            map([AttributeRule("name", from: .columns(["sn"]), transforms: [.default("x")])], row).rejections
                == expected)
        let dropped = map([AttributeRule("name", from: .columns(["sn"]), onInvalid: .drop)], row)
        #expect(dropped.rejections == [])
        #expect(dropped.values == [])
        let joined = AttributeRule("name", from: .columns(["several"]), join: " ")
        #expect(map([joined], row).rejections == [.init("name", .notUTF8, column: "several")])
    }

    @Test(
        arguments: [
            (String(repeating: "a", count: 2048), 2048), (String(repeating: "a", count: 2049), 2048),
            (String(repeating: "é", count: 1025), 2048), (String(repeating: "山", count: 1000), 2046),
            (String(repeating: "👩‍👩‍👧‍👦", count: 100), 2025), (String(repeating: "a", count: 100_000), 2048),
            ("a" + String(repeating: "e\u{301}", count: 1000), 2047),
        ])
    func `truncate cuts what is too long between characters`(_ value: String, _ bytes: Int) throws {
        let mapped = map([AttributeRule("name", from: .columns(["cn"]), onInvalid: .truncate)], ["cn": [value]])
        let result = try #require(mapped["name"])
        #expect(result.utf8.count == bytes)
        #expect(value.hasPrefix(result))
        #expect(mapped.rejections == [])
    }

    @Test func `truncate keeps the schema's length`() {
        let city = UserPoolSettings.Attribute(
            name: "custom:city", type: .string, isMutable: true, isRequired: false, minLength: 3, maxLength: 5,
            minValue: nil, maxValue: nil)
        let rule = AttributeRule("custom:city", from: .columns(["l"]), onInvalid: .truncate)
        #expect(map([rule], ["l": ["München"]], Self.pool([city]))["custom:city"] == "Münc")
        // Cut to nothing, or to too little.
        for value in ["👩‍👩‍👧‍👦", "ab👩‍👩‍👧‍👦"] {
            let mapped = map([rule], ["l": [value]], Self.pool([city]))
            #expect(mapped.values == [])
            #expect(mapped.rejections.count == 1)
        }
    }

    @Test func `one character that is too long is rejected, not made an empty value`() {
        let value = "e" + String(repeating: "\u{301}", count: 2000)
        let mapped = map([AttributeRule("name", from: .columns(["cn"]), onInvalid: .truncate)], ["cn": [value]])
        #expect(mapped.values == [])
        #expect(mapped.rejections == [.init("name", .tooLong, column: "cn")])
    }

    /// `ana@example.community` without its end would be somebody else's address.
    @Test(arguments: [
        ("email", "ana@example.community"), ("phone_number", "+493023125001"), ("preferred_username", "ana.maria.long"),
    ])
    func `what names a person is never cut`(_ attribute: String, _ value: String) {
        let schema = UserPoolSettings.Attribute(
            name: attribute, type: .string, isMutable: true, isRequired: false, minLength: nil,
            maxLength: value.utf8.count - 3, minValue: nil, maxValue: nil)
        let rule = AttributeRule(attribute, from: .columns(["c"]), onInvalid: .truncate)
        let mapped = map([rule], ["c": [value]], Self.pool([schema]))
        #expect(mapped[attribute] == nil)
        #expect(mapped.rejections == [.init(attribute, .tooLong, column: "c")])
    }

    @Test func `a value of 100 kB is too long`() {
        let value = String(repeating: "ab ", count: 33_334)
        #expect(
            map([AttributeRule("name", from: .columns(["cn"]))], ["cn": [value]]).rejections.map(\.rule) == [.tooLong])
        #expect(
            map([AttributeRule("username", from: .columns(["cn"]), onInvalid: .drop)], ["cn": [value]]).username == nil)
    }

    // MARK: Several attributes together

    @Test func `username stands apart from the attributes`() {
        let rules = [
            AttributeRule("username", from: .columns(["login"])), AttributeRule("name", from: .columns(["login"])),
        ]
        let mapped = map(rules, ["login": ["ana"]])
        #expect(mapped.username == "ana")
        #expect(mapped.values == [.init(name: "name", value: "ana")])
        #expect(
            map(rules, ["login": ["ana maria"]]).rejections == [.init("username", .usernameFormat, column: "login")])
    }

    @Test func `attributes keep the order of the rules`() {
        let names = ["zoneinfo", "name", "address", "custom:b", "custom:a"]
        let mapped = map(names.map { AttributeRule($0, from: .columns(["c"])) }, ["c": ["x"]])
        #expect(mapped.values.map(\.name) == names)
    }

    @Test(
        arguments: [
            // email, its flag, phone number, its flag: what is left, and whether a code can be sent
            ("ana@example.com", "1", "", "", ["email", "email_verified"], true),
            ("ana@example.com", "0", "", "", ["email", "email_verified"], false),
            ("ana@example.com", "", "", "", ["email"], false),
            ("", "1", "", "", [], false),
            ("bad", "1", "", "", [], false),
            ("", "1", "+493023125001", "1", ["phone_number", "phone_number_verified"], true),
            ("ana@example.com", "0", "+493023125001", "1", nil, true),
            ("ana@example.com", "0", "+493023125001", "0", nil, false),
            ("", "", "030", "1", [], false),
        ] as [(String, String, String, String, [String]?, Bool)])
    func `a verified flag goes with its contact only`(
        _ email: String, _ emailFlag: String, _ phone: String, _ phoneFlag: String, _ expected: [String]?,
        _ hasContact: Bool
    ) {
        // The flags first: the order of the rules must not matter.
        func flag(_ name: String, _ column: String) -> AttributeRule {
            AttributeRule(name, from: .columns([column]), transforms: [.lookup(["1": "true", "0": "false"])])
        }
        let rules = [
            flag("email_verified", "ef"), flag("phone_number_verified", "pf"),
            AttributeRule("email", from: .columns(["e"]), onInvalid: .drop),
            AttributeRule("phone_number", from: .columns(["p"]), onInvalid: .drop),
        ]
        let mapped = map(rules, ["e": [email], "ef": [emailFlag], "p": [phone], "pf": [phoneFlag]])
        if let expected { #expect(Set(mapped.values.map(\.name)) == Set(expected)) }
        #expect(mapped.rejections == [])
        #expect(mapped.hasVerifiedContact == hasContact)
    }

    @Test func `what the schema demands and no rule makes rejects the user, once`() {
        func required(_ name: String) -> UserPoolSettings.Attribute {
            .init(
                name: name, type: .string, isMutable: true, isRequired: true, minLength: nil, maxLength: nil,
                minValue: nil, maxValue: nil)
        }
        let pool = Self.pool([required("sub"), required("email"), required("name"), required("locale")])
        let rules = [
            AttributeRule("email", from: .columns(["mail"])), AttributeRule("name", from: .columns(["cn"])),
        ]
        #expect(
            map(rules, ["mail": ["bad"], "cn": []], pool).rejections == [
                .init("email", .emailFormat, column: "mail"), .init("name", .required, column: nil),
                .init("locale", .required, column: nil),
            ])
        let dropping = AttributeRule("email", from: .columns(["mail"]), onInvalid: .drop)
        #expect(
            map([dropping], ["mail": ["bad"]], Self.pool([required("email")])).rejections
                == [.init("email", .required, column: nil)])
    }

    // MARK: Step by step

    @Test func `the trace shows each step`() throws {
        let rule = AttributeRule(
            "email", from: .columns(["none", "mail"]),
            transforms: [.trim, .lowercase, .lookup(["a": "b"]), .default("c@d.e")])
        let trace = try explain(rule, ["none": [], "mail": [" A ", "x"]])
        #expect(trace.attribute == "email")
        #expect(trace.columns == ["none", "mail"])
        #expect(trace.source == [" A ", "x"])
        #expect(trace.steps.map(\.name) == ["trim", "lowercase", "lookup", "default"])
        #expect(trace.steps.map(\.values) == [["A", "x"], ["a", "x"], ["b"], ["b"]])
        #expect(trace.outcome == .rejected(.emailFormat))
    }

    @Test func `the trace shows joining and cutting`() throws {
        let rule = AttributeRule("name", from: .columns(["c"]), onInvalid: .truncate, join: "-")
        let long = String(repeating: "a", count: 2047)
        let trace = try explain(rule, ["c": [long, "b"]])
        #expect(trace.steps.map(\.name) == ["join", "truncate"])
        #expect(trace.steps.map(\.values) == [[long + "-b"], [long + "-"]])
        #expect(trace.outcome == .value(long + "-"))
    }

    @Test(
        arguments: [
            ("x", .reject, false, .value("x")), ("", .reject, false, .absent),
            ("", .reject, true, .rejected(.required)),
            ("é", .reject, false, .value("é")),
        ] as [(String, AttributeRule.OnInvalid, Bool, AttributeTrace.Outcome)])
    func `the trace ends with an outcome`(
        _ value: String, _ onInvalid: AttributeRule.OnInvalid, _ isRequired: Bool, _ expected: AttributeTrace.Outcome
    ) throws {
        let rule = AttributeRule("name", from: .columns(["c"]), isRequired: isRequired, onInvalid: onInvalid)
        #expect(try explain(rule, ["c": [value]]).outcome == expected)
    }

    @Test func `the trace tells a dropped value and a flag without its contact`() throws {
        let entry = (["e": ["bad"], "f": ["1"], "login": ["ana"]] as Row).entry
        let traces = mapping(
            [
                AttributeRule("username", from: .columns(["login"])),
                AttributeRule("email", from: .columns(["e"]), onInvalid: .drop),
                AttributeRule("email_verified", from: .columns(["f"]), transforms: [.boolean]),
            ], entry
        ).explain(entry)
        #expect(traces.map(\.outcome) == [.value("ana"), .dropped(.emailFormat), .withoutContact])
    }

    @Test func `explaining decides as mapping does`() {
        let rules = [
            AttributeRule("username", from: .columns(["login"])), AttributeRule("email", from: .columns(["e"])),
            AttributeRule("name", from: .columns(["n"]), transforms: [.trim], onInvalid: .truncate),
            AttributeRule("email_verified", from: .columns(["f"]), transforms: [.present]),
        ]
        for row in [
            ["login": ["ana"], "e": ["ana@example.com"], "n": ["Ana"], "f": ["x"]],
            ["login": ["a b"], "e": ["bad"], "n": [" "], "f": []],
            ["login": [], "e": [], "n": [String(repeating: "n", count: 3000)], "f": ["x"]],
        ] as [Row] {
            let entry = row.entry
            let mapping = mapping(rules, entry)
            let mapped = mapping.map(entry)
            for trace in mapping.explain(entry) {
                let value = trace.attribute == "username" ? mapped.username : mapped[trace.attribute]
                if case .value(let traced) = trace.outcome { #expect(traced == value) } else { #expect(value == nil) }
            }
        }
    }
}
