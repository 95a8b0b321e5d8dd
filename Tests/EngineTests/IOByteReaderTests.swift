import Common
import TestSupport
import Testing

@testable import Apus

@Test func everyValueIsReadAsItWasWritten() throws {
    var writer = ByteWriter()
    let numbers: [UInt64] = [0, 1, 127, 128, 300, 1 << 35, .max - 1, .max]
    writer.append(UInt8(200))
    writer.append(UInt16(0x1234))
    writer.append(Int64(-5))
    writer.append(Float(1.25))
    writer.append(-Double.infinity)
    writer.append(true)
    for number in numbers { writer.appendVarint(number) }
    writer.append("Zürich, 東京")
    writer.appendBlock([1, 2, 3])
    writer.align(to: 64)
    writer.appendValues([Float(1), 2])
    writer.appendValues([Int32(-1), 7])

    var reader = ByteReader(writer.bytes, path: "f", offset: 100)
    #expect(try reader.uint8() == 200)
    #expect(try reader.uint16() == 0x1234)
    #expect(try reader.int64() == -5)
    #expect(try reader.float() == 1.25)
    #expect(try reader.double() == -.infinity)
    #expect(try reader.bool())
    for number in numbers { #expect(try reader.varint() == number) }
    #expect(try reader.string() == "Zürich, 東京")
    var block = try reader.blockReader()
    #expect(try Array(block.byteSlice(3)) == [1, 2, 3])
    try block.expectEnd()
    try reader.align(to: 64)
    #expect(try reader.floats(2) == [1, 2])
    #expect(try reader.integers(2, as: Int32.self) == [-1, 7])
    try reader.expectEnd()
    #expect(writer.bytes.prefix(3) == [200, 0x34, 0x12])
}

@Test func whatDoesNotFitNamesItsPlace() {
    let cases: [([UInt8], Int, (inout ByteReader) throws -> Void)] = [
        ([1, 2, 3], 100, { _ = try $0.uint32() }),
        (
            [9, 1, 2], 101,
            { reader in
                _ = try reader.uint8()
                _ = try reader.uint64()
            }
        ),
        ([5, 65], 100, { _ = try $0.string() }),
        ([2, 0xff, 0xfe], 100, { _ = try $0.string() }),
        ([2], 100, { _ = try $0.bool() }),
        ([UInt8](repeating: 0xff, count: 12), 100, { _ = try $0.varint() }),
        ([0x80], 101, { _ = try $0.varint() }),
        ([3, 1, 1, 1], 100, { _ = try $0.count(minimumBytesEach: 2) }),
        ([1, 2, 3, 4], 100, { _ = try $0.floats(.max) }),
        ([1, 2, 3, 4], 100, { _ = try $0.floats(-1) }),
        ([1], 100, { try $0.expectEnd() }),
        ([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], 100, { _ = try $0.block() }),
    ]
    for (number, (bytes, offset, read)) in cases.enumerated() {
        var reader = ByteReader(bytes, path: "f", offset: 100)
        let error = expectStorageError(.corrupted) { try read(&reader) }
        #expect(error?.path == "f" && error?.offset == offset, "case \(number)")
    }
}

@Test func randomBytesNeverTrap() {
    let seed = testSeed(11)
    var random = RandomSource(seed: seed)
    for _ in 0..<2000 {
        let bytes = (0..<Int.random(in: 0..<60, using: &random)).map { _ in
            UInt8.random(in: 0...255, using: &random) & (random.next() % 2 == 0 ? 0x0f : 0xff)
        }
        var reader = ByteReader(bytes, path: "f")
        var last = -1
        while reader.position > last {
            last = reader.position
            _ = try? readAny(&reader, &random)
        }
        #expect(reader.position <= bytes.count, "seed \(seed)")
    }
}

private func readAny(_ reader: inout ByteReader, _ random: inout RandomSource) throws {
    switch random.next() % 9 {
    case 0: _ = try reader.uint8()
    case 1: _ = try reader.uint64()
    case 2: _ = try reader.varint()
    case 3: _ = try reader.string()
    case 4: _ = try reader.block()
    case 5: _ = try reader.bool()
    case 6: _ = try reader.floats(reader.count(minimumBytesEach: 4))
    case 7: _ = try reader.integers(Int(truncatingIfNeeded: random.next()), as: UInt16.self)
    default: try reader.align(to: 8)
    }
}
