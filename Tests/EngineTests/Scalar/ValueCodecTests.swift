import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct ValueCodecTests {
    private static let types: [DataType] = [
        .bool, .int8, .int16, .int32, .int64, .float, .double, .varchar(maxLength: 5), .json,
        .array(of: .int16, maxCapacity: 3), .array(of: .varchar(maxLength: 3), maxCapacity: 3),
    ]

    @Test(
        arguments: [
            (.bool, .bool(true)), (.int8, .integer(-128)), (.int16, .integer(32_767)),
            (.int32, .integer(-2_147_483_648)),
            (.int64, .integer(.min)), (.float, .float(-0.5)), (.double, .double(.greatestFiniteMagnitude)),
            (.varchar(maxLength: 5), "häu"), (.varchar(maxLength: 1), ""), (.json, .json("[1, 2]")),
            (.array(of: .int16, maxCapacity: 2), .array([1, -2])), (.array(of: .bool, maxCapacity: 1), .array([])),
            (.array(of: .varchar(maxLength: 3), maxCapacity: 2), .array(["", "abc"])),
        ] as [(DataType, Value)])
    func valuesComeBack(type: DataType, value: Value) throws {
        let bytes = try ValueCodec.encode(value, as: type)
        #expect(bytes.withUnsafeBytes { ValueCodec.decode($0, as: type) } == value)
        #expect(bytes.withUnsafeBytes { ValueCodec.isWhole($0, as: type) })
    }

    @Test(
        arguments: [
            (.int8, .integer(128)), (.int16, .integer(-32_769)), (.int32, .integer(1 << 31)), (.int64, .double(1)),
            (.float, .double(1e300)), (.double, .double(.nan)), (.bool, .integer(1)), (.varchar(maxLength: 2), "äb"),
            (.json, .json("{")), (.json, "text"), (.array(of: .int16, maxCapacity: 1), .array([1, 2])),
            (.array(of: .int16, maxCapacity: 1), .array([.null])), (.array(of: .int16, maxCapacity: 1), 3),
        ] as [(DataType, Value)])
    func valuesThatDoNotFitAreRefused(type: DataType, value: Value) {
        #expect(throws: ValueCodec.Misfit.self) { try ValueCodec.encode(value, as: type) }
    }

    /// Any bytes are either whole or not; decoding traps for none that are whole.
    @Test func damagedBytesAreNoticed() {
        let seed = testSeed(41)
        var random = RandomSource(seed: seed)
        for round in 0..<20_000 {
            let type = Self.types.randomElement(using: &random)!
            let bytes = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                [0, 0, 1, 2, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random)!
            }
            let isWhole = bytes.withUnsafeBytes { ValueCodec.isWhole($0, as: type) }
            guard isWhole else { continue }
            let value = bytes.withUnsafeBytes { ValueCodec.decode($0, as: type) }
            if case .array(let values) = value {
                let count = bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
                #expect(values.count == count, "round \(round), seed \(seed)")
            }
        }
    }

    @Test func arraysThatEndTooEarlyOrGoOnAreNotWhole() throws {
        for type in [DataType.array(of: .int16, maxCapacity: 3), .array(of: .varchar(maxLength: 3), maxCapacity: 3)] {
            let values: Value = type == .array(of: .int16, maxCapacity: 3) ? .array([1, 2]) : .array(["a", "bc"])
            let bytes = try ValueCodec.encode(values, as: type)
            for count in 0..<bytes.count {
                #expect(!Array(bytes[..<count]).withUnsafeBytes { ValueCodec.isWhole($0, as: type) }, "\(count) bytes")
            }
            #expect(!(bytes + [0]).withUnsafeBytes { ValueCodec.isWhole($0, as: type) })
        }
    }
}
