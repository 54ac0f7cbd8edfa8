import ConfigurationYAML
import Foundation
import MigrationCore
import PasswordHashing
import Testing

struct CompiledConfigurationTests {
    private func unreadable(_ json: [UInt8]) -> String? {
        do throws(CompiledConfiguration.Unreadable) {
            _ = try CompiledConfiguration(json: json)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func `what was compiled comes back equal`() throws {
        let configuration = try Golden.good()
        let json = CompiledConfiguration(configuration).json()
        #expect(try CompiledConfiguration(json: json).configuration == configuration)
        #expect(CompiledConfiguration.isLikely(json))
    }

    @Test func `the options of hashes come back equal, and their secrets as references`() throws {
        let lines = String(decoding: try Golden.bytes("password-options.yaml"), as: UTF8.self).split(separator: "\n")
        // Those directories of the file that are right.
        let yaml = (lines[0..<5] + lines.suffix(1)).joined(separator: "\n")
        let configuration = try #require(read(yaml: Array(yaml.utf8)).configuration)
        let json = CompiledConfiguration(configuration).json()
        let compiled = try CompiledConfiguration(json: json).configuration
        #expect(compiled == configuration)
        let password = try #require(compiled.directories[0].password.stored)
        #expect(password.columns == ["salt": "salt_col"])
        #expect(password.secrets == ["pepper": "${env:PEPPER}"])
        #expect(password.options.limits.bcryptCost == 12)
        #expect(compiled.directories[2].password.stored?.columns == ["secret_data": "secret_data"])
    }

    @Test func `the same file always compiles to the same bytes`() throws {
        let first = CompiledConfiguration(try Golden.good()).json()
        for _ in 0..<20 {
            #expect(CompiledConfiguration(try Golden.good()).json() == first)
        }
    }

    @Test func `secret references stay references, and paths as written`() throws {
        let value = try #require(ProcessInfo.processInfo.environment["PATH"])
        let yaml = String(decoding: try Golden.bytes("good.yaml"), as: UTF8.self)
            .replacing("${env:CUSTOMERS_URL}", with: "${env:PATH}")
        let configuration = try #require(read(yaml: Array(yaml.utf8)).configuration)
        let json = String(decoding: CompiledConfiguration(configuration).json(), as: UTF8.self)
        #expect(json.contains("\"${env:PATH}\""))
        #expect(json.contains("\"pilot.sqlite\""))
        #expect(!json.contains(value))
    }

    @Test func `the pool's settings are inside`() throws {
        let json = CompiledConfiguration(try Golden.good()).json()
        let settings = try CompiledConfiguration(json: json).configuration.userPool.settings
        #expect(settings == (try Golden.poolSettings("email-pool.json")))
    }

    @Test(arguments: [0, 1, 99])
    func `another format asks for compiling again`(_ format: Int) throws {
        let json = String(decoding: CompiledConfiguration(try Golden.good()).json(), as: UTF8.self)
        let other = json.replacing("\"format\" : 2\n", with: "\"format\" : \(format)\n")
        #expect(other != json)
        #expect(
            unreadable(Array(other.utf8))
                == "compiled for another version (format \(format), this one reads 2); compile it again")
    }

    @Test func `a member of another form is damage`() throws {
        let json = String(decoding: CompiledConfiguration(try Golden.good()).json(), as: UTF8.self)
        let damaged = json.replacing("\"key\" : \"id\"", with: "\"key\" : 7")
        #expect(damaged != json)
        #expect(unreadable(Array(damaged.utf8)) == "damaged, or compiled by another version; compile it again")
    }

    @Test func `a part of it is never a configuration`() throws {
        let json = CompiledConfiguration(try Golden.good()).json()
        for count in stride(from: 0, to: json.count - 2, by: 97) {
            #expect(unreadable(Array(json.prefix(count))) == Self.notCompiled)
        }
    }

    private static let notCompiled =
        "not a compiled configuration, or a damaged one; make one with \"migrate-cli config compile -o FILE\""

    @Test(arguments: ["", "{}", "[]", "null", "7", "{\"format\":\"1\"}", "{\"format\":1.5}", "\u{0}"])
    func `other JSON, or none, is told what to do`(_ json: String) {
        #expect(unreadable(Array(json.utf8)) == Self.notCompiled)
    }

    @Test func `connectors-yaml in its place is told what to do`() throws {
        let yaml = try Golden.bytes("good.yaml")
        #expect(unreadable(yaml) == Self.notCompiled)
        #expect(!CompiledConfiguration.isLikely(yaml))
    }

    @Test func `what this version doesn't know or take is refused, not met later`() throws {
        let changes: [(inout ConnectorsConfiguration) -> Void] = [
            { $0.directories[0].password = .column("pw", scheme: "sha3-crypt") }, { $0.directories[0].names = ["("] },
            { $0.directories[0].timeout = .zero }, { $0.signIn.budget = .seconds(60) }, { $0.signIn.budget = .zero },
        ]
        for change in changes {
            var configuration = try Golden.good()
            change(&configuration)
            #expect(unreadable(CompiledConfiguration(configuration).json())?.contains("compile it again") == true)
        }
    }

    @Test func `a configuration without directories is refused`() throws {
        var configuration = try Golden.good()
        configuration.directories = []
        #expect(
            unreadable(CompiledConfiguration(configuration).json())
                == "it names no directory; compile it again, with the version that will run")
    }
}
