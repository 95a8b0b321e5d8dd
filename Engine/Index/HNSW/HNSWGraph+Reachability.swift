extension HNSWGraph {
    /// Rows that have links of their own: all but the members of duplicate groups. Ascending.
    var linkedRows: [UInt32] {
        var isMember = RowSet(capacity: rowCount)
        for row in duplicates.members { isMember.insert(Int(row)) }
        return (0..<rowCount).filter { !isMember.contains($0) }.map { UInt32($0) }
    }

    /// Rows that no path of level 0 reaches from the entry row. Zero in a built graph. O(rows x M).
    var unreachableCount: Int {
        let linked = linkedRows
        guard !linked.isEmpty else { return 0 }
        let links = links(level: 0)
        var reached = RowSet(capacity: rowCount)
        reached.insert(Int(entryRow))
        var front = [entryRow]
        while let row = front.popLast() {
            let block = links.block(of: row)
            for index in 0..<links.count(in: block) where reached.insert(Int(block[index])) {
                front.append(block[index])
            }
        }
        return linked.count - reached.count
    }
}
