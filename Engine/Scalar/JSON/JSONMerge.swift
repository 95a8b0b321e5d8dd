/// Puts the members of one JSON object into another.
enum JSONMerge {
    /// The object with the members of `patch`: those under names that it has are replaced. Members of other names stay
    /// as they are, in their order; nested objects are not merged. O(bytes).
    ///
    /// - Returns: nil unless both are objects.
    static func merged(_ object: UnsafeRawBufferPointer, with patch: UnsafeRawBufferPointer) -> [UInt8]? {
        let old = JSONDocument(object)
        let new = JSONDocument(patch)
        guard case .object(let oldRange)? = old.value(at: []), case .object(let newRange)? = new.value(at: []) else {
            return nil
        }
        let changed = Set(new.members(of: newRange).map(\.name))
        var writer = JSONWriter(reservingCapacity: object.count + patch.count)
        writer.appendObject { writer in
            for member in old.members(of: oldRange) where !changed.contains(member.name) {
                writer.appendName(member.name)
                writer.appendBytes(object[member.value])
            }
            for member in new.members(of: newRange) {
                writer.appendName(member.name)
                writer.appendBytes(patch[member.value])
            }
        }
        return writer.bytes
    }
}
