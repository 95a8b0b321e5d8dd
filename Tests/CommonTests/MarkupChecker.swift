/// Checks that markup is well formed: every element is closed in order, attributes are quoted and not repeated, and
/// no bare ampersand stands in the text.
struct MarkupChecker {
    private(set) var texts: [String] = []
    private(set) var identifiers: [String] = []
    private(set) var problems: [String] = []

    init(_ markup: String) {
        var open: [String] = []
        for piece in markup.split(separator: "<", omittingEmptySubsequences: false).dropFirst() {
            guard !piece.hasPrefix("!DOCTYPE") else { continue }
            guard let end = piece.firstIndex(of: ">") else {
                problems.append("unclosed tag: \(piece.prefix(40))")
                continue
            }
            let tag = piece[..<end]
            if open.last != "style" || tag.hasPrefix("/") { checkText(piece[piece.index(after: end)...]) }
            if tag.hasPrefix("/") {
                if open.popLast() != String(tag.dropFirst()) {
                    problems.append("closed out of order: \(tag)")
                }
            } else {
                checkAttributes(of: tag)
                if !tag.hasSuffix("/") { open.append(String(tag.prefix { $0 != " " })) }
            }
        }
        if !open.isEmpty { problems.append("left open: \(open)") }
    }

    private mutating func checkText(_ text: Substring) {
        texts.append(String(text))
        for (index, part) in text.split(separator: "&", omittingEmptySubsequences: false).enumerated()
        where index > 0 {
            let isEntity = ["amp;", "lt;", "gt;", "quot;", "#39;"].contains { part.hasPrefix($0) }
            if !isEntity { problems.append("bare ampersand: \(part.prefix(20))") }
        }
    }

    private mutating func checkAttributes(of tag: Substring) {
        let quotes = tag.count { $0 == "\"" }
        if quotes % 2 != 0 { problems.append("unbalanced quotes: \(tag)") }
        var names: [Substring] = []
        for (index, part) in tag.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
            guard index % 2 == 0, part.hasSuffix("=") else {
                if index % 2 == 1, names.last == "id" { identifiers.append(String(part)) }
                continue
            }
            names.append(part.dropLast().split(separator: " ").last ?? "")
        }
        if Set(names).count != names.count { problems.append("attribute twice: \(tag)") }
    }
}
