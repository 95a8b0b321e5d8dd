import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct KeyTableTests {
    private func table(_ keys: [PrimaryKey], _ type: DataType) throws -> KeyTable {
        var builder = ColumnBuilder(type: type)
        for key in keys { builder.append(try ValueCodec.encode(key.value, as: type)) }
        return KeyTable(builder.finish())
    }

    @Test(arguments: [DataType.int64, .varchar(maxLength: 12)], [true, false])
    func theNewestRowOfAKeyIsFound(type: DataType, areSorted: Bool) throws {
        let seed = testSeed(51)
        var random = RandomSource(seed: seed)
        for count in [0, 1, 2, 64, 500] {
            var keys = (0..<count).map { _ -> PrimaryKey in
                let number = Int64.random(in: -200...200, using: &random)
                return type == .int64 ? .integer(number) : .text(number % 9 == 0 ? "" : "é\(number)")
            }
            if areSorted { keys.sort() }
            let table = try table(keys, type)
            for key in Set(keys) {
                #expect(table.newestRow(of: key) == keys.lastIndex(of: key), "\(key), \(count) keys, seed \(seed)")
            }
            let absent: PrimaryKey = type == .int64 ? .integer(999) : .text("e\u{301}1")
            #expect(table.newestRow(of: absent) == nil, "seed \(seed)")
        }
    }

    @Test func textsAreToldApartByTheirBytes() throws {
        let table = try table(["\u{e9}", "e\u{301}"], .varchar(maxLength: 4))
        #expect(table.newestRow(of: "\u{e9}") == 0)
        #expect(table.newestRow(of: "e\u{301}") == 1)
    }
}
