/// The first of `count` places where `isBelow` is false; it is true before and false behind. O(log count).
@inline(__always)
func lowerBound(count: Int, _ isBelow: (Int) -> Bool) -> Int {
    var start = 0
    var length = count
    while length > 0 {
        let half = length / 2
        let below = isBelow(start + half)
        start = below ? start + half + 1 : start
        length = below ? length - half - 1 : half
    }
    return start
}
