import TestSupport
import Testing

@testable import Apus

private let kind = FileKind("TEST", name: "test", version: 1)

/// A disk with one complete file named `a`.
private func diskWithFile(_ body: [UInt8]) throws -> SimulatedFileSystem {
    let disk = SimulatedFileSystem()
    let writer = try FileWriter(disk, path: "a", kind: kind)
    try writer.append(body)
    try writer.finish()
    return disk
}

/// Opens and reads everything, in both ways.
private func readAll(_ disk: SimulatedFileSystem) throws {
    let reader = try FileReader.open(disk, path: "a", kind: kind)
    try reader.verifyChecksum()
    _ = try reader.readBody()
}

@Test(arguments: DiskKind.allCases)
func aFileIsReadAsItWasWritten(disk: DiskKind) throws {
    try disk.withFolder { disk, folder in
        let path = FilePath.join(folder, "a")
        let floats = (0..<200_000).map { Float($0) }
        let writer = try FileWriter(disk, path: path, kind: kind)
        try writer.append([1, 2, 3])
        #expect(try writer.align() == 64)
        try writer.append(floats: floats)
        let checksum = try writer.finish()

        let reader = try FileReader.open(disk, path: path, kind: kind)
        #expect(reader.bodyChecksum == checksum && reader.version == 1)
        #expect(try disk.size(path) == FileFormat.fileSize(bodyLength: reader.bodyLength))
        try reader.verifyChecksum()
        #expect(try reader.readBody().count == 64 + 800_000)
        #expect(try reader.read(0..<4) == [1, 2, 3, 0])
        var bytes = try reader.byteReader()
        #expect(try Array(bytes.byteSlice(3)) == [1, 2, 3])
        try bytes.align(to: 64)
        #expect(try bytes.floats(200_000) == floats)
        try bytes.expectEnd()
    }
}

@Test func anAnnouncedLengthAndAnEmptyBodyAreRead() throws {
    let disk = SimulatedFileSystem()
    let writer = try FileWriter(disk, path: "a", kind: kind, bodyLength: 5)
    try writer.append([1, 2, 3, 4, 5])
    try writer.finish()
    try readAll(disk)
    try readAll(diskWithFile([]))
}

@Test func eachFlippedByteOfAFileIsFound() throws {
    let sample = try diskWithFile(Array(0..<200))
    for offset in 0..<(try sample.size("a")) {
        let disk = sample.crash(survival: 1)
        try disk.corrupt("a", offset: offset, mask: 1 << UInt8(offset % 8))
        let error = expectStorageError(.corrupted) { try readAll(disk) }
        #expect(error?.path == "a" && error?.offset != nil, "byte \(offset)")
    }
}

@Test func eachTruncatedOrExtendedFileIsFound() throws {
    let sample = try diskWithFile(Array(0..<200))
    let size = try sample.size("a")
    for length in Array(0..<size) + [size + 1, size + 64, size + 4096] {
        let disk = sample.crash(survival: 1)
        try disk.cut("a", to: length)
        let error = expectStorageError(.corrupted) { try readAll(disk) }
        #expect(error?.path == "a" && error?.offset != nil, "length \(length)")
    }
}

@Test func foreignAndNewerFilesAreNamed() throws {
    let disk = try diskWithFile([1, 2, 3])
    let other = FileKind("SEGM", name: "segment", version: 1)
    let foreign = expectStorageError(.corrupted) { _ = try FileReader.open(disk, path: "a", kind: other) }
    #expect(foreign?.message == "is not an Apus segment file")

    let newer = FileKind("TEST", name: "test", version: 7)
    let writer = try FileWriter(disk, path: "b", kind: newer)
    try writer.finish()
    let error = expectStorageError(.unsupportedVersion) {
        _ = try FileReader.open(disk, path: "b", kind: kind)
    }
    #expect(error?.message == "format version 7 is newer than 1; open it with a newer Apus")
    expectStorageError(.notFound) { _ = try FileReader.open(disk, path: "c", kind: kind) }
}

@Test func rangesOutsideOfTheBodyAreErrors() throws {
    let reader = try FileReader.open(diskWithFile([1, 2, 3]), path: "a", kind: kind)
    expectStorageError(.corrupted) { _ = try reader.read(1..<4) }
    expectStorageError(.corrupted) { _ = try reader.read(-1..<2) }
    expectStorageError(.corrupted) { _ = try reader.read(0..<Int.max) }
    var buffer = [UInt8](repeating: 0, count: 2)
    try buffer.withUnsafeMutableBytes { bytes in
        try reader.read(into: bytes, at: 1)
        expectStorageError(.corrupted) { try reader.read(into: bytes, at: 2) }
        expectStorageError(.corrupted) { try reader.read(into: bytes, at: Int.max) }
        expectStorageError(.corrupted) { try reader.read(into: bytes, at: -1) }
    }
    #expect(buffer == [2, 3])
}

@Test func anAbandonedFileIsGone() throws {
    let disk = SimulatedFileSystem()
    disk.setCapacity(bytes: 1000)
    let writer = try FileWriter(disk, path: "a", kind: kind)
    expectStorageError(.noSpace) {
        try writer.append([UInt8](repeating: 1, count: 1 << 20))
        try writer.finish()
    }
    writer.abandon()
    #expect(try disk.list("") == [])
}

@Test func aReplacedFileHasTheOldOrTheNewContent() throws {
    let bodies: [[UInt8]] = [Array(0..<100), [UInt8](repeating: 7, count: 3000)]
    func prepared() throws -> SimulatedFileSystem {
        let disk = SimulatedFileSystem()
        try AtomicFile.replace(disk, folder: "", name: "M", kind: kind, body: bodies[0])
        return disk
    }
    let before = try prepared().operationCount
    var stop = before
    var isDone = false
    while !isDone {
        stop += 1
        let disk = try prepared()
        disk.stopAfter(operations: stop)
        let replaced: Void? = try? AtomicFile.replace(
            disk, folder: "", name: "M", kind: kind, body: bodies[1])
        isDone = replaced != nil
        for seed in 0..<20 as Range<UInt64> {
            let after = disk.crash(survival: seed)
            try AtomicFile.removeLeftover(after, folder: "", name: "M")
            #expect(try after.list("") == ["M"])
            var reader = try AtomicFile.read(after, folder: "", name: "M", kind: kind)
            let content = Array(try reader.byteSlice(reader.remaining))
            #expect(
                isDone ? content == bodies[1] : bodies.contains(content), "operation \(stop), seed \(seed)")
        }
    }
    #expect(stop > before + 4)
}

@Test func aReplacementThatFailsLeavesTheOldContent() throws {
    let disk = SimulatedFileSystem()
    try AtomicFile.replace(disk, folder: "", name: "M", kind: kind, body: [1])
    disk.setCapacity(bytes: 200)
    expectStorageError(.noSpace) {
        try AtomicFile.replace(
            disk, folder: "", name: "M", kind: kind, body: [UInt8](repeating: 2, count: 500))
    }
    #expect(try disk.list("") == ["M"])
    var reader = try AtomicFile.read(disk, folder: "", name: "M", kind: kind)
    #expect(try reader.uint8() == 1)
}
