import Apus
import Common
import Lesson

/// Lesson 1.1: the machine, the data, and the straight line from rows to answers.
enum EnvironmentSetup {
    static let lesson = Lesson(
        number: LessonNumber(1, 1), title: "Environment setup",
        claim:
            "With nothing but this folder and the Swift toolchain, real text embeddings are stored, indexed and "
            + "searched: exactly by FLAT, and nearly as well by HNSW for a part of the work.",
        prediction:
            "Of the ten true neighbours of a query, how many will HNSW find with default parameters? And how "
            + "many rows will it look at to find them?",
        what:
            "Each gloss of a dictionary became a vector of 384 numbers by a language model; glosses that mean "
            + "similar things have vectors that point the same way. The collection took the rows in batches, each safe "
            + "on disk before the next began; flush sealed them into files and built the index; load brought both into "
            + "memory. Every query was then answered by comparing it with all rows (FLAT) and by walking a graph of "
            + "neighbours (HNSW).",
        why:
            "FLAT is exact since it leaves nothing out, and its cost grows with the number of rows. HNSW follows links "
            + "to rows that are nearer and nearer, so it looks at a small part of the rows, and sometimes misses one. "
            + "The share of true neighbours found is the recall. An index is good or bad only as a pair of recall and "
            + "speed; one of the two alone says nothing.",
        reading: [
            "docs/LEARNING_GUIDE.md, how the course goes on; docs/architecture.md, what happens in an insert and a search",
            "Malkov and Yashunin 2018, Efficient and robust approximate nearest neighbor search using HNSW graphs",
        ],
        nextTries: [
            "./learn 1.1 --uri my-first-database, which keeps the folder; look at its files",
            "APUS_KERNELS=scalar ./learn 1.1, the same without the vector instructions of the processor",
        ],
        run: run)

    private static func run(_ context: LessonContext) throws {
        try describeMachine(context)
        let texts = try describeData(context)
        let line = try StraightLine(context: context, texts: texts)
        try line.insert()
        let exact = try line.searchExactly()
        let graph = try line.searchByGraph()
        line.showStages()
        line.compare(exact, graph)
        try line.showAnswer()
        try line.close()
    }

    private static func describeMachine(_ context: LessonContext) throws {
        let machine = Machine.current
        let syncs = try DiskSync.latenciesMicroseconds(in: context.folder, count: 20)
        context.section("The machine")
        var table = TextTable(.left(""), .left(""))
        table.add("processor", machine.processor)
        table.add("processors in use", "\(Processors.count)")
        table.add("distance kernels", Processors.kernelVariant)
        table.add("memory", machine.memoryBytes.map { NumberText.bytes(Double($0)) } ?? "unknown")
        table.add("system", "\(machine.kernel), \(machine.architecture)")
        let median = Samples.median(of: syncs) ?? 0
        table.add(
            "making 4 KiB durable", "\(NumberText.short(median)) us, the median of \(syncs.count) syncs")
        context.show(table)
    }

    private static func describeData(_ context: LessonContext) throws -> LoadedTexts {
        context.section("The data")
        let (texts, seconds) = try MonotonicClock.seconds { try context.data.texts() }
        context.say(
            "\(texts.name): \(NumberText.grouped(Double(texts.base.count))) glosses of WordNet 3.0 as vectors of "
                + "\(texts.dimension) numbers, \(texts.queries.count) other glosses as queries; read and checked in "
                + "\(NumberText.duration(seconds)).")
        let first = texts.texts[0]
        context.say("Row 0 is \"\(first.lemma)\" (\(first.partOfSpeech.rawValue)): \(first.gloss)")
        let deviation = (0..<texts.base.count).map { abs(VectorMath.norm(texts.base.row($0)) - 1) }.max() ?? 0
        context.check("every row has a text", expected: texts.base.count, measured: texts.texts.count)
        context.check("vectors have length 1; largest deviation", atMost: Float(0.002), measured: deviation)
        return texts
    }
}
