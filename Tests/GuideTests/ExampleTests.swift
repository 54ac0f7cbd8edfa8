import Foundation
import TestSupport
import Testing

/// The examples of the guides, each on the real directory that it is for. One after the other: their hashes cost what real
/// ones do, and a sign-in has only so much time.
@Suite(.serialized) struct ExampleTests {
    @Test func `there is one for each guide`() throws {
        #expect(Example.all.count >= 14)
        let shown = try Project.files(under: "docs/guides", ending: ".md").flatMap { try GuidePage($0).shown }
        for example in Example.all {
            #expect(shown.count { $0.file == "\(example.folder)/connectors.yaml" } == 1, "\(example.name)")
        }
    }

    @Test(arguments: Example.all)
    func `its configuration is good, doctor finds nothing to fix, and its users get what is expected`(
        _ example: Example
    ) async throws {
        let place = try await Place(example)
        let check = try await place.run(["config", "check"])
        #expect(check.status == 0 && !check.errors.contains("warning"), "\(check)")
        let doctor = try await place.run(["doctor", "--offline"])
        #expect(doctor.status == 0, "\(doctor.output)\(doctor.errors)")

        let rows = try example.rows()
        #expect(rows.contains { $0.verdict == "accepted" })
        for row in rows {
            var said = try await place.lookUp(row)
            for _ in 0..<4 where said.verdict == "unavailable" { said = try await place.lookUp(row) }
            #expect(said.verdict == row.verdict, "\(row.identifier)")
            #expect(said.attributes == row.attributes, "\(row.identifier)")
        }
        try await signIn(rows, at: place)
    }

    /// As Cognito would have it: with the right password in, if at all, and never with another.
    private func signIn(_ rows: [Example.Row], at place: Place) async throws {
        let yaml = try String(contentsOfFile: "\(place.home)/connectors.yaml", encoding: .utf8)
        let served = try TemporaryFolder("served")
        for name in try FileManager.default.contentsOfDirectory(atPath: place.home) where name != "connectors.yaml" {
            try FileManager.default.copyItem(atPath: "\(place.home)/\(name)", toPath: served.file(name))
        }
        let pool = place.folder.file("user-pool.json")
        let trigger = try await ServedTrigger(
            yaml.replacingOccurrences(of: "../user-pool.json", with: pool), environment: place.environment, in: served)
        for row in rows where row.verdict != "unavailable" {
            guard let password = row.password else { continue }
            let wrong = UserTable.event(row.identifier, password: password + "x")
            let refused = try await reply(to: wrong, from: trigger)
            #expect(refused.bytes == Array(wrong.utf8) && !refused.isError, "\(row.identifier), wrong password")
            let right = UserTable.event(row.identifier, password: password)
            let reply = try await reply(to: right, from: trigger)
            let expected: UserTable.Expected? =
                switch row.verdict {
                case "accepted", "must-reset": nil
                case "unmappable": .error("AttributeInvalid")
                default: .unchanged
                }
            if let expected {
                let problem = UserTable.problem(with: reply.bytes, isError: reply.isError, to: right, expected)
                #expect(problem == nil, "\(row.identifier)")
            } else {
                let object = try JSONSerialization.jsonObject(with: Data(reply.bytes)) as? [String: Any]
                let response = object?["response"] as? [String: Any]
                #expect(response?["userAttributes"] as? [String: String] == row.attributes, "\(row.identifier)")
                let status = row.verdict == "accepted" ? "CONFIRMED" : "RESET_REQUIRED"
                #expect(response?["finalUserStatus"] as? String == status, "\(row.identifier)")
            }
        }
        try await trigger.end()
    }

    /// Whoever is told of an outage tries again: on a machine that has other work a hash may take longer than a sign-in waits.
    private func reply(to event: String, from trigger: ServedTrigger) async throws -> ServedTrigger.Reply {
        for _ in 0..<4 {
            let reply = try await trigger.send(event)
            guard reply.isError, String(decoding: reply.bytes, as: UTF8.self).contains("DirectoryUnavailable") else {
                return reply
            }
        }
        return try await trigger.send(event)
    }

    /// What a script of an example makes of an application's export.
    @Test(arguments: [
        ("keycloak-export", ["shop-realm.json"]), ("firebase", ["export.json"]),
        ("auth0", ["hashes.ndjson", "users.ndjson"]),
    ])
    func `users.csv is what to-csv makes of the export`(_ name: String, _ exports: [String]) async throws {
        let folder = Project.root.appending(path: "examples/\(name)").path
        let result = try await Program.run("\(folder)/to-csv", exports, in: folder)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == (try Project.text("examples/\(name)/users.csv")))
    }
}
