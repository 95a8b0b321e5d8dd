import Testing

@testable import Common

@Suite struct CommandLineTests {
    private let options = CommandLineOptions(
        program: "apus bench", summary: "Measures indexes.",
        flags: [
            CommandLineFlag("base", .required(placeholder: "FILE"), help: "The rows."),
            CommandLineFlag("index", .repeated(placeholder: "SPEC"), help: "What to build."),
            CommandLineFlag("k", .value(placeholder: "N", defaultValue: "10"), help: "Neighbours."),
            CommandLineFlag("json", .value(placeholder: "FILE", defaultValue: nil), help: "Where to write."),
            CommandLineFlag(
                "metric", .value(placeholder: "L2|IP|COSINE", defaultValue: "L2"), help: "Metric."),
            CommandLineFlag("quick", .presence, help: "Less data."),
        ])

    private func parsed(_ arguments: String...) throws -> ParsedArguments {
        guard case .arguments(let result) = try options.parse(arguments) else {
            throw UsageError("help was not asked for")
        }
        return result
    }

    private func usage(_ arguments: String...) -> String {
        #expect(throws: UsageError.self) { try options.parse(arguments) }?.description ?? ""
    }

    @Test func bothSpellingsAndDefaults() throws {
        let result = try parsed(
            "--base", "a.fbin", "--index=HNSW(M=16)", "--index", "FLAT", "--quick", "--k=-5")
        #expect(result.string("base") == "a.fbin")
        #expect(result.strings("index") == ["HNSW(M=16)", "FLAT"])
        #expect(result.isPresent("quick"))
        #expect(try result.integer("k") == -5)
        #expect(result.string("json") == nil)
        #expect(try result.choice("metric", of: Distance.self) == .squaredL2)
        let plain = try parsed("--base=x", "--k", "3", "--k", "4")
        #expect(try plain.integer("k") == 4)
        #expect(!plain.isPresent("quick"))
        #expect(plain.strings("index").isEmpty)
        #expect(try parsed("--base=x").number("k") == 10)
        #expect(try parsed("--base=a=b", "--json", "").string("base") == "a=b")
    }

    @Test func wrongUsageIsNamed() throws {
        #expect(usage("--bse", "x").contains("did you mean --base?"))
        #expect(usage("--entirely-different", "x").contains("--help"))
        #expect(usage("--k", "3").contains("--base FILE is missing"))
        #expect(usage("--base").contains("needs a value"))
        #expect(usage("--base", "--quick").contains("needs a value"))
        #expect(usage("--base=x", "--quick=yes").contains("takes no value"))
        #expect(usage("--base=x", "stray").contains("'stray'"))
        let result = try parsed("--base=x", "--k=ten", "--metric=L1")
        #expect(throws: UsageError.self) { try result.integer("k") }
        #expect(throws: UsageError.self) { try result.number("k") }
        #expect(throws: UsageError.self) { try result.choice("metric", of: Distance.self) }
        #expect(throws: UsageError.self) { try parsed("--base=x", "--k=0").integer("k", in: 1...100) }
    }

    @Test func positionalsWhereDeclared() throws {
        let copy = CommandLineOptions(
            program: "p", summary: "", flags: [CommandLineFlag("v", .presence, help: "")],
            positional: "FILE...")
        guard case .arguments(let result) = try copy.parse(["a", "--v", "-", "--", "--b"]) else {
            throw UsageError("help was not asked for")
        }
        #expect(result.positionals == ["a", "-", "--b"])
    }

    @Test func helpListsDefaults() throws {
        for flag in ["--help", "-h"] {
            guard case .help(let text) = try options.parse(["--k", "5", flag]) else {
                throw UsageError("help was asked for")
            }
            #expect(text.contains("(default: 10)"))
            #expect(text.contains("(required)"))
            #expect(text.contains("(may be repeated)"))
            #expect(text.contains("Usage: apus bench [flags]"))
            #expect(text.contains("0 good, 1 failed check or regression, 2 wrong usage"))
        }
    }

    @Test func indexSpecifications() throws {
        let index = try parseIndexSpecification(" HNSW( M=16, efConstruction = 200 ) ")
        #expect(index.type == "HNSW")
        #expect(index.parameters.dictionary == ["M": "16", "efConstruction": "200"])
        #expect(index.description == "HNSW(M=16,efConstruction=200)")
        #expect(try index.parameters.json.text() == #"{"M":16,"efConstruction":200}"#)
        #expect(ParameterList(json: index.parameters.json) == index.parameters)
        #expect(try parseIndexSpecification("FLAT").parameters.isEmpty)
        #expect(try parseIndexSpecification("FLAT()").parameters.isEmpty)
        for text in ["", "(M=1)", "A(M", "A(M)", "A(M=)", "A(=1)", "A(M=1,)", "A(M=1,M=2)", "A B", "A(M=1)x"] {
            #expect(throws: UsageError.self, "\(text)") { try parseIndexSpecification(text) }
        }
    }

    @Test func searchGrids() throws {
        let grid = try parseSearchGrid("nprobe=8,16  reorder_k=50,100")
        #expect(
            grid.map(\.description) == [
                "nprobe=8,reorder_k=50", "nprobe=8,reorder_k=100", "nprobe=16,reorder_k=50",
                "nprobe=16,reorder_k=100",
            ])
        #expect(try parseSearchGrid("") == [ParameterList()])
        #expect(try parseSearchGrid("targetRecall=0.9").first?["targetRecall"] == "0.9")
        for text in ["ef", "ef=", "ef=1,,2", "=3", "ef=1 ef=2"] {
            #expect(throws: UsageError.self, "\(text)") { try parseSearchGrid(text) }
        }
    }

    @Test func editDistances() {
        #expect(EditDistance.between("kitten", "sitting") == 3)
        #expect(EditDistance.between("", "abc") == 3)
        #expect(EditDistance.between("same", "same") == 0)
    }
}
