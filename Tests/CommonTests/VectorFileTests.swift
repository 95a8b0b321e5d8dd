import Testing

@testable import Common

@Suite struct VectorFileTests {
    private let folder = ScratchFolder()

    private func wholeNumbers(rows: Int, dimension: Int, in range: ClosedRange<Int>) -> VectorSet {
        var random = RandomSource(seed: 11)
        let values = (0..<rows * dimension).map { _ in
            Float(range.lowerBound + random.integer(below: range.count))
        }
        return VectorSet(dimension: dimension, values: values)
    }

    @Test(arguments: [
        ("a.fvecs", ElementType.float32, -1_000...1_000), ("a.bvecs", .uint8, 0...255),
        ("a.ivecs", .int32, -70_000...70_000), ("a.fbin", .float32, -1_000...1_000),
        ("a.u8bin", .uint8, 0...255), ("a.i8bin", .int8, -128...127), ("a.ibin", .int32, -70_000...70_000),
        ("a.npy", .float32, -1_000...1_000), ("b.npy", .float16, -2_048...2_048),
        ("c.npy", .float64, -1_000...1_000), ("d.npy", .int8, -128...127), ("e.npy", .uint8, 0...255),
        ("f.npy", .int32, -70_000...70_000), ("g.npy", .int64, -70_000...70_000),
    ])
    func vectorsComeBackAsWritten(name: String, type: ElementType, range: ClosedRange<Int>) throws {
        let path = folder.file(name)
        let vectors = wholeNumbers(rows: 37, dimension: 19, in: range)
        try VectorFile.write(vectors, to: path, as: type)
        let layout = try VectorFile.layout(of: path)
        #expect(layout.rows == 37)
        #expect(layout.dimension == 19)
        #expect(layout.elementType == type)
        #expect(try VectorFile.read(path) == vectors)
        #expect(try VectorFile.read(path, rows: 5) == vectors.prefix(5))
    }

    @Test func fractionsSurviveInFloatFormats() throws {
        let vectors = UniformDistribution(dimension: 33).vectors(50, seed: 3)
        for name in ["x.fvecs", "x.fbin", "x.npy"] {
            let path = folder.file(name)
            try VectorFile.write(vectors, to: path)
            #expect(try VectorFile.read(path) == vectors)
        }
    }

    @Test func filesLongerThanOnePieceAreReadWhole() throws {
        let vectors = wholeNumbers(rows: 70_000, dimension: 20, in: 0...255)
        for name in ["long.fvecs", "long.fbin", "long.bvecs"] {
            let path = folder.file(name)
            try VectorFile.write(vectors, to: path)
            #expect(try VectorFile.read(path) == vectors)
        }
    }

    @Test(arguments: ["n.ivecs", "n.ibin", "n.npy"])
    func integersComeBackAsWritten(name: String) throws {
        let path = folder.file(name)
        let integers = IntegerSet(width: 3, ids: [0, 5, 16_777_217, Int32.max, 2, -1])
        try VectorFile.write(integers, to: path)
        #expect(try VectorFile.readIntegers(path) == integers)
        #expect(try VectorFile.readIntegers(path, rows: 1) == integers.prefix(1))
    }

    @Test func layoutsAreThoseOfTheFormats() throws {
        let vectors = VectorSet(rows: [[1, 2], [3, 4]])
        let fvecs = folder.file("l.fvecs")
        try VectorFile.write(vectors, to: fvecs)
        let row0 = littleEndian(Int32(2)) + floatBytes(1, 2)
        let row1 = littleEndian(Int32(2)) + floatBytes(3, 4)
        #expect(TextFile.bytes(fvecs) == row0 + row1)
        let fbin = folder.file("l.fbin")
        try VectorFile.write(vectors, to: fbin)
        #expect(TextFile.bytes(fbin) == littleEndian(UInt32(2), UInt32(2)) + floatBytes(1, 2, 3, 4))
    }

    @Test func numPyVersionTwoAndOtherSpacingAreRead() throws {
        let header = "{\"shape\":(1,2),  'descr' : '|u1','fortran_order':False}\n"
        let start: [UInt8] =
            [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 2, 0] + littleEndian(UInt32(header.utf8.count))
        let path = folder.file("v2.npy", bytes: start + Array(header.utf8) + [7, 9])
        #expect(try VectorFile.read(path) == VectorSet(rows: [[7, 9]]))
    }

    @Test func unwritableValuesAreRefused() throws {
        expectFailure(.valueRange) {
            try VectorFile.write(VectorSet(rows: [[1, 256]]), to: folder.file("w.u8bin"))
        }
        expectFailure(.valueRange) {
            try VectorFile.write(VectorSet(rows: [[0.5]]), to: folder.file("w.i8bin"))
        }
        expectFailure(.finite) { try VectorFile.write(VectorSet(rows: [[.nan]]), to: folder.file("w.fbin")) }
        expectFailure(.elementType) {
            try VectorFile.write(IntegerSet(width: 1, ids: [1]), to: folder.file("w.fvecs"))
        }
        expectFailure(.writable) { try VectorFile.write(VectorSet(rows: [[1]]), to: "/nowhere/at/all.fbin") }
    }
}

/// Expects `body` to throw a `DataError` of the given check whose text names that check.
func expectFailure(
    _ check: DataError.Check, place: DataError.Place? = nil,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Void
) {
    let error = #expect(throws: DataError.self, sourceLocation: sourceLocation) { try body() }
    #expect(error?.check == check, sourceLocation: sourceLocation)
    #expect(error?.description.contains(check.rawValue) == true, sourceLocation: sourceLocation)
    if let place { #expect(error?.place == place, sourceLocation: sourceLocation) }
}
