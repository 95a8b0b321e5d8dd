import Apus
import Common
import Lesson

/// Every type that suits the embeddings: what it takes to build and to keep, and what it does at the same recall.
struct IndexTradeOffs {
    let context: LessonContext
    let indexed: IndexedTexts

    /// The recall that efforts are chosen for.
    private static let recall = 0.95
    /// What must be left of it on other queries.
    private static let recallFloor = 0.92
    private static let passes = 3
    /// Types for dense vectors that the engine has had since its index family came.
    private static let leastTypes = 11

    private struct Measured {
        let type: IndexType
        let given: Parameters
        let build: IndexedTexts.Build
        let effort: Parameters
        let outcome: SearchOutcome
    }

    func run() throws {
        context.section("Every index type that suits the embeddings")
        context.say(
            "\(NumberText.grouped(Double(indexed.collection.count))) rows of \(indexed.texts.dimension) numbers, "
                + "\(NumberText.bytes(Double(indexed.rowBytes))) in full; built on \(Processors.count) processors. Seconds "
                + "depend on the machine and on what else it does, processor seconds less so.")
        let measured = try indexed.suitableTypes.map(measure)
        showBuilds(measured)
        showSearches(measured)
        draw(measured)
        check(measured)
    }

    private func measure(_ type: IndexType) throws -> Measured {
        let definition = try indexed.definition(type)
        let build = try indexed.build(definition)
        let effort = try Effort.least(
            for: Self.recall, definition, indexed.collection, indexed.texts.forChoosing)
        let outcome = try indexed.texts.forMeasuring.search(
            indexed.collection, parameters: effort, passes: Self.passes)
        let given = IndexChoices.parameters(
            type, rows: indexed.collection.count, dimension: indexed.texts.dimension)
        return Measured(type: type, given: given, build: build, effort: effort, outcome: outcome)
    }

    // MARK: Showing

    private func showBuilds(_ measured: [Measured]) {
        var table = TextTable(
            .left("index"), .right("seconds"), .right("processor s"), .right("in memory"), .right("bytes/row"),
            .right("index file"), .left("built with"))
        let rows = Double(indexed.collection.count)
        for one in measured {
            table.add(
                one.type.rawValue, NumberText.fixed(one.build.seconds, 2),
                NumberText.fixed(one.build.processorSeconds, 2), NumberText.bytes(Double(one.build.memoryBytes)),
                NumberText.grouped(Double(one.build.memoryBytes) / rows),
                one.build.fileBytes > 0 ? NumberText.bytes(Double(one.build.fileBytes)) : "none",
                TextWrap.shortened(one.given.isEmpty ? "defaults" : one.given.text, to: 24))
        }
        context.show(table)
    }

    private func showSearches(_ measured: [Measured]) {
        context.section("Search at the same recall")
        context.say(
            "The least effort that finds \(NumberText.fixed(Self.recall, 2)) of the true neighbours on one half of the "
                + "queries, measured on the other half, one query at a time.")
        var table = TextTable(
            .left("index"), .left("effort"), .right("recall"), .right("queries/s"), .right("distances/query"))
        for one in measured {
            table.add(
                one.type.rawValue, one.effort.isEmpty ? "all rows" : one.effort.text,
                NumberText.fixed(one.outcome.recall.mean, 3), NumberText.short(one.outcome.queriesPerSecond),
                NumberText.grouped(one.outcome.distancesPerQuery))
        }
        context.show(table)
        context.say(
            "A distance to a code is cheaper than one to a full row, so the last column compares types that look at the "
                + "same thing.")
    }

    private func draw(_ measured: [Measured]) {
        context.section("Memory in bytes a row, and queries per second")
        let rows = Double(indexed.collection.count)
        var memory = TextBars()
        var speed = TextBars()
        for one in measured {
            let bytes = Double(one.build.memoryBytes) / rows
            memory.add(one.type.rawValue, bytes, text: NumberText.grouped(bytes))
            speed.add(
                one.type.rawValue, one.outcome.queriesPerSecond,
                text: NumberText.short(one.outcome.queriesPerSecond))
        }
        for line in memory.lines(indent: 4) { context.output.line(line) }
        context.output.line()
        for line in speed.lines(indent: 4) { context.output.line(line) }
    }

    // MARK: Checking

    private func check(_ measured: [Measured]) {
        context.check("index types that were built", atLeast: Self.leastTypes, measured: measured.count)
        for one in measured where one.type == .flat {
            context.check("FLAT finds all: recall", expected: 1.0, measured: one.outcome.recall.mean)
            context.check(
                "FLAT computes a distance to every row", expected: Double(indexed.collection.count),
                measured: one.outcome.distancesPerQuery)
        }
        for one in measured where one.type != .flat {
            context.check(
                "\(one.type.rawValue): recall on queries that it was not chosen with", atLeast: Self.recallFloor,
                measured: one.outcome.recall.mean)
        }
        for one in measured where IndexChoices.isCompact(one.type) {
            context.check(
                "\(one.type.rawValue) keeps less than the full rows: share", atMost: 0.75,
                measured: Double(one.build.memoryBytes) / Double(indexed.rowBytes))
        }
        for one in measured where one.type == .hnsw || one.type == .ivfFlat {
            context.check(
                "\(one.type.rawValue) looks at fewer rows than FLAT: share", atMost: 0.6,
                measured: one.outcome.distancesPerQuery / Double(indexed.collection.count))
        }
    }
}
