/// Keeps the best rows of one query, whatever the order in which the scores of their terms were added.
///
/// The score of a row is the sum of what its terms add, in double precision by ascending dimension, then rounded to a
/// float. Another order changes the sum by far less than a float shows, unless the sum is about halfway between two
/// floats; then, and only then, the sum is made again in the right order. So every algorithm gives the same bits.
struct ScoreCollector {
    /// Rows whose sum, or a bound of it, is at most this cannot enter any more, given that rows come in ascending
    /// order: of equal scores the lower row stays.
    private(set) var cutoff = -Double.infinity
    /// The same for rows in any order: a lower row with the score of the worst enters.
    private(set) var cutoffInAnyOrder = -Double.infinity
    /// Rows offered.
    private(set) var offered = 0

    private var nearest: TopK
    private let lists: PostingLists
    private let terms: SparseTerms
    private let permitted: RowSet?
    /// By how much the sum of a row, or a sum of bounds, may differ between two orders.
    private let rounding: Double

    init(k: Int, lists: PostingLists, terms: SparseTerms, permitted: RowSet?) {
        nearest = TopK(k: k)
        self.lists = lists
        self.terms = terms
        self.permitted = permitted
        let magnitude = terms.sources.reduce(0) { $0 + $1.magnitude }
        rounding = Double(terms.sources.count + 2) * 0x1p-52 * magnitude
    }

    @inline(__always)
    func permits(_ row: UInt32) -> Bool {
        permitted?.contains(Int(row)) ?? true
    }

    /// Which of the rows from 64 x `group` on are permitted, the first in the lowest bit.
    @inline(__always)
    func permittedRows(ofGroup group: Int) -> UInt64 {
        guard let permitted else { return .max }
        return group < permitted.words.count ? permitted.words[group] : 0
    }

    /// - Parameter sum: of what all terms add to the score of `row`, in any order.
    mutating func offer(_ row: UInt32, sum: Double) {
        var score = Float(sum - rounding)
        if score != Float(sum + rounding) { score = Float(terms.score(of: row, in: lists)) }
        offer(row, score: score)
    }

    /// - Parameter score: the exact score of `row`.
    mutating func offer(_ row: UInt32, score: Float) {
        offered += 1
        nearest.offer(-score, row)
        setCutoff(-nearest.worstDistance)
    }

    /// How many rows may enter whatever their scores are.
    var missing: Int { nearest.k - nearest.count }

    /// The best rows, best first.
    consuming func sorted() -> [Neighbor] { nearest.sorted() }

    /// A sum below the middle between a float and the next is not rounded to the next. A quarter of the unit in the
    /// last place is at most half of that gap, also below a power of two.
    private mutating func setCutoff(_ score: Float) {
        cutoff = score.isFinite ? Double(score) + Double(score.ulp) / 4 - 2 * rounding : Double(score)
        cutoffInAnyOrder = score.isFinite ? Double(score) - Double(score.ulp) - 2 * rounding : Double(score)
    }
}
