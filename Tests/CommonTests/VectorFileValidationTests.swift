import Testing

@testable import Common

@Suite struct VectorFileValidationTests {
    private let folder = ScratchFolder()

    private func expectUnreadable(
        _ check: DataError.Check, _ path: String, place: DataError.Place? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expectFailure(check, place: place, sourceLocation: sourceLocation) { _ = try VectorFile.read(path) }
    }

    private func numPy(_ header: String, values: [UInt8]) -> [UInt8] {
        [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0] + littleEndian(UInt16(header.utf8.count))
            + Array(header.utf8)
            + values
    }

    @Test func missingFilesAndUnknownEndings() {
        expectUnreadable(.readable, folder.path + "/missing.fbin")
        expectUnreadable(.readable, "/")
        expectUnreadable(.knownFormat, folder.file("x.hdf5", bytes: [1]))
    }

    @Test func rowsMustMatchTheFileSize() {
        let header = littleEndian(UInt32(2), UInt32(1))
        expectUnreadable(
            .truncated, folder.file("short.fbin", bytes: header + floatBytes(1)), place: .offset(8))
        expectUnreadable(.fileSize, folder.file("long.fbin", bytes: header + floatBytes(1, 2, 3)))
        expectUnreadable(.truncated, folder.file("none.fbin", bytes: [1, 2, 3]))
        expectUnreadable(.truncated, folder.file("none.fvecs", bytes: []))
        let row = littleEndian(Int32(1)) + floatBytes(5)
        expectUnreadable(.fileSize, folder.file("cut.fvecs", bytes: row + [1, 0, 0]), place: .offset(8))
        let huge = littleEndian(UInt32.max, UInt32(32_768))
        expectUnreadable(.truncated, folder.file("huge.fbin", bytes: huge))
    }

    @Test func dimensionsMustBeInRangeAndConstant() {
        for dimension in [Int32(0), -1, 32_769] {
            expectUnreadable(
                .dimensionRange, folder.file("range.fvecs", bytes: littleEndian(dimension)), place: .offset(0)
            )
            expectUnreadable(
                .dimensionRange, folder.file("range.fbin", bytes: littleEndian(Int32(1), dimension)),
                place: .offset(4))
        }
        let rows = littleEndian(Int32(1)) + floatBytes(5) + littleEndian(Int32(2)) + floatBytes(5)
        expectUnreadable(.constantDimension, folder.file("vary.fvecs", bytes: rows), place: .row(1))
    }

    @Test func notANumberIsNamedByRowAndColumn() {
        let header = littleEndian(UInt32(2), UInt32(2))
        let path = folder.file("nan.fbin", bytes: header + floatBytes(1, 2, 3, .nan))
        expectUnreadable(.finite, path, place: .cell(row: 1, column: 1))
        let infinite = folder.file("inf.fbin", bytes: header + floatBytes(1, -.infinity, 3, 4))
        expectUnreadable(.finite, infinite, place: .cell(row: 0, column: 1))
        let half = "{'descr': '<f2', 'fortran_order': False, 'shape': (1, 2), }\n"
        let halfPath = folder.file("half.npy", bytes: numPy(half, values: [0, 0x3C, 0, 0x7E]))
        expectUnreadable(.finite, halfPath, place: .cell(row: 0, column: 1))
    }

    @Test func tooLargeForTheMemory() throws {
        let path = folder.file("m.fbin")
        try VectorFile.write(VectorSet(rows: [[1, 2], [3, 4]]), to: path)
        expectFailure(.memory) { _ = try VectorFile.read(path, memoryLimitBytes: 15) }
        #expect(try VectorFile.read(path, memoryLimitBytes: 16).count == 2)
        #expect(try VectorFile.read(path, rows: 1, memoryLimitBytes: 8).count == 1)
    }

    @Test func numPyHeadersAreChecked() {
        let good = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1), }\n"
        func file(_ old: String, _ new: String) -> String {
            let parts = good.split(separator: old, maxSplits: 1)
            return folder.file("h.npy", bytes: numPy(parts.joined(separator: new), values: floatBytes(1)))
        }
        expectUnreadable(.arrayOrder, file("False", "True"))
        expectUnreadable(.byteOrder, file("<f4", ">f4"))
        expectUnreadable(.elementType, file("<f4", "<c8"))
        expectUnreadable(.header, file("(1, 1)", "(1,)"))
        expectUnreadable(.dimensionRange, file("(1, 1)", "(1, 0)"))
        expectUnreadable(.truncated, file("(1, 1)", "(2, 1)"))
        expectUnreadable(.header, folder.file("magic.npy", bytes: Array("not a NumPy file".utf8)))
        expectUnreadable(.truncated, folder.file("cut.npy", bytes: Array(numPy(good, values: []).prefix(30))))
        expectUnreadable(.truncated, folder.file("empty.npy", bytes: []))
    }

    @Test func everyTruncationIsAnError() throws {
        let vectors = UniformDistribution(dimension: 5).vectors(3, seed: 1)
        for name in ["t.fvecs", "t.fbin", "t.npy"] {
            let whole = folder.file(name)
            try VectorFile.write(vectors, to: whole)
            let bytes = TextFile.bytes(whole) ?? []
            // A cut between two rows of fvecs leaves a shorter file that is valid.
            for length in 0..<bytes.count where !(name.hasSuffix("fvecs") && length > 0 && length % 24 == 0) {
                let cut = folder.file("cut-" + name, bytes: Array(bytes.prefix(length)))
                #expect(throws: DataError.self, "\(name) cut to \(length)") { try VectorFile.read(cut) }
            }
        }
    }

    @Test func idsMustBeIntegersOf32Bits() throws {
        let floats = folder.file("ids.fbin")
        try VectorFile.write(VectorSet(rows: [[1]]), to: floats)
        expectFailure(.elementType) { _ = try VectorFile.readIntegers(floats) }
        let header = "{'descr': '<i8', 'fortran_order': False, 'shape': (1, 2), }\n"
        let wide = folder.file(
            "wide.npy", bytes: numPy(header, values: littleEndian(Int64(1), Int64(1) << 31)))
        expectFailure(.idRange, place: .cell(row: 0, column: 1)) { _ = try VectorFile.readIntegers(wide) }
    }
}
