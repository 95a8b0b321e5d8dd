@testable import Apus

/// The scripted life of a folder: every kind of call, each of which may be the last.
enum CrashWorkload {
    static func steps() throws -> [CrashStep] {
        let graph = try IndexDefinition(.hnsw, metric: .l2, parameters: ["M": 4, "efConstruction": 20])
        return growth(graph) + (try indexing()) + (try ending())
    }

    private static func growth(_ graph: IndexDefinition) -> [CrashStep] {
        [
            .create("a", graph),
            .insert("a", Array(0..<20)),
            .insert("a", Array(20..<30)),
            .upsert("a", Array(5..<10), 1),
            .delete("a", [3, 7, 25]),
            .maintain("a", "flush") { try $0.flush() },
            .insert("a", Array(30..<40)),
            .upsert("a", [0, 1, 35], 2),
            .delete("a", [2, 31]),
            .maintain("a", "flush") { try $0.flush() },
            .maintain("a", "load") { try $0.load() },
            .delete("a", [4]),
            .maintain("a", "compact") { try $0.compact() },
            .upsert("a", [4, 6, 36], 3),
        ]
    }

    private static func indexing() throws -> [CrashStep] {
        [
            .createIndex("a", try IndexDefinition(.flat, metric: .cosine)),
            .create("b", try IndexDefinition(.flat, metric: .innerProduct)),
            .insert("b", Array(0..<5)),
            .createIndex("a", try IndexDefinition(.hnsw, metric: .innerProduct, parameters: ["M": 3])),
            .upsert("b", [2, 3, 9], 1),
            .rename("b", to: "c"),
            .maintain("a", "release") { try $0.release() },
            .insert("a", [40, 41]),
            .reopen,
        ]
    }

    private static func ending() throws -> [CrashStep] {
        [
            .insert("a", [42]),
            .delete("a", [42, 40, 10]),
            .maintain("a", "flush") { try $0.flush() },
            .drop("c"),
            .dropIndex("a"),
            .createDatabase("other"),
            .delete("a", Array(0..<50)),
            .maintain("a", "compact") { try $0.compact() },
            .insert("a", [1, 2], 4),
            .reopen,
            .insert("a", [3], 4),
        ]
    }
}
