/// A term of a text: what an analyzer makes of one word.
public struct Term: Sendable, Hashable {
    /// As it is compared, for instance in lower case and stemmed.
    public let text: String
    /// The number of the word in the text. Words that a filter drops leave gaps.
    public let position: Int
    /// Where the word lies in the UTF-8 of the text.
    public let byteRange: Range<Int>

    public init(text: String, position: Int, byteRange: Range<Int>) {
        self.text = text
        self.position = position
        self.byteRange = byteRange
    }
}
