/// One step on the way to a value inside of a JSON document.
enum JSONKey: Sendable, Hashable {
    case member(String)
    case element(Int)
}
