/// What a definition grants: bytes of codes in memory, and bytes of memory for a build.
struct DiskANNBudget {
    /// Bytes of codes for one byte of vectors.
    private let ratio: Double
    /// Bytes of codes, which count before the ratio; zero for no such bound.
    private let codeBytes: Double
    /// Zero for no bound.
    private let buildBytes: Double

    private static let gigabyte = Double(1 << 30)

    init(_ definition: IndexDefinition) {
        ratio = definition.number("pq_code_budget_gb_ratio")
        codeBytes = definition.number("pq_code_budget_gb") * Self.gigabyte
        buildBytes = definition.number("build_dram_budget_gb") * Self.gigabyte
    }

    /// The longest codes within the budget, and 4 bits an element if the budget is less.
    func codes(rowCount: Int, dimension: Int) -> ScalarQuantizer.Kind {
        let elements = Double(max(rowCount, 1)) * Double(dimension)
        switch codeBytes > 0 ? codeBytes * 8 / elements : ratio * 32 {
        case 16...: return .float16
        case 8...: return .sq8
        case 6...: return .sq6
        default: return .sq4
        }
    }

    /// - Throws: `ApusError` if a build takes more than is granted: rows, links with their distances, and blocks.
    func checkBuild(rowCount: Int, layout: DiskANNLayout) throws {
        let bytesEach = layout.dimension * 4 + layout.degree * 8 + layout.blockBytes / layout.nodesPerBlock
        let needed = Double(rowCount) * Double(bytesEach)
        guard buildBytes > 0, needed > buildBytes else { return }
        throw ApusError(
            .invalidArgument,
            "building the index takes \(needed / Self.gigabyte) GiB; raise build_dram_budget_gb, or lower max_degree")
    }
}
