import TestSupport
import Testing

@testable import Apus

@Suite struct AliasTests {
    private let disk = SimulatedFileSystem()

    private func open() throws -> Database {
        try Instance(folder: "d", options: DatabaseOptions(buildThreads: 1), fileSystem: disk).database()
    }

    private func schema() throws -> Schema {
        try Schema(fields: [Field("id", .int64), Field("v", .floatVector(dimension: 1))], primaryKey: "id")
    }

    private func message(_ code: ApusError.Code, _ body: () throws -> Void) -> String {
        let error = #expect(throws: ApusError.self) { try body() }
        #expect(error?.code == code)
        return error?.message ?? ""
    }

    @Test func anAliasStandsForItsCollection() throws {
        var database = try open()
        let first = try database.createCollection("first", schema: schema())
        let second = try database.createCollection("second", schema: schema())
        try database.createAlias("now", for: "first")
        try database.createAlias("now", for: "first")
        try database.createAlias("other", for: "now")
        #expect(try database.collection("now") === first)
        #expect(try database.hasCollection("now"))
        #expect(try database.listCollections() == ["first", "second"])
        #expect(try database.listAliases() == ["now", "other"])
        #expect(try database.listAliases(of: "second") == [])
        try database.alterAlias("now", to: "second")
        #expect(try database.collection("now") === second)
        #expect(try database.describeAlias("now") == "second")
        #expect(try database.listAliases(of: "first") == ["other"])
        try database.renameCollection("second", to: "third")
        #expect(try database.describeAlias("now") == "third")
        try database.close()
        database = try open()
        #expect(try database.describeAlias("now") == "third")
        #expect(try database.describeAlias("other") == "first")
        #expect(try database.dropAlias("now"))
        #expect(try !database.dropAlias("now"))
        #expect(try !database.hasCollection("now"))
        try database.dropCollection("third")
        try database.close()
    }

    @Test func whatAnAliasForbidsIsRefused() throws {
        let database = try open()
        try database.createCollection("a", schema: schema())
        try database.createCollection("b", schema: schema())
        try database.createAlias("x", for: "a")
        #expect(
            message(.notFound) { try database.alterAlias("y", to: "a") }
                .contains("alias not found[database=default][alias=y]"))
        #expect(message(.notFound) { _ = try database.describeAlias("a") }.contains("alias not found"))
        #expect(message(.notFound) { try database.createAlias("z", for: "c") }.contains("'c'"))
        #expect(
            message(.alreadyExists) { try database.createAlias("b", for: "a") }
                .contains("alias and collection name conflict[database=default][alias=b]"))
        #expect(message(.alreadyExists) { try database.createAlias("x", for: "b") }.contains("alias already exist"))
        #expect(message(.alreadyExists) { try database.createCollection("x", schema: schema()) }.contains("alias"))
        #expect(message(.alreadyExists) { try database.renameCollection("b", to: "x") }.contains("alias"))
        #expect(message(.invalidArgument) { try database.createAlias("1x", for: "a") }.contains("1x"))
        #expect(message(.invalidArgument) { try database.dropCollection("a") }.contains("has associated aliases x"))
        #expect(
            message(.invalidArgument) { try database.dropCollection("x") }
                .contains("cannot drop the collection via alias"))
        #expect(message(.invalidArgument) { try database.renameCollection("x", to: "y") }.contains("via alias"))
        #expect(try database.listCollections() == ["a", "b"])
        try database.close()
    }

    /// Aliases belong to their database.
    @Test func databasesShareNoAliases() throws {
        let first = try open()
        let second = try first.instance.createDatabase("second")
        try first.createCollection("a", schema: schema())
        try second.createCollection("x", schema: schema())
        try first.createAlias("x", for: "a")
        #expect(try second.listAliases() == [])
        #expect(try first.collection("x") === first.collection("a"))
        #expect(try second.collection("x") !== first.collection("x"))
        try first.close()
    }
}
