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
                #expect(try Links.problem(of: link, in: path) == nil, "\(path)")
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
}
