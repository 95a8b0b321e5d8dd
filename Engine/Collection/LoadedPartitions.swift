/// Which partitions of a collection are in memory.
enum LoadedPartitions: Sendable, Equatable {
    case none
    case only(Set<UInt32>)
    /// The whole collection, with partitions that are made later, but for those released since.
    case allExcept(Set<UInt32>)

    static let all = LoadedPartitions.allExcept([])

    func contains(_ number: UInt32) -> Bool {
        switch self {
        case .none: false
        case .only(let numbers): numbers.contains(number)
        case .allExcept(let numbers): !numbers.contains(number)
        }
    }

    func loading(_ numbers: Set<UInt32>) -> LoadedPartitions {
        switch self {
        case .none: .only(numbers)
        case .only(let loaded): .only(loaded.union(numbers))
        case .allExcept(let released): .allExcept(released.subtracting(numbers))
        }
    }

    /// - Parameter table: the partitions that there are; `none` if no other of them is loaded.
    func releasing(_ numbers: Set<UInt32>, of table: PartitionTable) -> LoadedPartitions {
        let rest: LoadedPartitions =
            switch self {
            case .none: .none
            case .only(let loaded): .only(loaded.subtracting(numbers))
            case .allExcept(let released): .allExcept(released.union(numbers))
            }
        return table.partitions.contains { rest.contains($0.number) } ? rest : .none
    }

    /// The same without a partition that was dropped.
    func forgetting(_ number: UInt32) -> LoadedPartitions {
        switch self {
        case .none: .none
        case .only(let loaded): .only(loaded.subtracting([number]))
        case .allExcept(let released): .allExcept(released.subtracting([number]))
        }
    }
}
