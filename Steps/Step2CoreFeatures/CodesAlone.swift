import Apus
import Common
import Lesson

/// Compact codes without the full rows that rank their candidates again: the least memory, and what it costs.
struct CodesAlone {
    let context: LessonContext
    let indexed: IndexedTexts

    /// Recall above which codes alone would do, and share of the full rows that they may take.
    private static let (recallCeiling, memoryCeiling) = (0.97, 0.5)

    private struct Measured {
        let type: IndexType
        let recall: Double
        let bytesPerRow: Double
    }

    func run() throws {
        context.section("Codes alone")
        context.say(
            "The types of lists that rank their candidates again by full rows (refine), built without that, and every "
                + "list probed:")
        let measured = try types.map(measure)
        var table = TextTable(.left("index"), .right("bytes/row"), .right("recall, all lists probed"))
        for one in measured {
            table.add(one.type.rawValue, NumberText.grouped(one.bytesPerRow), NumberText.fixed(one.recall, 3))
        }
        context.show(table)
        context.check("types that were built so", atLeast: 1, measured: measured.count)
        for one in measured {
            context.check(
                "\(one.type.rawValue) without refine keeps codes only: share of the full rows",
                atMost: Self.memoryCeiling,
                measured: one.bytesPerRow * Double(indexed.collection.count) / Double(indexed.rowBytes))
            context.check(
                "\(one.type.rawValue) without refine misses some, whatever the effort: recall",
                atMost: Self.recallCeiling, measured: one.recall)
        }
    }

    /// The types of lists that can be built with and without refine.
    private var types: [IndexType] {
        indexed.suitableTypes.filter { type in
            type.buildParameters.contains { $0.name == "refine" }
                && type.searchParameters.contains { $0.name == "nprobe" }
        }
    }

    private func measure(_ type: IndexType) throws -> Measured {
        var parameters = IndexChoices.parameters(
            type, rows: indexed.collection.count, dimension: indexed.texts.dimension)
        parameters["refine"] = false
        let definition = try IndexDefinition(type, metric: IndexedTexts.metric, parameters: parameters)
        let build = try indexed.build(definition)
        let outcome = try indexed.texts.search(
            indexed.collection, parameters: ["nprobe": parameters["nlist"] ?? 1])
        return Measured(
            type: type, recall: outcome.recall.mean,
            bytesPerRow: Double(build.memoryBytes) / Double(indexed.collection.count))
    }
}
