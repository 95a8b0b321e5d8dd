/// What a name of the simulated disk stands for.
enum SimulatedNode: Sendable, Hashable {
    case folder
    case file(Int)
}

/// One change of names that survives a power cut whole or not at all.
struct NameChange: Sendable {
    /// The new meaning of each name; nil for a name that goes.
    let names: [String: SimulatedNode?]

    func touches(_ other: NameChange) -> Bool {
        names.keys.contains { other.names[$0] != nil }
    }

    func isIn(_ folder: String) -> Bool {
        names.keys.contains { SimulatedNames.folder(of: $0) == folder }
    }
}

/// The names of the simulated disk: the durable ones and the changes that no sync of a folder has made durable.
struct SimulatedNames: Sendable {
    private(set) var durable: [String: SimulatedNode]
    private(set) var current: [String: SimulatedNode]
    private var pending: [NameChange] = []

    /// The root is there from the start.
    init(durable: [String: SimulatedNode] = ["": .folder]) {
        self.durable = durable
        current = durable
    }

    /// A path without empty parts and dots, so that each file has one name; the root is the empty path.
    static func normalise(_ path: String) -> String {
        path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    static func folder(of name: String) -> String {
        name.lastIndex(of: "/").map { String(name[..<$0]) } ?? ""
    }

    func children(of folder: String) -> [String] {
        let prefix = folder.isEmpty ? "" : folder + "/"
        return current.keys.filter { !$0.isEmpty && $0 != folder && Self.folder(of: $0) == folder }
            .map { String($0.dropFirst(prefix.count)) }.sorted()
    }

    mutating func apply(_ change: NameChange) {
        Self.apply(change, to: &current)
        pending.append(change)
    }

    /// Makes the changes in one folder durable, and those that they build upon.
    mutating func sync(_ folder: String) {
        let wanted = Self.withPredecessors(pending, pending.map { $0.isIn(folder) })
        for (change, isWanted) in zip(pending, wanted) where isWanted { Self.apply(change, to: &durable) }
        pending = zip(pending, wanted).filter { !$0.1 }.map(\.0)
    }

    /// The names after a power cut. Changes of the same name survive in their order, others independently.
    func survivor(_ dice: inout SurvivalDice) -> [String: SimulatedNode] {
        var names = durable
        var lost: [NameChange] = []
        for change in pending {
            if dice.keeps(), !lost.contains(where: { $0.touches(change) }) {
                Self.apply(change, to: &names)
            } else {
                lost.append(change)
            }
        }
        return names.filter { Self.isReachable($0.key, names) }
    }

    /// The files that a name, now or after a power cut, can lead to.
    var referencedFiles: Set<Int> {
        let nodes =
            Array(durable.values) + Array(current.values)
            + pending.flatMap { $0.names.values.compactMap { $0 } }
        return Set(
            nodes.compactMap {
                if case .file(let identifier) = $0 { identifier } else { nil }
            })
    }

    /// Marks also the earlier changes that share a name with a marked one.
    private static func withPredecessors(_ changes: [NameChange], _ marks: [Bool]) -> [Bool] {
        var marks = marks
        for index in changes.indices.reversed() where marks[index] {
            for earlier in 0..<index where changes[earlier].touches(changes[index]) { marks[earlier] = true }
        }
        return marks
    }

    private static func isReachable(_ name: String, _ names: [String: SimulatedNode]) -> Bool {
        name.isEmpty || names[folder(of: name)] == .folder && isReachable(folder(of: name), names)
    }

    private static func apply(_ change: NameChange, to names: inout [String: SimulatedNode]) {
        for (name, node) in change.names { names[name] = node }
    }
}
