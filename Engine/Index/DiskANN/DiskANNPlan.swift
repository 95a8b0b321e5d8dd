/// Chooses between a walk and a scan of the codes of all permitted nodes, by what each costs in distances by code.
struct DiskANNPlan {
    /// Whether to scan.
    let scans: Bool
    /// A walk that has expanded more nodes than this would have done better to scan.
    let expansionsAtMost: Int

    /// What a read costs in distances by code: some ten microseconds of a disk that does 100,000 a second, against
    /// twenty nanoseconds.
    private static let distancesPerRead = 500.0

    /// With p permitted nodes of n, a walk expands about n / p nodes for each candidate, a scan reads its list.
    init(navigator: DiskANNNavigator, task: DiskANNWalk.Task) {
        let nodeCount = Double(navigator.layout.nodeCount)
        let permitted = Double(task.permitted?.count ?? navigator.rowCount)
        let scan = permitted + Double(Self.scanList(task)) * Self.distancesPerRead
        let walk = Double(task.searchList) * Self.distancesPerRead * nodeCount / max(permitted, 1)
        scans = scan <= walk
        let isFiltered = permitted < Double(navigator.rowCount)
        expansionsAtMost = isFiltered ? Int(2 * scan / Self.distancesPerRead) + task.searchList : .max
    }

    /// Nodes that are read after a scan: more than those of a walk, which comes by more than its candidates. If fewer
    /// are permitted, all are read, and the answer is exact.
    static func scanList(_ task: DiskANNWalk.Task) -> Int { 2 * task.searchList }
}
