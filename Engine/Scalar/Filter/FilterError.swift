/// What is wrong with a filter expression, and where.
struct FilterError: Error, Equatable {
    /// Offset in the bytes of the expression; nil if the whole is meant.
    let position: Int?
    let problem: String

    init(at position: Int?, _ problem: String) {
        self.position = position
        self.problem = problem
    }

    private static let mostShownCharacters = 400

    /// The error as the caller of the engine sees it: the expression (shortened if it is very long), the column,
    /// counted in characters from 1, and the problem.
    func error(in expression: String) -> ApusError {
        let place = position.map { "at column \(Self.column(of: $0, in: expression)): " } ?? ""
        let shown = expression.shortened(to: Self.mostShownCharacters)
        return ApusError(.invalidArgument, "cannot parse expression: \(shown), error: \(place)\(problem)")
    }

    private static func column(of position: Int, in expression: String) -> Int {
        let bytes = expression.utf8
        let end = bytes.index(bytes.startIndex, offsetBy: min(position, bytes.count))
        return expression[..<end].count + 1
    }
}
