import Common
import TestSupport
import Testing

@testable import Apus

/// Every way of reading many places at once.
enum ReaderKind: CaseIterable {
    /// What the file system of the machine gives: a ring where the kernel has one.
    case machine, pooled, sequential

    func reader(of file: any File, slots: ReadSlots) -> any AsynchronousReader {
        switch self {
        case .machine: file.asynchronousReader(slots: slots)
        case .pooled: PooledReader(file, direct: file, slots: slots, threads: ReadThreads(count: 3))
        case .sequential: SequentialReader(file, slots: slots)
        }
    }
}

@Suite struct AsynchronousReaderTests {
    private let seed = testSeed(31)
    private static let block = ReadSlots.alignment

    /// A file of blocks, each of which names its number in every byte pair.
    private func withFile(_ kind: DiskKind, blocks: Int, _ body: (any File) throws -> Void) throws {
        try kind.withFolder { disk, folder in
            let file = try disk.openFile(folder + "/a", .create)
            for block in 0..<blocks { try file.write(Self.content(block), at: block * Self.block) }
            try file.sync()
            try body(file)
        }
    }

    private static func content(_ block: Int) -> [UInt8] {
        (0..<Self.block).map { UInt8(truncatingIfNeeded: $0 % 2 == 0 ? block : block >> 8) }
    }

    @Test(arguments: DiskKind.allCases, ReaderKind.allCases)
    func everyReadBringsItsBlock(disk: DiskKind, kind: ReaderKind) throws {
        try withFile(disk, blocks: 300) { file in
            var random = RandomSource(seed: seed)
            let reader = kind.reader(of: file, slots: ReadSlots(count: 32, bytesEach: 2 * Self.block))
            var wanted = [Int?](repeating: nil, count: 32)
            var ended = 0
            var started = 0
            while ended < 500 {
                for slot in wanted.indices where wanted[slot] == nil && started < 500 {
                    wanted[slot] = random.integer(below: 299)
                    reader.start(slot, count: (1 + slot % 2) * Self.block, at: wanted[slot]! * Self.block)
                    started += 1
                }
                reader.wait { slot, error in
                    #expect(error == nil)
                    let bytes = Array(reader.slots.bytes(of: slot))
                    #expect(bytes.prefix(Self.block).elementsEqual(Self.content(wanted[slot]!)), "seed \(seed)")
                    if slot % 2 == 1 {
                        #expect(bytes.suffix(Self.block).elementsEqual(Self.content(wanted[slot]! + 1)), "seed \(seed)")
                    }
                    wanted[slot] = nil
                    ended += 1
                }
            }
            reader.wait { _, _ in Issue.record("no read was under way") }
        }
    }

    @Test(arguments: DiskKind.allCases, ReaderKind.allCases)
    func aFileThatEndsWithinAReadIsDamaged(disk: DiskKind, kind: ReaderKind) throws {
        try withFile(disk, blocks: 3) { file in
            try file.truncate(to: 2 * Self.block + 100)
            let reader = kind.reader(of: file, slots: ReadSlots(count: 4, bytesEach: Self.block))
            for slot in 0..<4 { reader.start(slot, count: Self.block, at: slot * Self.block) }
            var errors = [StorageError?](repeating: nil, count: 4)
            var ended = 0
            while ended < 4 {
                reader.wait { slot, error in
                    errors[slot] = error
                    ended += 1
                }
            }
            #expect(errors[0] == nil && errors[1] == nil)
            #expect(errors[2]?.code == .corrupted && errors[2]?.offset == 2 * Self.block + 100)
            #expect(errors[3]?.code == .corrupted && errors[3]?.offset == 3 * Self.block)
            #expect(errors[3]?.path == file.path)
        }
    }

    @Test(arguments: ReaderKind.allCases)
    func aReaderMayGoWithReadsUnderWay(kind: ReaderKind) throws {
        try withFile(.posix, blocks: 64) { file in
            for _ in 0..<20 {
                let reader = kind.reader(of: file, slots: ReadSlots(count: 64, bytesEach: Self.block))
                for slot in 0..<64 { reader.start(slot, count: Self.block, at: slot * Self.block) }
                reader.wait { _, error in #expect(error == nil) }
            }
        }
    }

    @Test func aFailingReadNamesFileAndPlace() throws {
        let disk = ReadFaults(SimulatedFileSystem())
        let file = try disk.openFile("a", .create)
        try file.write([UInt8](repeating: 1, count: 4 * Self.block), at: 0)
        disk.failReads(of: Self.block..<Self.block + 1)
        let reader = file.asynchronousReader(slots: ReadSlots(count: 2, bytesEach: Self.block))
        reader.start(0, count: Self.block, at: 0)
        reader.start(1, count: Self.block, at: Self.block)
        var errors: [Int: StorageError] = [:]
        reader.wait { slot, error in errors[slot] = error }
        #expect(errors.keys.sorted() == [1])
        #expect(errors[1]?.path == "a" && errors[1]?.offset == Self.block && errors[1]?.code.errorNumber != nil)
    }
}
