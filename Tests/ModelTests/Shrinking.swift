/// Leaves out operations, many at a time and then single ones, as long as the rest still fails.
func shrink<Operation>(_ operations: [Operation], fails: ([Operation]) -> Bool) -> [Operation] {
    var kept = operations
    var size = max(1, operations.count / 2)
    while true {
        var start = 0
        while start < kept.count {
            var shorter = kept
            shorter.removeSubrange(start..<min(start + size, kept.count))
            if fails(shorter) { kept = shorter } else { start += size }
        }
        if size == 1 { return kept }
        size = max(1, size / 2)
    }
}
