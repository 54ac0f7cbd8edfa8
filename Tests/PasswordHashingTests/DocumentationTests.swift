import Foundation
import PasswordHashing
import Reports
import Testing

struct DocumentationTests {
    @Test func `the page of schemes is what the table says`() throws {
        let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = project.appending(path: "docs/password-hashes.md")
        let page = PasswordSchemesPage.markdown()
        if ProcessInfo.processInfo.environment["RECORD_DOCS"] != nil {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(page.utf8).write(to: file)
            Issue.record("recorded: look at the difference, and run it again without RECORD_DOCS")
            return
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == page, "RECORD_DOCS=1 writes it again")
    }
}
