/// The JSON Schema of connectors.yaml, for editors: what each key is, and most of what `config check` says of single
/// values. What several together make wrong, only the check knows.
///
/// Every scalar of the file is a text, whatever YAML makes of it, so a text may be a number or a truth value here. An
/// empty value is an absent value, so what is not required may be null.
///
/// - SeeAlso: JSON Schema, draft 07, which editors know best.
public struct ConfigurationSchema {
    private let kinds: [any ConnectorKind.Type]

    public init(kinds: [any ConnectorKind.Type]) {
        self.kinds = kinds
    }

    /// The same every time.
    public func json() -> [UInt8] {
        var root: SchemaValue = [
            "$schema": "http://json-schema.org/draft-07/schema#",
            "title": "connectors.yaml",
            "description": "How the users of a company's directories become users of an Amazon Cognito user pool.",
        ]
        root.append(section(ConfigurationKeys.all(kinds: kinds), isOptional: false))
        root.append([
            "definitions": [
                "flag": definition(ConfigurationKeys.flag, isShort: true),
                "rule": definition(ConfigurationKeys.rule, isShort: false),
                "rules": [
                    "type": ["object", "null"],
                    "propertyNames": ["pattern": .text(ConfigurationKeys.attributePattern)],
                    "additionalProperties": ["anyOf": [["$ref": "#/definitions/rule"], ["type": "null"]]],
                ],
                "transform": transform,
                "transforms": [
                    "anyOf": [
                        ["$ref": "#/definitions/transform"],
                        [
                            "type": "array",
                            "items": ["anyOf": [["$ref": "#/definitions/transform"], ["type": "null"]]],
                        ],
                    ]
                ],
            ]
        ])
        var bytes: [UInt8] = []
        root.write(to: &bytes)
        return bytes + [UInt8(ascii: "\n")]
    }

    // MARK: Keys

    private func property(_ key: ConfigurationKey) -> SchemaValue {
        var property: SchemaValue = ["description": .text(key.help)]
        property.append(value(key.form, isOptional: !key.isRequired))
        if let byDefault = key.byDefault { property.append(["default": literal(byDefault, key.form)]) }
        return property
    }

    private func section(_ keys: [ConfigurationKey], isOptional: Bool) -> SchemaValue {
        var section: SchemaValue = ["type": type("object", isOptional)]
        section.append([
            "properties": .object(keys.map { (key: $0.name, value: property($0)) }), "additionalProperties": false,
        ])
        let required = keys.filter(\.isRequired).map(\.name)
        if !required.isEmpty { section.append(["required": .texts(required)]) }
        return section
    }

    /// A part that several keys have: a section, or with `isShort` also a column's name.
    private func definition(_ keys: [ConfigurationKey], isShort: Bool) -> SchemaValue {
        var definition = section(keys, isOptional: false)
        if isShort {
            definition.set("type", to: ["object", "string", "number"])
            definition.append(["not": ["enum": ["true", "false"]]])
        } else {
            definition.append(["oneOf": [["required": ["from"]], ["required": ["template"]]]])
        }
        return definition
    }

    private var transform: SchemaValue {
        let plain = ConfigurationKeys.transforms.filter { $0.argument == nil }
        let others = ConfigurationKeys.transforms.filter { $0.argument != nil }
        return [
            "anyOf": [
                [
                    "enum": .texts(plain.map(\.name)),
                    "description": .text(plain.map { "\($0.name): \($0.help)" }.joined(separator: " ")),
                ],
                [
                    "type": "object",
                    "properties": .object(
                        others.map { transform in
                            var property: SchemaValue = ["description": .text(transform.help)]
                            property.append(value(transform.argument ?? .text, isOptional: false))
                            return (key: transform.name, value: property)
                        }),
                    "additionalProperties": false,
                    "minProperties": 1,
                    "maxProperties": 1,
                ],
            ]
        ]
    }

    // MARK: Values

    private func value(_ form: ConfigurationForm, isOptional: Bool) -> SchemaValue {
        switch form {
        case .version: return ["enum": [1, "1"]]
        case .text, .secret, .path: return ["type": text(isOptional)]
        case .patterned(let pattern): return ["type": text(isOptional), "pattern": .text(pattern)]
        case .texts: return list(of: ["type": text(true)], isOptional)
        case .choices(let names): return list(of: choice(names, true), isOptional)
        case .choice(let names): return choice(names, isOptional)
        case .flag:
            return ["type": type(["boolean", "string"], isOptional), "pattern": "^(true|false)$"]
        case .count(let range):
            return [
                "type": type(["integer", "string"], isOptional), "minimum": .number("\(range.lowerBound)"),
                "maximum": .number("\(range.upperBound)"), "pattern": "^[+-]?[0-9]+$",
            ]
        case .share:
            return [
                "type": type(["number", "string"], isOptional), "exclusiveMinimum": 0, "maximum": 1,
                "pattern": "^[0-9.]+$",
            ]
        case .duration: return ["type": type("string", isOptional), "pattern": "^[0-9]+(ms|s|m|h)$"]
        case .bytes: return ["type": type("string", isOptional), "pattern": "^[0-9]+(B|KiB|MiB|GiB)$"]
        case .section(let keys): return section(keys, isOptional: isOptional)
        case .either(let short, let keys):
            return ["anyOf": [value(short, isOptional: isOptional), section(keys, isOptional: false)]]
        case .named(let form, _):
            return ["type": type("object", isOptional), "additionalProperties": value(form, isOptional: true)]
        case .anySection: return ["type": type("object", isOptional)]
        case .flagRule: return reference("flag", isOptional)
        case .rule: return reference("rule", isOptional)
        case .rules: return reference("rules", isOptional)
        case .transforms: return reference("transforms", isOptional)
        case .password(let canBind):
            let stored = section(ConfigurationKeys.password, isOptional: false)
            return canBind ? ["anyOf": [["enum": ["bind", .null]], stored]] : stored
        case .directories(let common, let kinds): return directories(common, kinds)
        }
    }

    private func text(_ isOptional: Bool) -> SchemaValue {
        type(["string", "number", "boolean"], isOptional)
    }

    private func type(_ name: String, _ isOptional: Bool) -> SchemaValue {
        isOptional ? [.text(name), "null"] : .text(name)
    }

    private func type(_ names: [String], _ isOptional: Bool) -> SchemaValue {
        .texts(isOptional ? names + ["null"] : names)
    }

    private func choice(_ names: [String], _ isOptional: Bool) -> SchemaValue {
        ["enum": .list(names.map { .text($0) } + (isOptional ? [.null] : []))]
    }

    /// One, or a list of them.
    private func list(of item: SchemaValue, _ isOptional: Bool) -> SchemaValue {
        ["anyOf": [item, ["type": type("array", isOptional), "items": item]]]
    }

    private func reference(_ name: String, _ isOptional: Bool) -> SchemaValue {
        let reference: SchemaValue = ["$ref": .text("#/definitions/\(name)")]
        return isOptional ? ["anyOf": [reference, ["type": "null"]]] : ["allOf": [reference]]
    }

    /// A directory's type decides which keys it has.
    private func directories(
        _ common: [ConfigurationKey], _ kinds: [ConfigurationForm.DirectoryKind]
    ) -> SchemaValue {
        let branches = kinds.map { kind in
            var then = section(common + kind.keys, isOptional: false)
            then.set("type", to: nil)
            return [
                "if": ["properties": ["type": ["const": .text(kind.type)]], "required": ["type"]], "then": then,
            ] as SchemaValue
        }
        return [
            "type": "array", "minItems": 1,
            "items": [
                "type": "object", "properties": ["type": ["enum": .texts(kinds.map(\.type))]],
                "required": ["name", "type"], "allOf": .list(branches),
            ],
        ]
    }

    /// A default as the file would have it.
    private func literal(_ text: String, _ form: ConfigurationForm) -> SchemaValue {
        switch form {
        case .count, .share: .number(text)
        case .flag: .flag(text == "true")
        case .choices: .texts(text.trimmingBrackets.split(separator: ", ").map(String.init))
        default: .text(text)
        }
    }
}

extension SchemaValue {
    /// Adds the members of another object.
    fileprivate mutating func append(_ other: SchemaValue) {
        guard case .object(let members) = self, case .object(let more) = other else { return }
        self = .object(members + more)
    }

    fileprivate mutating func set(_ key: String, to value: SchemaValue?) {
        guard case .object(let members) = self else { return }
        self = .object(
            members.compactMap { member in
                member.key == key ? value.map { (key: key, value: $0) } : member
            })
    }
}

extension String {
    /// `[EMAIL, SMS]` without its brackets.
    fileprivate var trimmingBrackets: Substring {
        hasPrefix("[") && hasSuffix("]") ? dropFirst().dropLast() : self[...]
    }
}
