/// What a search relies on, checked before the first.
extension PostingLists {
    /// What keeps these from being the lists of `rowCount` rows; nil if nothing does. O(postings).
    func fault(rowCount: Int) -> String? {
        guard self.rowCount == rowCount else { return "it is of \(self.rowCount) rows, the segment of \(rowCount)" }
        guard totalLength.isFinite, totalLength >= 0 else { return "the length of all rows is \(totalLength)" }
        for row in 0..<lengths.count where !(lengths[row].isFinite && lengths[row] >= 0) {
            return "row \(row) has length \(lengths[row])"
        }
        guard lists.count == dimensions.count + 1, lists[0].firstBlock == 0,
            Int(lists[dimensions.count].firstBlock) == blocks.count
        else { return "the lists do not fill the blocks" }
        for position in 0..<dimensions.count {
            if let fault = faultOfList(position) { return "dimension \(dimensions[position]): \(fault)" }
        }
        return nil
    }

    private func faultOfList(_ position: Int) -> String? {
        if position > 0, dimensions[position - 1] >= dimensions[position] { return "dimensions do not ascend" }
        guard lists[position].firstBlock < lists[position + 1].firstBlock,
            lists[position + 1].firstBlock <= UInt32(blocks.count)
        else { return "it has no blocks" }
        var count = 0
        var nextRow = 0
        for place in blocks(of: position) {
            if let fault = fault(of: blocks[place], from: nextRow) { return "block \(place): \(fault)" }
            count += Int(blocks[place].count)
            nextRow = Int(blocks[place].lastRow) + 1
        }
        return count == Int(lists[position].count) ? nil : "\(lists[position].count) postings instead of \(count)"
    }

    private func fault(of block: PostingBlock, from nextRow: Int) -> String? {
        let count = Int(block.count)
        guard (1...PostingBlock.capacity).contains(count) else { return "\(count) postings" }
        guard [0, 1, 2, 4].contains(block.rowBytes), [0, 1, 4].contains(block.valueBytes) else {
            return "postings of an unknown form"
        }
        guard Int(block.payload) * 4 + block.payloadLength <= payload.count else { return "it ends behind the payload" }
        let reader = PostingReader(block, payload: payload.base)
        guard Int(block.firstRow) >= nextRow, reader.row(0) == block.firstRow, Int(block.lastRow) < rowCount,
            reader.row(count - 1) == block.lastRow
        else { return "rows outside of their place" }
        for index in 0..<count {
            if index > 0, reader.row(index - 1) >= reader.row(index) { return "rows do not ascend" }
            let value = reader.value(index)
            guard value.isFinite, value != 0, lengths.count == 0 || value > 0 else { return "a value of \(value)" }
        }
        return nil
    }
}
