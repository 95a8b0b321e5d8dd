/// Turns the tree of a regular expression into instructions (Thompson 1968).
struct RegularCompiler {
    /// Counted repetitions are written out, so small expressions can make long programs.
    private static let mostInstructions = 10_000

    private var program: [RegularInstruction] = []
    /// Nodes written out so far; those that make no instructions count too.
    private var work = 0

    static func compile(_ tree: RegularNode) throws -> [RegularInstruction] {
        var compiler = RegularCompiler()
        try compiler.append(tree)
        try compiler.append(.match)
        return compiler.program
    }

    private mutating func append(_ instruction: RegularInstruction) throws {
        try count()
        program.append(instruction)
    }

    private mutating func count() throws {
        work += 1
        guard work <= 2 * Self.mostInstructions, program.count < Self.mostInstructions else {
            throw RegularExpressionError(
                description: "its repetitions make more than \(Self.mostInstructions) steps; lower their counts")
        }
    }

    private mutating func append(_ node: RegularNode) throws {
        try count()
        switch node {
        case .character(let characters): try append(RegularInstruction.character(characters))
        case .assertion(let assertion): try append(RegularInstruction.assertion(assertion))
        case .sequence(let parts): for part in parts { try append(part) }
        case .choice(let ways): try append(choice: ways)
        case .repetition(let node, let least, let most): try append(node, least: least, most: most)
        }
    }

    private mutating func append(choice ways: [RegularNode]) throws {
        var jumps: [Int] = []
        for way in ways.dropLast() {
            let split = program.count
            try append(.split(0, 0))
            try append(way)
            jumps.append(program.count)
            try append(.jump(0))
            program[split] = .split(split + 1, program.count)
        }
        try append(ways[ways.count - 1])
        for jump in jumps { program[jump] = .jump(program.count) }
    }

    private mutating func append(_ node: RegularNode, least: Int, most: Int?) throws {
        for _ in 0..<least { try append(node) }
        guard let most else { return try append(anyNumberOf: node) }
        var splits: [Int] = []
        for _ in least..<most {
            splits.append(program.count)
            try append(.split(0, 0))
            try append(node)
        }
        for split in splits { program[split] = .split(split + 1, program.count) }
    }

    private mutating func append(anyNumberOf node: RegularNode) throws {
        let split = program.count
        try append(.split(0, 0))
        try append(node)
        try append(.jump(split))
        program[split] = .split(split + 1, program.count)
    }
}
