import Common

/// What a running lesson is given, and where it puts its numbers and checks. Belongs to the thread that runs the lesson.
public final class LessonContext {
    public let number: LessonNumber
    public let scale: LessonScale
    /// The lesson's own folder, empty at the start.
    public let folder: String
    /// The path of the program that has this lesson's child commands.
    public let program: String
    public let data: LessonData
    public let output: LessonOutput
    public private(set) var checks: [Check] = []

    init(
        number: LessonNumber, scale: LessonScale, folder: String, program: String, data: LessonData,
        output: LessonOutput
    ) {
        self.number = number
        self.scale = scale
        self.folder = folder
        self.program = program
        self.data = data
        self.output = output
    }

    /// A folder for a database inside the lesson's folder.
    public func databaseFolder(_ name: String = "database") -> String { folder + "/" + name }

    // MARK: Telling

    /// Begins a part of the lesson.
    public func section(_ title: String) {
        output.line()
        output.line(title)
    }

    /// A paragraph of plain text.
    public func say(_ text: String) { output.paragraph(text, indent: 2) }

    public func show(_ table: TextTable) {
        for line in table.lines(indent: 4) { output.line(line) }
    }

    // MARK: Checking

    /// Records that `measured` should be `expected`.
    public func check<Quantity: Equatable>(_ claim: String, expected: Quantity, measured: Quantity) {
        record(claim, expected: "\(expected)", measured: "\(measured)", measured == expected)
    }

    /// Records that `measured` should be at least `minimum`.
    public func check<Quantity: Comparable>(_ claim: String, atLeast minimum: Quantity, measured: Quantity) {
        record(
            claim, expected: "at least \(Self.text(minimum))", measured: Self.text(measured),
            measured >= minimum)
    }

    /// Records that `measured` should be at most `maximum`.
    public func check<Quantity: Comparable>(_ claim: String, atMost maximum: Quantity, measured: Quantity) {
        record(
            claim, expected: "at most \(Self.text(maximum))", measured: Self.text(measured),
            measured <= maximum)
    }

    private func record(_ claim: String, expected: String, measured: String, _ isHeld: Bool) {
        checks.append(Check(claim: claim, expected: expected, measured: measured, isHeld: isHeld))
        let numbers = isHeld ? measured : "expected \(expected), measured \(measured)"
        output.paragraph("\(isHeld ? "[holds]" : "[FAILS]") \(claim): \(numbers)", indent: 2, hanging: 8)
    }

    private static func text<Quantity>(_ quantity: Quantity) -> String {
        if let number = quantity as? Double { return NumberText.fixed(number, 4) }
        if let number = quantity as? Float { return NumberText.fixed(Double(number), 4) }
        return "\(quantity)"
    }
}
