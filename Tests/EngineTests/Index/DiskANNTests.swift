import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct DiskANNTests {
    private let seed = testSeed(32)
    private static let parameters: Parameters = ["max_degree": 16, "search_list_size": 40]

    private func fixture(count: Int, _ shape: VectorFixture.Shape = .clustered) -> VectorFixture {
        VectorFixture(shape, metric: .l2, count: count, dimension: 24, seed: seed)
    }

    private func build(_ fixture: VectorFixture, threads: Int = 2) throws -> DiskANNIndex {
        let definition = try IndexDefinition(.diskANN, metric: fixture.metric, parameters: Self.parameters)
        let source = IndexSource(
            definition: definition, rows: fixture.rows, count: fixture.count, seed: 7, threads: threads,
            progress: { _, _ in })
        return try IndexFactory.build(source) as! DiskANNIndex
    }

    private func onDisk(_ fixture: VectorFixture, _ disk: any FileSystem) throws -> IndexOnDisk {
        try IndexOnDisk(build(fixture), rowCount: fixture.count, disk: disk, folder: "")
    }

    @Test func threadsAndBlocksInMemoryChangeNothing() throws {
        let fixture = fixture(count: 900, .duplicates)
        let disk = SimulatedFileSystem()
        let built = try build(fixture)
        let opened = try IndexOnDisk(built, rowCount: 900, disk: disk, folder: "").open()
        for threads in [1, 3] { #expect(try build(fixture, threads: threads).digest == built.digest) }
        let queries = fixture.queries(40, seed: seed)
        var (fromMemory, fromFile) = (SearchStatistics(), SearchStatistics())
        let expected = try built.search(queries, k: 10, statistics: &fromMemory)
        #expect(try opened.search(queries, k: 10, statistics: &fromFile) == expected)
        #expect(fromMemory == fromFile && fromFile.diskReads > 0)
        #expect(fromFile.diskBytes == fromFile.diskReads * DiskANNLayout.sectorBytes)
    }

    /// A ring of the kernel and plain reads, queries together and alone, one thread and four: one answer.
    @Test func howBlocksAreReadChangesNothing() throws {
        let fixture = fixture(count: 3000)
        let simulated = SimulatedFileSystem()
        let file = try onDisk(fixture, simulated)
        let temporary = TemporaryFolder()
        let path = temporary.path + "/test.index"
        let copy = try POSIXFileSystem().openFile(path, .create)
        try copy.write(simulated.content(file.path), at: 0)
        let machine = try IndexFactory.open(
            file.definition, file: FileReader.open(POSIXFileSystem(), path: path, kind: IndexOnDisk.kind),
            digest: file.digest, rows: nil, count: 3000)
        let plain = try file.open()
        let queries = fixture.queries(60, seed: seed)
        for parameters: Parameters in [["search_list": 10], ["search_list": 30, "beamwidth": 1], ["beamwidth": 128]] {
            let expected = try plain.search(queries, k: 10, parameters: parameters)
            onThreads(4) { _ in
                let answer = try? machine.search(queries, k: 10, parameters: parameters)
                #expect(answer == expected, "seed \(seed)")
            }
        }
    }

    /// Filters of which some rows walk and some scan.
    @Test func filteredWalksFindPermittedRows() throws {
        let fixture = fixture(count: 3000, .uniform)
        let index = try onDisk(fixture, SimulatedFileSystem()).open()
        let queries = fixture.queries(20, seed: seed)
        for percent in [2, 30, 60, 80, 97] {
            let permitted = RowSet(
                capacity: 3000, rows: (0..<3000).filter { StableHash.hash(UInt64($0), seed: seed) % 100 < percent })
            let answers = try index.search(
                queries, k: 10, parameters: ["search_list": 60], permitted: permitted)
            var hits = 0
            for (query, found) in zip(queries, answers) {
                #expect(found.allSatisfy { permitted.contains(Int($0.row)) } && found.count == 10)
                hits +=
                    Set(found.map { Int($0.row) }).intersection(
                        fixture.nearest(10, to: query, permitted: permitted)
                    ).count
            }
            #expect(hits >= 180, "\(percent) %, seed \(seed)")
        }
    }

    @Test func theMemoryIsThatOfCodesAndUpperLevels() throws {
        let fixture = VectorFixture(.clustered, metric: .l2, count: 4000, dimension: 128, seed: seed)
        let built = try build(fixture)
        let opened = try IndexOnDisk(built, rowCount: 4000, disk: SimulatedFileSystem(), folder: "").open()
        let vectorBytes = 4000 * 128 * 4
        #expect(built.memoryBytes > vectorBytes)
        #expect(opened.memoryBytes < vectorBytes / 5)
        let before = opened.memoryBytes
        _ = try opened.search(fixture.queries(100, seed: seed), k: 10)
        let searching = opened.memoryBytes
        #expect(searching > before)
        _ = try opened.search(fixture.queries(100, seed: seed), k: 10)
        #expect(opened.memoryBytes == searching)
    }

    @Test func budgetsDecideTheCodes() throws {
        func definition(_ parameters: Parameters) throws -> DiskANNBudget {
            DiskANNBudget(try IndexDefinition(.diskANN, metric: .l2, parameters: parameters))
        }
        #expect(try definition([:]).codes(rowCount: 1000, dimension: 64) == .sq4)
        #expect(try definition(["pq_code_budget_gb_ratio": 0]).codes(rowCount: 1000, dimension: 64) == .sq4)
        #expect(try definition(["pq_code_budget_gb_ratio": 0.25]).codes(rowCount: 1000, dimension: 64) == .sq8)
        #expect(try definition(["pq_code_budget_gb_ratio": 1]).codes(rowCount: 1000, dimension: 64) == .float16)
        let bytes = 1000 * 64 * 6 / 8
        let gigabytes = ParameterValue.number(Double(bytes) / Double(1 << 30))
        #expect(try definition(["pq_code_budget_gb": gigabytes]).codes(rowCount: 1000, dimension: 64) == .sq6)
        let layout = DiskANNLayout(dimension: 64, nodeCount: 1000, degree: 48)
        #expect(throws: ApusError.self) {
            try definition(["build_dram_budget_gb": 0.0005]).checkBuild(rowCount: 1000, layout: layout)
        }
        try definition(["build_dram_budget_gb": 0.01]).checkBuild(rowCount: 1000, layout: layout)
    }

    // MARK: Faults

    /// Opens the index and searches all of it.
    private func answers(_ file: IndexOnDisk, _ fixture: VectorFixture) throws -> [[Neighbor]] {
        try file.open().search(fixture.queries(5, seed: seed), k: fixture.count)
    }

    /// Whatever byte is flipped: an error that names the file, or the same answers (of a byte that nobody reads).
    @Test func aFlippedByteIsNoticed() throws {
        let fixture = fixture(count: 400, .duplicates)
        let disk = SimulatedFileSystem()
        let file = try onDisk(fixture, disk)
        let expected = try answers(file, fixture)
        let size = try disk.size(file.path)
        var random = RandomSource(seed: seed)
        var noticed = 0
        let offsets = Array(stride(from: 0, to: 2000, by: 7)) + (0..<150).map { _ in random.integer(below: size) }
        for offset in offsets {
            try disk.corrupt(file.path, offset: offset, mask: 0x10)
            do {
                #expect(try answers(file, fixture) == expected, "byte \(offset), seed \(seed)")
            } catch let error as StorageError {
                noticed += 1
                #expect(error.path == file.path && error.isDamage || error.code == .unsupportedVersion)
            }
            #expect(throws: StorageError.self, "byte \(offset)") { try file.verify() }
            try disk.corrupt(file.path, offset: offset, mask: 0x10)
        }
        #expect(noticed > offsets.count * 3 / 4, "seed \(seed)")
        #expect(try answers(file, fixture) == expected)
        try file.verify()
    }

    @Test func aDamagedBlockIsNamedByItsPlace() throws {
        let fixture = fixture(count: 400)
        let disk = SimulatedFileSystem()
        let file = try onDisk(fixture, disk)
        let blocks = try IndexParts(file: file.reader()).range(DiskANNFile.Part.blocks.rawValue)
        let place = FileFormat.headerSize + blocks.lowerBound + DiskANNLayout.sectorBytes
        try disk.corrupt(file.path, offset: place + 77)
        let error = expectStorageError(.corrupted) { _ = try answers(file, fixture) }
        #expect(error?.path == file.path && error?.offset == place)
    }

    /// Bytes that somebody made, checksums and all.
    @Test func craftedNodesAreRefused() throws {
        let fixture = fixture(count: 600)
        let built = try build(fixture)
        let layout = built.navigator.layout
        for crafted in 0..<3 {
            let disk = SimulatedFileSystem()
            let file = try onDisk(fixture, disk)
            let first =
                FileFormat.headerSize
                + (try IndexParts(file: file.reader()).range(DiskANNFile.Part.blocks.rawValue).lowerBound)
            let writable = try disk.openFile(file.path, .readWrite)
            for block in 0..<layout.blockCount {
                let place = first + block * layout.blockBytes
                var bytes = try writable.bytes(place..<place + layout.blockBytes)
                bytes.withUnsafeMutableBytes { bytes in
                    for node in layout.nodes(of: block) {
                        let count = (Int(node) % layout.nodesPerBlock) * layout.nodeBytes + layout.dimension * 4
                        switch crafted {
                        case 0: bytes.storeBytes(of: .max, toByteOffset: count, as: UInt16.self)
                        case 1: bytes.storeBytes(of: UInt16(layout.degree + 1), toByteOffset: count, as: UInt16.self)
                        default: for byte in 0..<3 { bytes[count + 2 + byte] = 0xFF }
                        }
                    }
                    layout.seal(bytes.baseAddress!, number: block)
                }
                try writable.write(bytes, at: place)
            }
            expectStorageError(.corrupted) {
                _ = try file.open().search(fixture.queries(3, seed: seed), k: 5, parameters: ["search_list": 5])
            }
        }
    }

    @Test func craftedHeadersAreRefused() throws {
        let fixture = fixture(count: 300)
        let disk = SimulatedFileSystem()
        let file = try onDisk(fixture, disk)
        let place = try IndexParts(file: file.reader()).range(0)
        let start = FileFormat.headerSize + place.lowerBound
        let original = try Array(disk.content(file.path)[start..<start + place.count])
        let writable = try disk.openFile(file.path, .readWrite)
        for field in 0..<DiskANNFile.headerFields {
            for value: UInt32 in [0, 1, 3, 299, 301, 70_000, 1 << 31, .max] {
                var header = Array(original.dropLast(4))
                let isSame = header[field * 4..<field * 4 + 4].elementsEqual(withUnsafeBytes(of: value) { Array($0) })
                withUnsafeBytes(of: value) { header.replaceSubrange(field * 4..<field * 4 + 4, with: $0) }
                withUnsafeBytes(of: header.withUnsafeBytes { Checksum.crc32c($0) }) { header += $0 }
                try writable.write(header, at: start)
                let digest = header.withUnsafeBytes { StableHash.hash($0) }
                if !isSame {
                    expectStorageError(.corrupted) {
                        _ = try file.open(digest: digest).search(fixture.queries(3, seed: seed), k: 5)
                    }
                }
            }
        }
    }

    /// An error of the disk reaches the caller as it is, and is gone when the disk is mended.
    @Test func failingReadsReachTheCaller() throws {
        let fixture = fixture(count: 1500)
        let faults = ReadFaults(SimulatedFileSystem())
        let file = try onDisk(fixture, faults)
        let index = try file.open()
        let queries = fixture.queries(30, seed: seed)
        let expected = try index.search(queries, k: 10)
        let blocks = try IndexParts(file: file.reader()).range(DiskANNFile.Part.blocks.rawValue)
        faults.failReads(of: FileFormat.headerSize + blocks.lowerBound..<blocks.upperBound)
        let error = #expect(throws: StorageError.self) { try index.search(queries, k: 10) }
        #expect(error?.path == file.path && error?.code.errorNumber != nil)
        #expect((error?.offset ?? 1) % DiskANNLayout.sectorBytes == 0)
        faults.failReads(of: nil)
        #expect(try index.search(queries, k: 10) == expected)
    }
}
