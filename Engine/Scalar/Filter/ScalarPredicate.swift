/// What a condition looks at: a field, or a place inside of a JSON or array field.
struct ScalarPath: Sendable, Hashable {
    /// Position of the field in the schema.
    let field: Int
    /// Empty for the whole value.
    let keys: [JSONKey]

    init(field: Int, keys: [JSONKey] = []) {
        self.field = field
        self.keys = keys
    }

    /// Keys are equal by bytes, as documents are read; Swift's own text equality would fold equivalent spellings.
    static func == (left: ScalarPath, right: ScalarPath) -> Bool {
        left.field == right.field && left.keys.count == right.keys.count
            && zip(left.keys, right.keys).allSatisfy(areEqual)
    }

    private static func areEqual(_ left: JSONKey, _ right: JSONKey) -> Bool {
        switch (left, right) {
        case (.member(let left), .member(let right)): left.utf8.elementsEqual(right.utf8)
        case (.element(let left), .element(let right)): left == right
        default: false
        }
    }
}

/// One end of a range.
struct ScalarBound: Sendable, Hashable {
    let value: Value
    /// Whether the value itself belongs to the range.
    let isIncluded: Bool
}

/// The values between two bounds; a bound that is nil leaves that side open. One of them is given.
struct ScalarRange: Sendable, Hashable {
    let lower: ScalarBound?
    let upper: ScalarBound?
}

/// A comparison of the value at one path with constants: what a scalar index may answer.
///
/// Constants have the form in which `ValueCodec.decode` gives values of the field: `.integer` for integer types,
/// `.float` for Float, `.double` for Double, `.text` for VarChar, `.bool` for Bool, and the same of the element type
/// for arrays. Constants compared with JSON are `.bool`, `.text`, `.array`, or numbers: `.integer` where a number is an
/// integer of 64 bits, else `.double`; the two compare with each other by size. Texts compare by their UTF-8 bytes.
/// Lists of constants are sorted and hold none twice; ranges of integers have included bounds and are not empty.
///
/// A predicate holds for rows that have such a value; for null, a missing path and a value of another type it holds
/// as little as its opposite does, except for `isNull`.
enum ScalarPredicate: Sendable, Hashable {
    case isIn([Value])
    case range(ScalarRange)
    case like(LikePattern)
    /// The value is an array with one of the constants as an element.
    case containsAny([Value])
    /// The value is an array with all of the constants among its elements.
    case containsAll([Value])
    /// The value is null, or in JSON there is none.
    case isNull
}
