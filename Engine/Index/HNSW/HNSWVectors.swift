/// What a graph is searched with: a space that is walked, and one that gives better distances of the rows found.
struct HNSWVectors: Sendable {
    /// Full rows, or codes of them.
    let walked: VectorSpace
    /// What the nearest rows of a walk are ranked again by; nil leaves them as they are.
    let refinement: VectorSpace?

    /// The best distances there are.
    var finest: VectorSpace { refinement ?? walked }
}
