import Apus
import Common
import Lesson

/// Searches of tenants whose rows a partition key divides: what they look at, and that they do not see one another.
struct TenantSearches {
    let context: LessonContext
    let texts: LoadedTexts

    private static let watchedCount = 5

    func run() throws {
        context.section("A partition key: tenants")
        let tenants = Tenants(texts)
        let database = try Database.open(at: context.databaseFolder("tenants"))
        let index = try IndexChoices.definition(
            .hnsw, metric: LabelledTexts.metric, rows: texts.base.count, dimension: texts.dimension)
        let keyed = try tenants.collection("keyed", in: database, isKey: true, index: index)
        let plain = try tenants.collection("plain", in: database, isKey: false, index: index)
        try prune(tenants, keyed, plain)
        try isolate(tenants, keyed)
        try refuse(keyed)
        try database.close()
    }

    /// The smallest, the largest and some between.
    private func watched(_ tenants: Tenants) -> [(name: String, rows: [Int])] {
        let all = tenants.bySize.filter { $0.rows.count >= LessonData.k }
        return (0..<Self.watchedCount).map { all[$0 * (all.count - 1) / (Self.watchedCount - 1)] }
    }

    private func prune(_ tenants: Tenants, _ keyed: Apus.Collection, _ plain: Apus.Collection) throws {
        var table = TextTable(
            .left("tenant"), .right("rows"), .right("rows looked among: key"), .right("filter alone"),
            .right("recall: key"), .right("filter alone"))
        var worst = (share: 0.0, recall: 1.0)
        for tenant in watched(tenants) {
            let (byKey, byFilter) = (
                try keyed.search(tenants.request(tenant.name)), try plain.search(tenants.request(tenant.name))
            )
            let recalls = (recall(byKey, tenant.rows), recall(byFilter, tenant.rows))
            table.add(
                tenant.name, "\(tenant.rows.count)", "\(byKey.statistics.liveRows)",
                "\(byFilter.statistics.liveRows)", NumberText.fixed(recalls.0, 3), NumberText.fixed(recalls.1, 3))
            let share = Double(byKey.statistics.liveRows) / Double(byFilter.statistics.liveRows)
            worst = (max(worst.share, share), min(worst.recall, recalls.0))
        }
        context.show(table)
        context.say(
            "\(Set(tenants.names).count) tenants are hashed into \(Tenants.partitionCount) partitions; those that share one "
                + "are told apart by the filter.")
        context.check(
            "largest share of the rows that a tenant's search looks among", atMost: 0.4, measured: worst.share)
        context.check("smallest recall of a tenant", atLeast: 0.95, measured: worst.recall)
    }

    private func recall(_ result: SearchResult, _ rows: [Int]) -> Double {
        let truth = GroundTruth.exact(
            base: VectorSet(rows: rows.map { texts.base[$0] }), queries: texts.queries,
            distance: RealTexts.distance, k: min(LessonData.k, rows.count))
        let recalls = result.hits.enumerated().map { query, hits in
            let wanted = Set(truth.ids.row(query).map { Int64(rows[Int($0)]) })
            let found = hits.count { hit in wanted.contains { .integer($0) == hit.primaryKey } }
            return Double(found) / Double(wanted.count)
        }
        return Samples.mean(of: recalls) ?? 0
    }

    /// One tenant is searched before and after another one doubles with copies of its rows, and goes.
    private func isolate(_ tenants: Tenants, _ keyed: Apus.Collection) throws {
        context.section("Isolation")
        let all = tenants.bySize.filter { $0.rows.count >= LessonData.k }
        let (own, other) = (all[all.count / 2], all[all.count - 1])
        let before = try keyed.search(tenants.request(own.name))
        let copies = tenants.columns(own.rows, tenant: other.name, firstKey: texts.base.count)
        try keyed.insert(copies)
        let grown = try keyed.search(tenants.request(own.name))
        try keyed.flush()
        let sealed = try keyed.search(tenants.request(own.name))
        try keyed.delete(keys: own.rows.map { .integer(Int64(texts.base.count + $0)) })
        try keyed.delete(keys: other.rows.map { .integer(Int64($0)) })
        let shrunk = try keyed.search(tenants.request(own.name))
        context.say(
            "Tenant \(own.name) has \(own.rows.count) rows. Tenant \(other.name) inserts the same vectors as rows of its "
                + "own, and then deletes all it has.")
        let names = Set(own.rows.map { PrimaryKey.integer(Int64($0)) })
        let foreign = [before, grown, sealed, shrunk].reduce(0) { sum, result in
            sum + result.hits.joined().count { !names.contains($0.primaryKey) }
        }
        context.check("hits that belong to another tenant", expected: 0, measured: foreign)
        for (name, result) in [
            ("while the other grows", grown), ("once that is sealed", sealed), ("after it went", shrunk),
        ] {
            context.check(
                "queries with the same hits and scores \(name)", expected: before.hits.count,
                measured: zip(before.hits, result.hits).count { $0 == $1 })
        }
    }

    private func refuse(_ keyed: Apus.Collection) throws {
        let refusal = Refusal.of { try keyed.createPartition("mine") }
        context.check("naming partitions beside a key is refused", expected: .invalidArgument, measured: refusal.code)
        context.output.paragraph("the engine: \(refusal.message)", indent: 10, hanging: 2)
    }
}
