#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A Swift file of this repository.
struct SourceFile {
    /// From the root of the repository.
    let path: String
    /// Without comments and without what is in string literals.
    let code: String

    /// The folder below `Engine`, `Common` and so on that it lies in.
    var layer: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

    /// Modules that the file imports, with attributes before the keyword.
    var imports: [(module: String, isTestable: Bool)] {
        code.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard let place = words.firstIndex(of: "import"), place + 1 < words.count,
                words[..<place].allSatisfy({ $0.hasPrefix("@") || $0 == "public" || $0 == "internal" })
            else { return nil }
            return (String(words[place + 1]), words.contains("@testable"))
        }
    }

    /// Names of the types that the file declares at its outermost level. Nested ones are named through these.
    var declaredTypes: Set<String> {
        let keywords: Set<Substring> = ["struct", "class", "enum", "protocol", "actor", "typealias"]
        var types: Set<String> = []
        var depth = 0
        for line in code.split(separator: "\n") {
            let words = line.split { !($0.isLetter || $0.isNumber || $0 == "_") }
            if depth == 0, let place = words.firstIndex(where: keywords.contains), place + 1 < words.count,
                !words.contains("private"), !words.contains("fileprivate"), words.first != "extension"
            {
                types.insert(String(words[place + 1]))
            }
            depth += line.count { $0 == "{" } - line.count { $0 == "}" }
        }
        return types
    }

    /// Every word of the file that begins with a capital letter and is not a member of something.
    var namedTypes: Set<String> {
        var names: Set<String> = []
        var word = ""
        var isMember = false
        var last: Character = " "
        for character in code + " " {
            if character.isLetter || character.isNumber || character == "_" {
                if word.isEmpty { isMember = last == "." }
                word.append(character)
            } else {
                if word.first?.isUppercase == true, !isMember { names.insert(word) }
                word = ""
            }
            last = character
        }
        return names
    }
}

/// The Swift files below the folders of this repository.
enum SourceTree {
    /// The root of the repository, from the place of this file in it.
    private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    /// The Swift files in a folder and those below, by path; none if there is no such folder.
    static func files(_ folder: String) -> [SourceFile] {
        paths(folder).filter { $0.hasSuffix(".swift") }.sorted().map {
            SourceFile(path: $0, code: strippedCode(content($0)))
        }
    }

    private static func paths(_ folder: String) -> [String] {
        guard let stream = opendir(root + "/" + folder) else { return [] }
        defer { closedir(stream) }
        var found: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard !name.hasPrefix(".") else { continue }
            let path = folder + "/" + name
            found += name.contains(".") ? [path] : paths(path)
        }
        return found
    }

    private static func content(_ path: String) -> String {
        guard let file = fopen(root + "/" + path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The code without line comments and without the words in string literals of one line.
    private static func strippedCode(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var code = ""
            var isText = false
            var last: Character = " "
            for character in line {
                if character == "\"", last != "\\" { isText.toggle() }
                if !isText, last == "/", character == "/" { return String(code.dropLast()) }
                if !isText { code.append(character) }
                last = last == "\\" && character == "\\" ? " " : character
            }
            return code
        }.joined(separator: "\n")
    }
}
