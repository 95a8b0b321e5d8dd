import Common
import TestSupport
import Testing

@testable import Apus

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One kernel of a variant with what its rows are made of.
private struct NamedKernel {
    let name: String
    let element: VectorElement
    let kernel: DistanceKernel

    static func all(of kernels: Kernels) -> [NamedKernel] {
        let numeric = numericElements.flatMap { element in
            [
                NamedKernel(name: "l2 \(element)", element: element, kernel: kernels.l2(element)),
                NamedKernel(
                    name: "inner product \(element)", element: element,
                    kernel: kernels.negativeInnerProduct(element)),
            ]
        }
        return numeric + [
            NamedKernel(name: "hamming", element: .bit, kernel: kernels.hamming),
            NamedKernel(name: "jaccard", element: .bit, kernel: kernels.jaccard),
        ]
    }

    func randomRow(_ dimension: Int, _ random: inout RandomSource) -> [UInt8] {
        guard element != .bit else { return random.bytes(dimension / 8) }
        return EncodedVector(random.values(dimension, for: element), as: element).bytes
    }
}

/// The bit patterns that `body` writes to room for `count` floats. The float behind them must stay as it is.
private func written(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) -> [UInt32] {
    let guardValue: Float = 12345.5
    var distances = [Float](repeating: guardValue, count: count + 1)
    distances.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
    #expect(distances[count] == guardValue, "wrote past \(count) distances")
    return distances.dropLast().map(\.bitPattern)
}

@Suite struct KernelsFormsTests {
    @Test(arguments: Kernels.available)
    func formsAreBitIdentical(kernels: Kernels) {
        let seed = testSeed(31)
        var random = RandomSource(seed: seed)
        for named in NamedKernel.all(of: kernels) {
            for dimension in [8, 24, 104, 128, 392] {
                for count in [0, 1, 7, 100] {
                    let padding = Int.random(in: 0...9, using: &random)
                    let note: Comment =
                        "\(named.name), dimension \(dimension), count \(count), padding \(padding), seed \(seed)"
                    checkForms(named, dimension, count, padding, note, &random)
                }
            }
        }
    }

    private func checkForms(
        _ named: NamedKernel, _ dimension: Int, _ count: Int, _ padding: Int, _ note: Comment,
        _ random: inout RandomSource
    ) {
        let query = named.randomRow(dimension, &random)
        let rows = UnalignedRows(
            (0..<count).map { _ in named.randomRow(dimension, &random) }, paddingBytes: padding)
        let ids = (0..<count).map { _ in UInt32.random(in: 0..<UInt32(count), using: &random) }
        query.withUnsafeBytes { query in
            let pairs = (0..<count).map {
                named.kernel.pair(query.baseAddress!, rows.base + $0 * rows.strideBytes, dimension).bitPattern
            }
            let byRows = written(count) {
                named.kernel.rows(query.baseAddress!, rows.base, rows.strideBytes, count, dimension, $0)
            }
            let byIDs = written(count) {
                named.kernel.ids(query.baseAddress!, rows.base, rows.strideBytes, ids, count, dimension, $0)
            }
            #expect(byRows == pairs, note)
            #expect(byIDs == ids.map { pairs[Int($0)] }, note)
        }
    }

    /// The last row ends where readable memory ends.
    @Test(arguments: Kernels.available)
    func readsNothingBehindTheRows(kernels: Kernels) {
        let seed = testSeed(32)
        var random = RandomSource(seed: seed)
        let pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))
        let pages = mmap(nil, 2 * pageBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
        defer { munmap(pages, 2 * pageBytes) }
        mprotect(pages + pageBytes, pageBytes, PROT_NONE)
        for named in NamedKernel.all(of: kernels) {
            for dimension in [8, 24, 72, 136, 264] {
                let row = named.randomRow(dimension, &random)
                let place = pages + pageBytes - row.count
                row.withUnsafeBytes { place.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
                let expected = named.kernel.pairDistance(row, row, dimension)
                let found = written(1) { named.kernel.rows(place, place, row.count, 1, dimension, $0) }
                let byID = written(1) { named.kernel.ids(place, place, row.count, [0], 1, dimension, $0) }
                #expect(found == [expected.bitPattern], "\(named.name), dimension \(dimension), seed \(seed)")
                #expect(byID == found, "\(named.name), dimension \(dimension), seed \(seed)")
            }
        }
    }
}
