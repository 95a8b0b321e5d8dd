import Common
import TestSupport
import Testing

@testable import ApusTool

@Suite struct GenerateTests {
    @Test(arguments: ["uniform", "clustered", "text", "image"])
    func theSameSeedGivesTheSameBytes(kind: String) throws {
        let folder = TemporaryFolder()
        func generate(_ seed: String, _ name: String) throws -> VectorSet {
            let path = "\(folder.path)/\(name).fbin"
            let run = ToolRun(
                "generate", "--kind", kind, "--rows", "50", "--dimension", "16", "--seed", seed, "--out", path
            )
            #expect(run.exitCode == .success, "\(run.error)")
            #expect(run.output.contains("50 x 16"))
            return try VectorFile.read(path)
        }
        let first = try generate("3", "a")
        #expect(try generate("3", "b") == first)
        #expect(try generate("4", "c") != first)
    }

    @Test func neighboursAreExact() throws {
        let data = SmallData()
        let base = try VectorFile.read(data.base)
        let queries = try VectorFile.read(data.queries)
        let written = try NeighborFile.read(data.neighbors, baseCount: base.count, queries: queries.count)
        for query in 0..<queries.count {
            let distances = (0..<base.count).map {
                Distance.squaredL2.between(base, row: $0, queries, query: query)
            }
            let nearest = distances.indices.min { distances[$0] < distances[$1] }
            #expect(Int(written.ids.row(query).first!) == nearest, "seed \(SmallData.seed), query \(query)")
        }
    }
}
