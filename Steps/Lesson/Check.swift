/// A part of a lesson's claim that was measured.
public struct Check: Sendable, Hashable {
    public let claim: String
    public let expected: String
    public let measured: String
    public let isHeld: Bool
}
