import Testing

@testable import Common

@Suite struct RealTextsTests {
    private let folder = ScratchFolder()

    @Test func theShippedDataIsWholeAndItsNeighborsAreExact() throws {
        let texts = try RealTexts.load()
        #expect(texts.base.count == 20_000)
        #expect(texts.base.dimension == 384)
        #expect(texts.queries.count == 500)
        #expect(texts.texts.count == 20_000 && texts.queryTexts.count == 500)
        #expect(texts.texts[0].lemma == "conditioner")
        #expect(texts.queryTexts[2].partOfSpeech == .verb)
        for row in 0..<50 { #expect(abs(VectorMath.norm(texts.base.row(row)) - 1) < 1e-3) }
        let neighbors = try #require(texts.neighbors)
        let someQueries = texts.queries.prefix(8)
        let computed = GroundTruth.exact(
            base: texts.base, queries: someQueries, distance: .innerProduct, k: 100)
        let recall = Recall.perQuery(
            found: (0..<8).map { Array(neighbors.ids.row($0)) }, truth: computed, base: texts.base,
            queries: someQueries, distance: .innerProduct, k: 100)
        #expect(recall == [Double](repeating: 1, count: 8))
        #expect(texts.exactNeighbors(k: 10).ids == neighbors.ids.narrowed(to: 10))
    }

    @Test func aPartHasTruthOfItsOwn() throws {
        let part = try RealTexts.load(rows: 300)
        #expect(part.base.count == 300 && part.texts.count == 300 && part.queries.count == 500)
        #expect(part.neighbors == nil)
        #expect(part.name == "wordnet-20k-first-300")
        #expect(part.exactNeighbors(k: 5).ids.ids.allSatisfy { $0 < 300 })
    }

    @Test func aMissingSetSaysWhereItLooked() {
        let places = [folder.path + "/one", folder.path + "/two"]
        let error = #expect(throws: DataError.self) { try DataSets.folder("nothing", in: places) }
        #expect(error?.check == .located)
        for place in places { #expect(error?.description.contains(place + "/nothing") == true) }
        #expect(error?.description.contains(DataSets.environmentVariable) == true)
    }

    @Test(arguments: [
        ("0\tnoun\ta\n", 1), ("1\tnoun\ta\tb\n", 1), ("0\tpronoun\ta\tb\n", 1), ("0\tnoun\t\tb\n", 1),
        ("0\tnoun\ta\tb\n5\tverb\tc\td\n", 2),
    ])
    func badTextRowsAreNamed(text: String, rows: Int) {
        let path = folder.file("texts.tsv", text: text)
        expectFailure(.textRow, place: .line(rows)) {
            _ = try GlossFile.read(path, rows: rows, keeping: rows)
        }
    }

    @Test func textsMustMatchVectorsAndBeUTF8() {
        let path = folder.file("count.tsv", text: "0\tnoun\ta\tb\n")
        expectFailure(.matchingRows) { _ = try GlossFile.read(path, rows: 2, keeping: 2) }
        let broken = folder.file("utf.tsv", bytes: Array("0\tnoun\ta\t".utf8) + [0xFF, 10])
        expectFailure(.textRow) { _ = try GlossFile.read(broken, rows: 1, keeping: 1) }
        expectFailure(.readable) { _ = try GlossFile.read(folder.path + "/none", rows: 1, keeping: 1) }
    }
}
