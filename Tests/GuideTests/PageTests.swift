import Foundation
import Testing

/// What the pages show, and where they point.
@Suite struct PageTests {
    private static let pages: [String] = {
        let docs = (try? Project.files(under: "docs", ending: ".md")) ?? []
        return ["README.md"] + docs
    }()

    @Test func `a file that a page shows is the file`() throws {
        var count = 0
        for path in Self.pages {
            for shown in try GuidePage(path).shown {
                let text = try Project.text(shown.file)
                #expect(shown.text == text, "\(path): \(shown.file)")
                count += 1
            }
        }
        #expect(count >= 20)
    }

    @Test func `every link leads somewhere`() throws {
        var count = 0
        for path in Self.pages {
            for link in try Links(path).all {
                let problem = try Links.problem(of: link, in: path)
                #expect(problem == nil, "\(path)")
                count += 1
            }
        }
        #expect(count > 60)
    }

    @Test func `every page of the documentation is reached from the README`() throws {
        var reached: Set = ["README.md"]
        var next = ["README.md"]
        while let path = next.popLast() {
            for link in try Links(path).all {
                guard let target = Links.target(of: link, in: path), target.hasSuffix(".md"),
                    FileManager.default.fileExists(atPath: Project.root.appending(path: target).path)
                else { continue }
                if reached.insert(target).inserted { next.append(target) }
            }
        }
        #expect(Set(Self.pages).subtracting(reached) == [])
    }

    @Test func `the places that the threat model names are in the code`() throws {
        let named = Set(
            try Project.text("docs/threat-model.md").matches(of: /`([A-Z][A-Za-z]*[a-z][A-Za-z]*)`/).map {
                String($0.output.1)
            })
        #expect(named.count >= 8)
        var types: Set<Substring> = []
        for path in try Project.files(under: "Sources", ending: ".swift") {
            let words = try Project.text(path).split { !$0.isLetter && !$0.isNumber }
            for (keyword, name) in zip(words, words.dropFirst())
            where ["struct", "class", "enum", "actor", "protocol"].contains(keyword) {
                types.insert(name)
            }
        }
        #expect(named.filter { !types.contains($0[...]) } == [])
    }

    @Test func `every alarm of the template has its line, and no other`() throws {
        let alarms = try Project.text("deploy/template.yaml").matches(
            of: /(?m)^  (\w+):\n    Type: AWS::CloudWatch::Alarm$/)
        let lines = try Project.text("docs/operations.md").matches(of: /(?m)^\| `(\w+Alarm)` \|/)
        #expect(!alarms.isEmpty)
        #expect(Set(lines.map(\.output.1)) == Set(alarms.map(\.output.1)))
    }

    @Test func `the findings that a guide speaks of are doctor's`() throws {
        let known = Set(
            try Project.text("docs/doctor.md").matches(of: /(?m)^\| `([a-z-]+)` \|/).map { String($0.output.1) })
        var count = 0
        for path in try Project.files(under: "docs/guides", ending: ".md") {
            let parts = try Project.text(path).components(separatedBy: "## What doctor says\n")
            guard parts.count == 2 else { continue }
            for match in parts[1].matches(of: /`([a-z-]+)(\*?)`/) {
                let (code, rest) = (String(match.output.1), String(match.output.2))
                let isKnown = rest.isEmpty ? known.contains(code) : known.contains { $0.hasPrefix(code) }
                #expect(isKnown, "\(path): \(code)")
                count += 1
            }
        }
        #expect(count > 30)
    }
}
