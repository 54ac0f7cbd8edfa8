import MigrationCore
import Testing

struct UserPoolSettingsTests {
    private func read(_ json: String) throws(UserPoolSettings.UnreadableDescription) -> UserPoolSettings {
        try UserPoolSettings(describeUserPool: Array(json.utf8))
    }

    private func message(_ json: String) -> String? {
        do throws(UserPoolSettings.UnreadableDescription) {
            _ = try read(json)
            return nil
        } catch {
            return error.message
        }
    }

    @Test func `a saved answer is read, with members that nobody knows yet`() throws {
        let settings = try Golden.poolSettings("email-pool.json")
        #expect(settings.id == "eu-west-1_Ex4mple")
        #expect(settings.usernameAttributes == [.email])
        #expect(settings.aliasAttributes == [])
        #expect(!settings.isCaseSensitive)
        #expect(settings.attributes?.count == 8)
        #expect(settings.passwordPolicy?.minimumLength == 8)
        #expect(settings.passwordPolicy?.requiresSymbols == false)
        let id = try #require(settings.attribute(named: "custom:legacy_id"))
        #expect((id.minLength, id.maxLength) == (1, 64))
        #expect((id.isMutable, id.isRequired) == (false, false))
        #expect(settings.attribute(named: "updated_at")?.minValue == 0)
    }

    @Test func `the envelope may be left out`() throws {
        let inner = """
            {"Id":"eu-west-1_A","AliasAttributes":["email","phone_number","preferred_username"],
             "SchemaAttributes":[{"Name":"email","AttributeDataType":"String"}]}
            """
        let settings = try read(inner)
        #expect(settings == (try read("{\"UserPool\":\(inner),\"ResponseMetadata\":{\"RetryAttempts\":0}}")))
        #expect(settings.aliasAttributes == [.email, .phoneNumber, .preferredUsername])
        #expect(settings.usernameAttributes == [])
    }

    @Test func `what the answer leaves out has the API's own defaults`() throws {
        let settings = try read(#"{"Id":"eu-west-1_A","SchemaAttributes":[{"Name":"custom:a"}]}"#)
        #expect(settings.isCaseSensitive)
        #expect(settings.passwordPolicy == nil)
        let attribute = try #require(settings.attribute(named: "custom:a"))
        #expect(attribute.type == .string)
        #expect((attribute.isMutable, attribute.isRequired) == (true, false))
        #expect(attribute.maxLength == nil)
        #expect(try read(#"{"Id":"a","SchemaAttributes":[],"Policies":{}}"#).passwordPolicy == nil)
    }

    @Test(
        arguments: [
            (#""64""#, 64), ("64", 64), ("64.0", 64), (#""""#, nil), ("null", nil), (#""-1""#, 0),
            (#""1e30""#, Int(Int32.max)), ("1e30", Int(Int32.max)),
        ] as [(String, Int?)])
    func `a bound is a text or a number`(_ bound: String, _ expected: Int?) throws {
        let settings = try read(
            #"{"Id":"a","SchemaAttributes":[{"Name":"x","StringAttributeConstraints":{"MaxLength":\#(bound)},"#
                + #""NumberAttributeConstraints":{"MinValue":\#(bound)}}]}"#)
        #expect(settings.attributes?[0].maxLength == expected)
        #expect((settings.attributes?[0].minValue == nil) == (expected == nil))
    }

    @Test(arguments: [#""many""#, #""inf""#, #""nan""#, #""1e999""#, "[]", "true"])
    func `a bound that is no number is an error with its place`(_ bound: String) {
        #expect(
            message(
                #"{"UserPool":{"Id":"a","SchemaAttributes":[{"Name":"x"},"#
                    + #"{"Name":"y","NumberAttributeConstraints":{"MaxValue":\#(bound)}}]}}"#)
                == "UserPool.SchemaAttributes[1].NumberAttributeConstraints.MaxValue is not as AWS writes it; "
                + #"save the output of "aws cognito-idp describe-user-pool --output json" again"#)
    }

    @Test(arguments: [
        ("", "it is not a JSON object; save the output of"),
        ("[]", "it is not a JSON object; save the output of"),
        ("UserPool:\n  Id: a\n", "it is not a JSON object; save the output of"),
        (#"{"UserPool":{"Id":"a""#, "it is not a JSON object; save the output of"),
        ("{}", "it has no Id or no SchemaAttributes; save the output of"),
        (#"{"UserPool":null}"#, "it has no Id or no SchemaAttributes; save the output of"),
        (#"{"UserPool":{"Id":"a"}}"#, "it has no Id or no SchemaAttributes; save the output of"),
        (#"{"UserPool":{"Id":7}}"#, "UserPool.Id is not as AWS writes it"),
        (#"{"UserPool":{"UsernameAttributes":["fax"]}}"#, "UserPool.UsernameAttributes[0] is not as AWS writes it"),
        (#"{"Id":"a","SchemaAttributes":[{"Name":"a","AttributeDataType":"Blob"}]}"#, "SchemaAttributes[0].Attr"),
        (#"{"Id":"a","SchemaAttributes":[{"Name":"a"},{}]}"#, "SchemaAttributes[1].Name is missing"),
    ])
    func `another file is told what to save`(_ json: String, _ start: String) throws {
        let said = try #require(message(json))
        #expect(said.hasPrefix(start), "\(said)")
        #expect(said.contains("aws cognito-idp describe-user-pool"))
    }
}
