import Common
import TestSupport
import Testing

@testable import Apus

/// CRC-32C bit by bit, from its definition.
private func bitwiseCRC32C(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0x82F6_3B78 : crc >> 1 }
    }
    return ~crc
}

private func crc32c(_ bytes: ArraySlice<UInt8>, continuing previous: UInt32 = 0) -> UInt32 {
    bytes.withUnsafeBytes { Checksum.crc32c($0, continuing: previous) }
}

@Suite struct ChecksumTests {
    /// RFC 3720, appendix B.4, and the usual check value.
    @Test func knownVectors() {
        #expect(crc32c(Array("123456789".utf8)[...]) == 0xE306_9283)
        #expect(crc32c([]) == 0)
        #expect(crc32c([UInt8](repeating: 0, count: 32)[...]) == 0x8A91_36AA)
        #expect(crc32c([UInt8](repeating: 0xFF, count: 32)[...]) == 0x62A8_AB43)
        #expect(crc32c([UInt8](0..<32)[...]) == 0x46DD_794E)
    }

    @Test(arguments: [1, 7, 8, 9, 767, 768, 769, 1000, 12_287, 12_288, 14_000, 40_003])
    func equalsTheDefinition(count: Int) {
        let seed = testSeed(11)
        var random = RandomSource(seed: seed)
        let bytes = (0..<count + 3).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        for offset in 0..<3 {
            let part = bytes[offset..<offset + count]
            #expect(crc32c(part) == bitwiseCRC32C(part), "seed \(seed), offset \(offset)")
        }
    }

    @Test func piecesGiveTheChecksumOfTheWhole() {
        let seed = testSeed(12)
        var random = RandomSource(seed: seed)
        let bytes = (0..<20_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let whole = crc32c(bytes[...])
        for cut in [0, 1, 8, 777, 12_288, 19_999, 20_000] {
            let pieces = crc32c(bytes[cut...], continuing: crc32c(bytes[..<cut]))
            #expect(pieces == whole, "seed \(seed), cut \(cut)")
        }
    }
}
