import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct SparseVectorTests {
    @Test func entriesAreOrderedByDimension() throws {
        let vector = try SparseVector(indices: [7, 0, 4_294_967_294, 3], values: [1, -2, 3, 0])
        #expect(vector.indices == [0, 3, 7, 4_294_967_294])
        #expect(vector.values == [-2, 0, 1, 3])
        #expect(vector.dimension == 4_294_967_295)
        #expect(SparseVector.empty.dimension == 0 && SparseVector.empty.bytes.isEmpty)
    }

    @Test func whatIsWrongIsNamed() {
        let faults: [(indices: [UInt32], values: [Float], part: String)] = [
            ([1, .max], [1, 1], "dimension 4294967295"), ([5, 2, 5], [1, 1, 1], "dimension 5 is there twice"),
            ([3], [.nan], "dimension 3 is nan"), ([3], [.infinity], "dimension 3 is inf"),
            ([3, 4], [1], "2 dimensions and 1 values"),
        ]
        for fault in faults {
            let error = #expect(throws: ApusError.self) {
                try SparseVector(indices: fault.indices, values: fault.values)
            }
            #expect(error?.code == .invalidArgument && error?.message.contains(fault.part) == true)
        }
    }

    @Test func bytesAreThoseOfMilvus() throws {
        let vector = try SparseVector(indices: [1, 258], values: [1, -0.5])
        #expect(vector.bytes == [1, 0, 0, 0, 0, 0, 0x80, 0x3f, 2, 1, 0, 0, 0, 0, 0, 0xbf])
        #expect(try vector.bytes.withUnsafeBytes { try SparseVector(bytes: $0) } == vector)
        for wrong in [Array(vector.bytes.dropLast()), Array(vector.bytes[8...] + vector.bytes[..<8])] {
            #expect(throws: ApusError.self) { try wrong.withUnsafeBytes { try SparseVector(bytes: $0) } }
        }
    }

    @Test func rowsStayWhereTheyAre() throws {
        let fixture = SparseFixture(.mixed, count: 3_000, seed: testSeed(61))
        let rows = SparseRows(capacity: fixture.vectors.count)
        let first = rows.append(fixture.vectors[0])
        let early = rows.row(first).bytes.baseAddress
        for vector in fixture.vectors.dropFirst() { rows.append(vector) }
        #expect(rows.row(first).bytes.baseAddress == early)
        #expect((0..<rows.count).map { rows.row($0).vector } == fixture.vectors)
        #expect(rows.entryCount == fixture.vectors.reduce(0) { $0 + $1.count })
        #expect(rows.memoryBytes >= rows.entryCount * 8)
    }

    @Test(arguments: [0, 1, 200])
    func rowsSurviveTheirFile(count: Int) throws {
        let rows = SparseFixture(.mixed, count: count, seed: testSeed(62)).rows
        var body: [UInt8] = []
        rows.write { body += $0 }
        let read = try SparseRows.read(sparseFile(body), rowCount: count)
        #expect((0..<count).map { read.row($0).vector } == (0..<count).map { rows.row($0).vector })
        #expect(throws: StorageError.self) { try SparseRows.read(sparseFile(body), rowCount: count + 1) }
    }

    @Test func damagedRowsNeverTrap() throws {
        let rows = SparseFixture(.mixed, count: 12, seed: testSeed(63)).rows
        var body: [UInt8] = []
        rows.write { body += $0 }
        for position in body.indices {
            for flip: UInt8 in [1, 0x80, 0xff] {
                var damaged = body
                damaged[position] ^= flip
                guard let read = try? SparseRows.read(sparseFile(damaged), rowCount: 12) else { continue }
                for row in 0..<12 { #expect(read.row(row).fault == nil) }
            }
        }
        for length in body.indices {
            let cut = Array(body[..<length])
            #expect(throws: StorageError.self) { try SparseRows.read(sparseFile(cut), rowCount: 12) }
        }
    }
}
