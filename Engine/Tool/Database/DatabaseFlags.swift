import Apus
import Common

/// Flags that say which collection a command is about.
enum DatabaseFlags {
    static let folder = CommandLineFlag(
        "folder", .required(placeholder: "FOLDER"), help: "The database folder.")
    static let database = CommandLineFlag(
        "database", .value(placeholder: "NAME", defaultValue: Database.defaultName),
        help: "The database in the folder.")
    static let collection = CommandLineFlag(
        "collection", .required(placeholder: "NAME"), help: "The collection.")
    static let anyCollection = CommandLineFlag(
        "collection", .value(placeholder: "NAME", defaultValue: nil), help: "The collection; all without it.")

    /// Opens the folder that must be there, calls `body` with the database and closes it again.
    static func withDatabase<Result>(
        _ arguments: ParsedArguments, _ body: (Database) throws -> Result
    ) throws -> Result {
        let folder = arguments.string("folder")!
        guard SystemFile.exists(folder) else {
            throw SurroundingsError("there is no folder \(folder); 'apus import' makes one")
        }
        return try withDatabase(at: folder, named: arguments.string("database")!, body)
    }

    /// Opens a folder, which is made if it is not there.
    static func withDatabase<Result>(
        at folder: String, named name: String, _ body: (Database) throws -> Result
    ) throws -> Result {
        let instance = try Instance(folder: folder)
        do {
            let result = try body(try instance.database(name))
            try instance.close()
            return result
        } catch {
            try? instance.close()
            throw error
        }
    }
}

extension Schema {
    /// The vector field of a name, or the only one.
    func vectorField(named name: String?) throws -> Field {
        guard let name else {
            guard vectorFields.count == 1 else {
                throw UsageError(
                    "there are several vector fields; name one of "
                        + vectorFields.map(\.name).joined(separator: ", ") + " by --field")
            }
            return vectorFields[0]
        }
        guard let field = vectorFields.first(where: { $0.name == name }) else {
            throw UsageError("there is no vector field '\(name)'")
        }
        return field
    }
}

extension IndexDefinition {
    /// As it is typed, with all parameters in the order of the type.
    var text: String { parameters.text(of: type.rawValue, in: type.buildParameters) }
}

extension ScalarIndexDefinition {
    /// As it is typed, with all parameters in the order of the type.
    var text: String { parameters.text(of: type.rawValue, in: type.buildParameters) }
}

extension Parameters {
    /// A name with the parameters behind it, in the order of the rules.
    fileprivate func text(of name: String, in rules: [ParameterRule]) -> String {
        let values = rules.compactMap { rule in self[rule.name].map { "\(rule.name)=\($0)" } }
        return values.isEmpty ? name : "\(name)(\(values.joined(separator: ",")))"
    }
}
