import CKernels
import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct CodeKernelsTests {
    private let seed = testSeed(51)
    private let dimensions = [1, 2, 3, 7, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129, 255, 256, 257, 300, 384, 700]

    private static let counting = CodeFormat.allCases.filter(\.countsSteps)

    @Test(arguments: counting)
    func codesSurviveTheirRow(format: CodeFormat) {
        var random = RandomSource(seed: seed)
        for dimension in dimensions {
            let codes = codes(format, dimension, &random)
            var unpacked = [UInt8](repeating: 0xff, count: dimension)
            apus_code_unpack(Int(format.rawValue), packed(format, codes), dimension, &unpacked)
            #expect(unpacked == codes, "dimension \(dimension), seed \(seed)")
        }
    }

    private func codes(_ format: CodeFormat, _ dimension: Int, _ random: inout RandomSource) -> [UInt8] {
        (0..<dimension).map { _ in UInt8.random(in: 0...format.highestCode, using: &random) }
    }

    private func packed(_ format: CodeFormat, _ codes: [UInt8]) -> [UInt8] {
        var row = [UInt8](repeating: 0, count: format.rowBytes(forDimension: codes.count))
        apus_code_pack(Int(format.rawValue), codes, codes.count, &row)
        return row
    }

    /// A prepared query made of whole numbers, beside these numbers.
    private struct WholeQuery {
        var planes: [[Float]]
        var weights: [[Float]]
        var head = apus_code_query()

        init(_ format: CodeFormat, _ dimension: Int, planes count: Int, _ random: inout RandomSource) {
            func plane() -> [Float] { (0..<dimension).map { _ in Float(Int.random(in: -127...127, using: &random)) } }
            planes = (0..<count).map { _ in plane() }
            weights = (0..<count).map { _ in plane().map(abs) }
            head.constant = 5
            head.planes = UInt32(count)
            head.factors = (1, 0.5)
            head.weight_planes = UInt32(count)
            head.weight_factors = (0.25, 2)
        }

        func bytes(_ format: CodeFormat) -> [UInt8] {
            let dimension = planes[0].count
            let planeBytes = format.planeBytes(forDimension: dimension)
            var bytes = [UInt8](repeating: 0, count: 64 + (planes.count + weights.count) * planeBytes)
            bytes.withUnsafeMutableBytes { target in
                target.storeBytes(of: head, as: apus_code_query.self)
                for (index, var values) in (planes + weights).enumerated() {
                    let plane = target.baseAddress! + 64 + index * planeBytes
                    apus_code_plane(
                        Int(format.rawValue), &values, 1, dimension, plane.assumingMemoryBound(to: Int8.self))
                }
            }
            return bytes
        }

        /// The sums in whole numbers, then the same operations on floats as `include/codes.h` names.
        func distance(_ codes: [UInt8], isWeighted: Bool, stored: Float) -> Float {
            func sum(_ plane: [Float], _ power: Int) -> Float {
                Float(zip(plane, codes).reduce(0) { $0 + Int($1.0) * (power == 2 ? Int($1.1) * Int($1.1) : Int($1.1)) })
            }
            var distance = head.constant + head.factors.0 * sum(planes[0], 1)
            if planes.count > 1 { distance += head.factors.1 * sum(planes[1], 1) }
            guard isWeighted else { return distance + stored }
            distance += head.weight_factors.0 * sum(weights[0], 2)
            return distance + (weights.count > 1 ? head.weight_factors.1 * sum(weights[1], 2) : 0)
        }
    }

    @Test(arguments: Kernels.available, counting)
    func distancesAreThoseOfPlainSwift(kernels: Kernels, format: CodeFormat) {
        var random = RandomSource(seed: seed)
        for dimension in dimensions + [32_768] {
            for planes in [1, 2] {
                let query = WholeQuery(format, dimension, planes: planes, &random)
                let codes = codes(format, dimension, &random)
                let stored = Float.random(in: 0...9, using: &random)
                let row = packed(format, codes) + withUnsafeBytes(of: stored) { Array($0) }
                let bytes = query.bytes(format)
                let note: Comment = "dimension \(dimension), planes \(planes), seed \(seed)"
                let inner = format.negativeInnerProduct(kernels).pairDistance(bytes, row, dimension)
                #expect(inner == query.distance(codes, isWeighted: false, stored: 0), note)
                let l2 = format.l2(kernels).pairDistance(bytes, row, dimension)
                #expect(l2 == query.distance(codes, isWeighted: format == .bits4, stored: stored), note)
            }
        }
    }

    @Test(arguments: Kernels.available, CodeFormat.allCases)
    func formsAreBitIdentical(kernels: Kernels, format: CodeFormat) {
        var random = RandomSource(seed: seed)
        for dimension in [3, 64, 100, 384] {
            let query =
                format.countsSteps
                ? WholeQuery(format, dimension, planes: 2, &random).bytes(format)
                : EncodedVector(random.values(dimension, for: .float32), as: .float32).bytes
            let rows = (0..<50).map { _ in row(format, dimension, &random) }
            let memory = UnalignedRows(rows, paddingBytes: 3)
            for kernel in [format.l2(kernels), format.negativeInnerProduct(kernels)] {
                check(kernel, query, memory, rows, dimension, &random)
            }
        }
    }

    private func row(_ format: CodeFormat, _ dimension: Int, _ random: inout RandomSource) -> [UInt8] {
        guard format.countsSteps else {
            return EncodedVector(
                random.values(dimension, for: .float16), as: format == .float16 ? .float16 : .bfloat16
            ).bytes
        }
        return packed(format, codes(format, dimension, &random)) + withUnsafeBytes(of: Float(1.5)) { Array($0) }
    }

    private func check(
        _ kernel: DistanceKernel, _ query: [UInt8], _ memory: UnalignedRows, _ rows: [[UInt8]], _ dimension: Int,
        _ random: inout RandomSource
    ) {
        let ids = (0..<50 as Range<UInt32>).shuffled(using: &random)
        var inOrder = [Float](repeating: 0, count: 50)
        var byID = inOrder
        query.withUnsafeBytes { query in
            kernel.rows(query.baseAddress!, memory.base, memory.strideBytes, 50, dimension, &inOrder)
            kernel.ids(query.baseAddress!, memory.base, memory.strideBytes, ids, 50, dimension, &byID)
        }
        let expected = rows.map { kernel.pairDistance(query, $0, dimension) }
        #expect(inOrder == expected, "seed \(seed)")
        #expect(byID == ids.map { expected[Int($0)] }, "seed \(seed)")
    }

    @Test(arguments: Kernels.available, [CodeFormat.float16, .bfloat16])
    func shortenedFloatsAgainstAFloatQuery(kernels: Kernels, format: CodeFormat) {
        var random = RandomSource(seed: seed)
        for dimension in dimensions {
            let query = random.values(dimension, for: .float32)
            let row = EncodedVector(
                random.values(dimension, for: .float16), as: format == .float16 ? .float16 : .bfloat16)
            let queryBytes = EncodedVector(query, as: .float32).bytes
            var (squares, products, scale) = (0.0, 0.0, 1e-6)
            for (left, right) in zip(query, row.values) {
                let difference = Double(left) - Double(right)
                squares += difference * difference
                products += Double(left) * Double(right)
                scale += abs(Double(left) * Double(right)) + difference * difference
            }
            let l2 = format.l2(kernels).pairDistance(queryBytes, row.bytes, dimension)
            let inner = format.negativeInnerProduct(kernels).pairDistance(queryBytes, row.bytes, dimension)
            #expect(abs(Double(l2) - squares) <= 1e-6 * scale, "dimension \(dimension), seed \(seed)")
            #expect(abs(Double(inner) + products) <= 1e-6 * scale, "dimension \(dimension), seed \(seed)")
        }
    }
}
