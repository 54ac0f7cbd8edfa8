import Foundation
import TestSupport
import Testing

/// What `docs/terraform.md` says, as far as it can be checked without Terraform and its providers: it is HCL, everything
/// that it refers to is there, and it says the same as the template.
@Suite struct TerraformTests {
    /// The blocks of the page, read by python-hcl2: type -> name -> body.
    private func resources() async throws -> (text: String, blocks: [[String: [String: [String: Any]]]]) {
        let page = try String(contentsOfFile: FunctionPackage.script("docs/terraform.md"), encoding: .utf8)
        let parts = page.components(separatedBy: "```hcl\n").dropFirst()
        let text = parts.compactMap { $0.components(separatedBy: "\n```").first }.joined(separator: "\n")
        let script = "import hcl2, json, sys; print(json.dumps(hcl2.loads(sys.stdin.read())))"
        let output = try await ChildProcess.run(try PythonServer.python(), ["-c", script], input: text + "\n")
        let object = try #require(JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        return (text, try #require(object["resource"] as? [[String: [String: [String: Any]]]]))
    }

    /// Strings come with their quotes from some versions of the reader.
    private func plain(_ value: Any?) -> String {
        "\(value ?? "nothing")".trimmingCharacters(in: CharacterSet(charactersIn: "\""))
    }

    @Test func `the page is HCL, and says what the template says`() async throws {
        let (text, blocks) = try await resources()
        var found: [String: [String: Any]] = [:]
        for block in blocks {
            for (type, named) in block {
                for (name, body) in named { found["\(plain(type)).\(plain(name))"] = body }
            }
        }
        let function = try #require(found["aws_lambda_function.migrate"])
        #expect(plain(function["runtime"]) == "provided.al2023")
        #expect(plain(function["handler"]) == "trigger")
        #expect(plain(function["timeout"]) == "6")
        let permission = try #require(found["aws_lambda_permission.pool"])
        #expect(plain(permission["principal"]) == "cognito-idp.amazonaws.com")
        #expect(plain(permission["source_arn"]).contains("var.user_pool_arn"))
        #expect(plain(permission["source_account"]).contains("local.pool_account"))
        let alarms = found.keys.filter { $0.hasPrefix("aws_cloudwatch_metric_alarm.") }.sorted()
        #expect(
            alarms == ["breaker", "errors", "latency", "throttles"].map { "aws_cloudwatch_metric_alarm.\($0)" })
        // Actions and queries are those of the template.
        let template = try String(contentsOfFile: FunctionPackage.script("deploy/template.yaml"), encoding: .utf8)
        let actions = /"((?:logs|xray|secretsmanager|ssm|kms|ec2):[A-Za-z]+|SELECT [^"]+)"/
        let named = text.matches(of: actions).map { String($0.1) }
        #expect(named.count == 15)
        for name in named { #expect(template.contains(name), "\(name)") }
    }

    @Test func `what the page refers to is on it`() async throws {
        let (text, _) = try await resources()
        for variable in Set(text.matches(of: /\bvar\.([a-z_]+)/.wordBoundaryKind(.simple)).map { String($0.1) }) {
            #expect(text.contains("variable \"\(variable)\" {"), "\(variable)")
        }
        let used = text.matches(of: /(data\.)?\b(aws_[a-z_]+)\.([a-z_]+)/.wordBoundaryKind(.simple)).map {
            "\($0.1 == nil ? "resource" : "data") \"\($0.2)\" \"\($0.3)\" {"
        }
        #expect(used.count > 10)
        for name in Set(text.matches(of: /\blocal\.([a-z_]+)/.wordBoundaryKind(.simple)).map { String($0.1) }) {
            #expect(text.contains("\n  \(name) = "), "\(name)")
        }
        for declaration in Set(used) { #expect(text.contains(declaration), "\(declaration)") }
    }
}
