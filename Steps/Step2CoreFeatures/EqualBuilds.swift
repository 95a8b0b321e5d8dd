import Apus
import Common
import Lesson

/// The same rows and the same definition, built by one thread and by three: the bytes must be the same.
struct EqualBuilds {
    let context: LessonContext
    let texts: LoadedTexts

    private static let rowCount = 1_000
    private static let threadCounts = [1, 3]

    func run() throws {
        context.section("Equal builds")
        var digests: [IndexType: Set<[String]>] = [:]
        for threads in Self.threadCounts {
            let indexed = try IndexedTexts(
                texts, rows: Self.rowCount, folder: context.databaseFolder("threads-\(threads)"),
                options: DatabaseOptions(buildThreads: threads))
            for type in indexed.suitableTypes {
                _ = try indexed.build(indexed.definition(type))
                let found = try indexed.digests()
                if !found.isEmpty { digests[type, default: []].insert(found) }
            }
            try indexed.close()
        }
        var table = TextTable(.left("index"), .left("digest with 1 thread and with 3"))
        for type in IndexType.allCases {
            guard let found = digests[type] else { continue }
            table.add(type.rawValue, found.map { $0.joined(separator: ", ") }.sorted().joined(separator: " and "))
        }
        context.show(table)
        context.say(
            "The first \(Self.rowCount) rows. FLAT has no file: it is the rows. A digest is a hash of all bytes of an "
                + "index, so two machines can tell whether they hold the same one.")
        context.check(
            "types whose digest does not depend on the threads", expected: digests.count,
            measured: digests.values.count { $0.count == 1 })
        context.check("types with a digest", atLeast: 8, measured: digests.count)
    }
}
