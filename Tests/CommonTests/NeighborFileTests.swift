import Testing

@testable import Common

@Suite struct NeighborFileTests {
    private let folder = ScratchFolder()
    private let ids = IntegerSet(width: 2, ids: [4, 1, 0, 3])
    private let distances = VectorSet(rows: [[0.5, 0.75], [0, 2]])

    @Test func bothBlocksComeBack() throws {
        let path = folder.file("truth.bin")
        try NeighborFile.write(Neighbors(ids: ids, distances: distances), to: path)
        let expected =
            littleEndian(UInt32(2), UInt32(2)) + littleEndian(Int32(4), 1, 0, 3) + floatBytes(0.5, 0.75, 0, 2)
        #expect(TextFile.bytes(path) == expected)
        #expect(
            try NeighborFile.read(path, baseCount: 5, queries: 2) == Neighbors(ids: ids, distances: distances)
        )
    }

    @Test func idsAloneComeBackFromEveryFormat() throws {
        for name in ["n.ivecs", "n.ibin", "n.npy"] {
            let path = folder.file(name)
            try VectorFile.write(ids, to: path)
            #expect(try NeighborFile.read(path, baseCount: 5) == Neighbors(ids: ids))
        }
    }

    @Test func damageIsNamed() throws {
        let path = folder.file("bad.ibin")
        func write(_ ids: [Int32], _ distances: [Float]?) throws {
            let set = distances.map { VectorSet(dimension: 2, values: $0) }
            try NeighborFile.write(Neighbors(ids: IntegerSet(width: 2, ids: ids), distances: set), to: path)
        }
        func read() throws { _ = try NeighborFile.read(path, baseCount: 5) }
        try write([4, 1, 0, 5], nil)
        expectFailure(.idRange, place: .cell(row: 1, column: 1), read)
        try write([-1, 1, 0, 4], nil)
        expectFailure(.idRange, place: .cell(row: 0, column: 0), read)
        try write([4, 1, 2, 2], nil)
        expectFailure(.distinctIDs, place: .row(1), read)
        try write([4, 1, 0, 3], [1, 2, 4, 3])
        expectFailure(.truthOrder, place: .cell(row: 1, column: 1), read)
        try write([4, 1, 0, 3], [2, 1, 4, 3])
        try read()
        expectFailure(.matchingRows) { _ = try NeighborFile.read(path, queries: 3) }
    }

    @Test func sizesMustMatch() {
        let header = littleEndian(UInt32(1), UInt32(1))
        for (bytes, check) in [
            ([UInt8](), DataError.Check.truncated), (header, .truncated),
            (header + [0, 0, 0, 0, 1], .fileSize),
        ] {
            let path = folder.file("size.bin", bytes: bytes)
            expectFailure(check) { _ = try NeighborFile.read(path) }
        }
    }
}
