import Testing

@testable import Lesson

/// The code that the documentation shows is the code that runs here.
@Test func theQuickReferenceShowsTheCodeThatRuns() throws {
    let project = ProgressFile.projectFolder()
    let page = try text(project + "/docs/QUICK_REFERENCE.md")
    let example = try text(project + "/Tests/StepTests/QuickReferenceExample.swift")
    let shown = blocks(in: page, from: { $0 == "```swift" }, to: { $0 == "```" })
    let run = blocks(
        in: example, from: { $0.hasPrefix("    // block ") }, to: { $0 == "    // end" }
    ).map { block in block.map { $0.isEmpty ? $0 : String($0.dropFirst(4)) } }
    #expect(!run.isEmpty)
    #expect(shown == run)
}

/// Links from one page of the project to another lead to a page.
@Test(arguments: [
    "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/LEARNING_GUIDE.md", "docs/QUICK_REFERENCE.md",
    "Steps/Step1Basics/README.md", "Steps/Step2CoreFeatures/README.md", "docs/architecture.md",
    "docs/decisions/README.md", "results/README.md",
])
func linksLeadSomewhere(page: String) throws {
    let project = ProgressFile.projectFolder()
    let folder = page.split(separator: "/").dropLast().map { $0 + "/" }.joined()
    let parts = try text(project + "/" + page).split(separator: "](", omittingEmptySubsequences: false)
        .dropFirst()
    let targets = parts.map { $0.prefix { $0 != ")" && $0 != "#" } }
    for target in targets where !target.isEmpty && !target.contains("://") {
        #expect(FolderTree.exists(project + "/" + folder + target), "\(page) leads to \(target)")
    }
}

private func text(_ path: String) throws -> String { try String(decoding: readFile(path), as: UTF8.self) }

private func blocks(
    in text: String, from isStart: (String) -> Bool, to isEnd: (String) -> Bool
) -> [[String]] {
    var blocks: [[String]] = []
    var current: [String]?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
        if let block = current {
            if isEnd(line) {
                blocks.append(block)
                current = nil
            } else {
                current = block + [line]
            }
        } else if isStart(line) {
            current = []
        }
    }
    return blocks
}
