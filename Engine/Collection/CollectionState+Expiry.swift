/// Time to live: rows that were written too long ago are not there for anybody who reads.
extension CollectionState {
    /// Rows that were written at or before this moment are expired; nil if none is.
    func expiry(at now: UInt64) -> UInt64? {
        guard let timeToLiveSeconds, now >= timeToLiveSeconds else { return nil }
        let moment = now - timeToLiveSeconds
        return segments.contains { $0.times.hasRows(through: moment) } ? moment : nil
    }

    /// The state without the rows that were written at or before a moment. O(segments + such rows).
    func expiring(through moment: UInt64) -> CollectionState {
        var state = self
        state.sealed = sealed.map { $0.times.hasRows(through: moment) ? $0.deleting($0.expired(through: moment)) : $0 }
        state.frozen = frozen.map { $0.times.hasRows(through: moment) ? $0.deleting($0.expired(through: moment)) : $0 }
        if growing.times.hasRows(through: moment) {
            state.growing = growing.deleting(growing.expired(through: moment))
        }
        return state
    }

    /// Where the row with a key is, unless it is expired.
    func locate(_ key: PrimaryKey, expiry: UInt64?) -> (place: Place, row: Int)? {
        guard let found = locate(key) else { return nil }
        guard let expiry else { return found }
        let written = segment(at: found.place).times.seconds(of: found.row)
        return written != WriteTimes.unknown && written <= expiry ? nil : found
    }
}

extension Segment {
    fileprivate func expired(through moment: UInt64) -> [Int] {
        var expired: [Int] = []
        times.forEachRun(through: moment) { expired += $0 }
        return expired
    }
}
