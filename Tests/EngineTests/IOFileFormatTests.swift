import Testing

@testable import Apus

private let kind = FileKind("TEST", name: "test", version: 1)

@Test func aFileIsReadAsItWasWritten() throws {
    let disk = POSIXFileSystem()
    let path = "/tmp/apus-format-test"
    try? disk.remove(path)
    let writer = try FileWriter(disk, path: path, kind: kind)
    try writer.append([1, 2, 3])
    let section = try writer.align()
    try writer.append(floats: [Float](repeating: 1.5, count: 200_000))
    try writer.finish()
    let reader = try FileReader.open(disk, path: path, kind: kind)
    #expect(section == 64)
    try reader.verifyChecksum()
    let body = try reader.readBody()
    #expect(body.count == 64 + 800_000)
    var bytes = try reader.byteReader()
    #expect(try Array(bytes.byteSlice(3)) == [1, 2, 3])
    try bytes.align(to: 64)
    #expect(try bytes.floats(200_000) == [Float](repeating: 1.5, count: 200_000))
    try bytes.expectEnd()
}
