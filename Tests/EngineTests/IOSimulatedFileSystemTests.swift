import TestSupport
import Testing

@testable import Apus

/// A disk with the durable file `d/a` of 2000 ones.
private func diskWithFile() throws -> SimulatedFileSystem {
    let disk = SimulatedFileSystem()
    try disk.createFolder("d")
    try disk.syncFolder(".")
    let file = try disk.openFile("d/a", .create)
    try file.write([UInt8](repeating: 1, count: 2000), at: 0)
    try file.sync()
    try disk.syncFolder("d")
    return disk
}

@Test func aSyncedFileWithASyncedNameSurvives() throws {
    let disk = try diskWithFile()
    for seed in 0..<5 as Range<UInt64> {
        #expect(try disk.crash(survival: seed).content("d/a") == [UInt8](repeating: 1, count: 2000))
    }
}

@Test func aSyncOfAFileDoesNotSaveItsName() throws {
    let disk = try diskWithFile()
    let file = try disk.openFile("d/b", .create)
    try file.write([1], at: 0)
    try file.sync()
    #expect(try !disk.crash(survival: 0).exists("d/b"))
    #expect(try disk.crash(survival: 1).content("d/b") == [1])
}

@Test func unsyncedWritesAreTornAtSectors() throws {
    let disk = try diskWithFile()
    try disk.openFile("d/a", .readWrite).write([UInt8](repeating: 2, count: 2000), at: 0)
    #expect(try disk.crash(survival: 0).content("d/a") == [UInt8](repeating: 1, count: 2000))
    #expect(try disk.crash(survival: 1).content("d/a") == [UInt8](repeating: 2, count: 2000))
    var contents: Set<[UInt8]> = []
    for seed in 2..<60 as Range<UInt64> {
        let content = try disk.crash(survival: seed).content("d/a")
        for start in stride(from: 0, to: 2000, by: 512) {
            #expect(Set(content[start..<min(start + 512, 2000)]).count == 1, "seed \(seed)")
        }
        contents.insert(content)
    }
    #expect(contents.count > 8)
}

@Test func renamesSurviveWholeOrNotAtAll() throws {
    let disk = try diskWithFile()
    let file = try disk.openFile("d/b", .create)
    try file.write([2], at: 0)
    try file.sync()
    try disk.rename("d/b", to: "d/a")
    var sizes: Set<Int> = []
    for seed in 0..<40 as Range<UInt64> {
        let after = disk.crash(survival: seed)
        sizes.insert(try after.size("d/a"))
        if try after.size("d/a") == 1 { #expect(try !after.exists("d/b"), "seed \(seed)") }
    }
    #expect(sizes == [1, 2000])
    try disk.syncFolder("d")
    #expect(try disk.crash(survival: 0).list("d") == ["a"])
    #expect(try disk.crash(survival: 0).content("d/a") == [2])
}

@Test func thePowerStaysCut() throws {
    let disk = try diskWithFile()
    let file = try disk.openFile("d/a", .readWrite)
    disk.stopAfter(operations: disk.operationCount + 2)
    try file.write([3], at: 0)
    #expect(throws: StorageError.self) { try file.sync() }
    #expect(throws: StorageError.self) { try file.write([4], at: 0) }
    #expect(throws: StorageError.self) { try disk.list("d") }
    #expect(disk.isStopped)
    #expect(try disk.crash(survival: 0).content("d/a")[0] == 1)
    #expect(try disk.crash(survival: 1).content("d/a")[0] == 3)
}

@Test func aFailedSyncForgets() throws {
    var survivors: Set<UInt8> = []
    for seed in 2..<30 as Range<UInt64> {
        let disk = SimulatedFileSystem(seed: seed)
        let file = try disk.openFile("a", .create)
        try disk.syncFolder("")
        disk.failSync(at: disk.syncCount + 1)
        try file.write([1], at: 0)
        #expect(throws: StorageError.self) { try file.sync() }
        try file.sync()
        #expect(try file.bytes(0..<1) == [1])
        survivors.insert(try disk.crash(survival: 1).content("a").first ?? 0)
    }
    #expect(survivors == [0, 1])
}

@Test func aFullDiskRefusesAndRecovers() throws {
    let disk = try diskWithFile()
    disk.setCapacity(bytes: 2100)
    let file = try disk.openFile("d/b", .create)
    expectStorageError(.noSpace) { try file.write([UInt8](repeating: 1, count: 200), at: 0) }
    #expect(try file.size() == 100)
    expectStorageError(.noSpace) { try file.allocate(upTo: 101) }
    #expect(try disk.freeSpace("d") == 0)
    disk.setCapacity(bytes: nil)
    try file.write([UInt8](repeating: 1, count: 200), at: 0)
    #expect(try file.size() == 200)
}

@Test func damageIsSeenAtOnceAndStays() throws {
    let disk = try diskWithFile()
    try disk.corrupt("d/a", offset: 7, mask: 0x10)
    #expect(try disk.content("d/a")[7] == 0x11)
    #expect(try disk.crash(survival: 0).content("d/a")[7] == 0x11)
    try disk.cut("d/a", to: 3)
    #expect(try disk.crash(survival: 0).size("d/a") == 3)
    disk.failWrite(at: disk.writeCount + 1)
    let file = try disk.openFile("d/a", .readWrite)
    #expect(throws: StorageError.self) { try file.write([1], at: 0) }
    try file.write([1], at: 0)
}
