import Testing

/// A layer names only what lies below it. `docs/architecture.md` says what each of them knows.
@Suite struct ArchitectureTests {
    /// From the lowest up; the folders of one row do not know of each other.
    private static let layers: [[String]] = [
        ["Errors"],
        ["Kernels", "IO"],
        ["Vectors"],
        ["Index", "Scalar"],
        ["Segment"],
        ["Storage"],
        ["Collection"],
        ["Database"],
    ]

    /// Modules of their own, which see the public calls only.
    private static let separateModules = ["CKernels", "CIO", "Tool", "Server", "Client"]

    private static func height(_ layer: String) -> Int? { layers.firstIndex { $0.contains(layer) } }

    private static let engine = SourceTree.files("Engine").filter { !separateModules.contains($0.layer) }

    @Test func everyFolderOfTheEngineIsALayer() {
        #expect(Self.engine.count > 50)
        for file in Self.engine { #expect(Self.height(file.layer) != nil, "\(file.path) lies in no layer") }
    }

    @Test func noLayerNamesOneAboveOrBeside() {
        var layerOfType: [String: String] = [:]
        for file in Self.engine {
            for type in file.declaredTypes { layerOfType[type] = file.layer }
        }
        #expect(layerOfType.count > 100)
        for file in Self.engine {
            for name in file.namedTypes.sorted() {
                guard let layer = layerOfType[name], layer != file.layer else { continue }
                #expect(Self.height(layer)! < Self.height(file.layer)!, "\(file.path) names \(name) of \(layer)")
            }
        }
    }

    @Test func theEngineImportsNoFoundation() {
        let allowed: Set<String> = ["CKernels", "CIO", "Synchronization", "Glibc", "Darwin"]
        for file in Self.engine {
            for module in file.imports.map(\.module) {
                #expect(allowed.contains(module), "\(file.path) imports \(module)")
            }
        }
    }

    @Test func commonDoesNotKnowTheEngine() {
        let files = SourceTree.files("Common")
        #expect(!files.isEmpty)
        for file in files { #expect(!file.imports.contains { $0.module == "Apus" }, "\(file.path)") }
    }

    @Test func programsSeeThePublicCallsOnly() {
        for file in ["Steps", "Engine/Tool", "Engine/Server", "Engine/Client"].flatMap(SourceTree.files) {
            #expect(!file.imports.contains { $0.isTestable }, "\(file.path) imports for tests")
        }
    }

    /// The scan itself: what it takes for a declaration and for the name of a type.
    @Test func theScanFindsNames() {
        let file = SourceFile(
            path: "Engine/IO/x.swift",
            code:
                "@testable import Apus\npublic final class Outer: Base {\n  struct Inner {}\n}\nextension Other.Part {}"
        )
        #expect(file.declaredTypes == ["Outer"])
        #expect(file.namedTypes == ["Apus", "Outer", "Base", "Inner", "Other"])
        #expect(file.imports.map(\.module) == ["Apus"] && file.imports[0].isTestable)
        #expect(file.layer == "IO")
    }
}
