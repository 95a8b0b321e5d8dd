/// One step into a JSON document.
enum JSONKey: Sendable, Hashable {
    /// A member of an object, by its name.
    case member(String)
    /// An element of an array, from 0.
    case element(Int)
}

/// What stands at one place of a JSON document. Arrays and objects are given by where they lie in its bytes.
enum JSONScalar: Sendable, Hashable {
    case null
    case bool(Bool)
    /// A number without fraction and exponent that fits 64 bits.
    case integer(Int64)
    /// Any other number; infinite if it is out of the range of a double.
    case number(Double)
    case text(String)
    case array(Range<Int>)
    case object(Range<Int>)
}

/// A JSON document read where it lies, without building a tree of it.
///
/// Bytes that are no JSON give nil or an early end, never a trap: they may come from a damaged file. Of members with
/// one name the first counts. Lookups are O(bytes before the value), iterations O(bytes of the array or object).
struct JSONDocument {
    private let bytes: UnsafeRawBufferPointer

    /// - Parameter bytes: valid as long as the document is used.
    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// The value at the end of a path; the whole document for no keys. Nil if there is none.
    func value(at keys: [JSONKey]) -> JSONScalar? {
        cursor(at: keys)?.scalar()
    }

    /// The bytes of the value at the end of a path, without space around it. Nil if there is none.
    func range(at keys: [JSONKey]) -> Range<Int>? {
        var cursor = cursor(at: keys)
        return cursor?.takeValue()
    }

    /// The value in a range that `value`, `range`, `elements` or `members` gave.
    func value(in range: Range<Int>) -> JSONScalar? {
        JSONCursor(bytes, position: range.lowerBound).scalar()
    }

    /// The elements of an array, in order.
    func elements(of array: Range<Int>) -> JSONElements {
        JSONElements(JSONCursor(bytes, position: array.lowerBound))
    }

    /// The members of an object, in order.
    func members(of object: Range<Int>) -> JSONMembers {
        JSONMembers(JSONCursor(bytes, position: object.lowerBound))
    }

    /// How many elements an array has.
    func elementCount(of array: Range<Int>) -> Int {
        var elements = elements(of: array)
        var count = 0
        while elements.nextRange() != nil { count += 1 }
        return count
    }

    /// The text of a range, as it stands in the document.
    func text(in range: Range<Int>) -> String {
        String(decoding: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    private func cursor(at keys: [JSONKey]) -> JSONCursor? {
        var cursor = JSONCursor(bytes, position: 0)
        for key in keys {
            let isThere =
                switch key {
                case .member(let name): cursor.enterMember(name)
                case .element(let index): cursor.enterElement(index)
                }
            guard isThere else { return nil }
        }
        return cursor
    }
}

/// Walks over the elements of an array.
struct JSONElements: Sequence, IteratorProtocol {
    private var cursor: JSONCursor
    private var isAtEnd: Bool

    fileprivate init(_ cursor: JSONCursor) {
        self.cursor = cursor
        isAtEnd = !self.cursor.open(UInt8(ascii: "["), closedBy: UInt8(ascii: "]"))
    }

    mutating func next() -> JSONScalar? {
        let start = cursor
        return nextRange() == nil ? nil : start.scalar()
    }

    /// Where the next element lies.
    mutating func nextRange() -> Range<Int>? {
        guard !isAtEnd, let range = cursor.takeValue() else { return nil }
        isAtEnd = !cursor.acceptAfterSpace(UInt8(ascii: ","))
        return range
    }
}

/// Walks over the members of an object.
struct JSONMembers: Sequence, IteratorProtocol {
    private var cursor: JSONCursor
    private var isAtEnd: Bool

    fileprivate init(_ cursor: JSONCursor) {
        self.cursor = cursor
        isAtEnd = !self.cursor.open(UInt8(ascii: "{"), closedBy: UInt8(ascii: "}"))
    }

    mutating func next() -> (name: String, value: Range<Int>)? {
        guard !isAtEnd, let name = cursor.takeName()?.text, let value = cursor.takeValue() else { return nil }
        isAtEnd = !cursor.acceptAfterSpace(UInt8(ascii: ","))
        return (name, value)
    }
}
