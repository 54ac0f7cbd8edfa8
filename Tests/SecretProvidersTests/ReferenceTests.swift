import MigrationCore
import Testing

@Suite struct ReferenceTests {
    @Test(arguments: [
        ("${secretsmanager:app/db#password}", SecretTemplate.Part.secretsManager(id: "app/db", key: "password")),
        ("${secretsmanager:app/db}", .secretsManager(id: "app/db", key: nil)),
        ("${ssm:/app/db}", .parameter("/app/db")),
    ])
    func `a reference says where the secret is`(_ text: String, _ part: SecretTemplate.Part) throws {
        #expect(try SecretTemplate(text).parts == [part])
    }
}
