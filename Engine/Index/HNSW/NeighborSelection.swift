/// Chooses which near rows a row links to: Algorithm 4 of Malkov and Yashunin, without extension and without
/// keeping pruned candidates.
///
/// A candidate is chosen if no row chosen before is clearly nearer to it than the target is, so the links spread
/// over all directions. Distances among candidates are computed by the batch: a chosen row prunes all candidates of
/// a chunk at once.
struct NeighborSelection: ~Copyable {
    /// Candidates in force, sorted by `sortCandidates`.
    private let candidates: UnsafeMutablePointer<Neighbor>
    private let capacity: Int
    private(set) var candidateCount = 0
    /// What `select` chose, nearest first.
    private let chosen: UnsafeMutablePointer<Neighbor>
    private(set) var chosenCount = 0

    private var ownDistance: Float = 0
    private let aliveRows: UnsafeMutablePointer<UInt32>
    private let aliveDistances: UnsafeMutablePointer<Float>
    private let mutualDistances: UnsafeMutablePointer<Float>

    /// Candidates that are pruned together: more cost wasted distances once enough are chosen, fewer cost calls.
    private static let chunk = 32

    /// A chosen row prunes a candidate only if it is nearer than the target by this share of the distance, counted
    /// from the target's distance to itself (an inner product has no zero of its own). The paper has 0, which found
    /// less with as many distances (WordNet 60k: recall 0.921 at 423, against 0.934 at 432); on clustered rows 0.11
    /// found no more than 0.
    private static let tolerance: Float = 0.06

    init(capacity: Int) {
        self.capacity = capacity
        candidates = .allocate(capacity: capacity)
        chosen = .allocate(capacity: capacity)
        aliveRows = .allocate(capacity: Self.chunk)
        aliveDistances = .allocate(capacity: Self.chunk)
        mutualDistances = .allocate(capacity: Self.chunk)
    }

    deinit {
        candidates.deallocate()
        chosen.deallocate()
        aliveRows.deallocate()
        aliveDistances.deallocate()
        mutualDistances.deallocate()
    }

    mutating func removeCandidates() { candidateCount = 0 }

    mutating func add(_ candidate: Neighbor) {
        precondition(candidateCount < capacity)
        candidates[candidateCount] = candidate
        candidateCount += 1
    }

    /// Insertion sort: candidates arrive nearly in order.
    mutating func sortCandidates() {
        guard candidateCount > 1 else { return }
        for index in 1..<candidateCount {
            let candidate = candidates[index]
            var place = index
            while place > 0 && candidate < candidates[place - 1] {
                candidates[place] = candidates[place - 1]
                place -= 1
            }
            candidates[place] = candidate
        }
    }

    /// Chooses at most `limit` of the sorted candidates as neighbours of the row `target`.
    mutating func select(for target: UInt32, limit: Int, among vectors: VectorSpace) {
        chosenCount = 0
        ownDistance = vectors.scorer(forRow: target).distance(to: target)
        var start = 0
        while start < candidateCount && chosenCount < limit {
            let end = min(start + Self.chunk, candidateCount)
            select(from: start..<end, limit: limit, among: vectors)
            start = end
        }
    }

    func chosen(at index: Int) -> Neighbor { chosen[index] }

    private mutating func select(from range: Range<Int>, limit: Int, among vectors: VectorSpace) {
        for (place, index) in range.enumerated() {
            aliveRows[place] = candidates[index].row
            aliveDistances[place] = candidates[index].distance
        }
        var alive = range.count
        for index in 0..<chosenCount where alive > 0 {
            alive = prune(by: chosen[index].row, from: 0, to: alive, among: vectors)
        }
        var head = 0
        while head < alive && chosenCount < limit {
            chosen[chosenCount] = Neighbor(distance: aliveDistances[head], row: aliveRows[head])
            chosenCount += 1
            head += 1
            alive = prune(by: aliveRows[head - 1], from: head, to: alive, among: vectors)
        }
    }

    /// Drops the candidates that are nearer to `row` than to the target; returns the new end.
    private func prune(by row: UInt32, from start: Int, to end: Int, among vectors: VectorSpace) -> Int {
        guard start < end else { return end }
        vectors.scorer(forRow: row).distances(
            to: aliveRows + start, count: end - start, into: mutualDistances)
        var kept = start
        for index in start..<end {
            let distance = aliveDistances[index]
            let tolerated = Self.tolerance * max(distance - ownDistance, 0)
            let isKept = mutualDistances[index - start] >= distance - tolerated
            aliveRows[kept] = aliveRows[index]
            aliveDistances[kept] = aliveDistances[index]
            kept += isKept ? 1 : 0
        }
        return kept
    }
}
