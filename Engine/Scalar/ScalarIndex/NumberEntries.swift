/// The code of a value, and a row that has it.
struct NumberEntry: BitwiseCopyable {
    let code: UInt64
    let row: UInt32
}

/// Entries of numbers in the order of their rows, and their sorting into groups.
struct NumberEntries {
    let order: NumberOrder
    private(set) var entries: [NumberEntry] = []

    init(order: NumberOrder, reservingCapacity count: Int = 0) {
        self.order = order
        entries.reserveCapacity(count)
    }

    /// - Parameter row: not below those before.
    mutating func append(_ code: UInt64, row: Int) {
        entries.append(NumberEntry(code: code, row: UInt32(row)))
    }

    /// The distinct values in order, and the rows of each.
    consuming func grouped() -> (values: SortedNumbers, groups: RowGroups) {
        RadixSort.sort(&entries)
        var codes: [UInt64] = []
        var starts: [Int] = []
        var rows: [UInt32] = []
        rows.reserveCapacity(entries.count)
        for entry in entries {
            if codes.last != entry.code {
                codes.append(entry.code)
                starts.append(rows.count)
            } else if rows.last == entry.row {
                continue
            }
            rows.append(entry.row)
        }
        starts.append(rows.count)
        return (SortedNumbers(codes, order: order), RowGroups(starts: starts, rows: rows))
    }
}

/// Sorting by digits of a byte, the lowest first (Seward 1954). Stable; digits that all entries share cost one look.
/// O(8 n) at most.
enum RadixSort {
    static func sort(_ entries: inout [NumberEntry]) {
        guard let first = entries.first else { return }
        // Bits in which any code differs from the first.
        let differing = entries.reduce(0 as UInt64) { $0 | ($1.code ^ first.code) }
        var other = entries
        for shift in stride(from: UInt64(0), to: 64, by: 8) where (differing >> shift) & 0xFF != 0 {
            distribute(entries, by: shift, into: &other)
            swap(&entries, &other)
        }
    }

    /// Copies the entries in the order of one digit, equal ones as they stand.
    private static func distribute(_ entries: [NumberEntry], by shift: UInt64, into target: inout [NumberEntry]) {
        var places = [Int](repeating: 0, count: 257)
        entries.withUnsafeBufferPointer { entries in
            for entry in entries { places[Int((entry.code >> shift) & 0xFF) + 1] += 1 }
            for digit in 1..<257 { places[digit] += places[digit - 1] }
            target.withUnsafeMutableBufferPointer { target in
                for entry in entries {
                    let digit = Int((entry.code >> shift) & 0xFF)
                    target[places[digit]] = entry
                    places[digit] += 1
                }
            }
        }
    }
}
