/// A seeded generator of random numbers: the same seed gives the same sequence on every machine.
///
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
public struct RandomSource: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) {
        state = seed
    }

    /// The `stream`-th independent sequence of a seed.
    ///
    /// Work that is divided over threads gives each row its own stream, so the result does not depend on the
    /// division. Both numbers are mixed first: two plain SplitMix64 seeds that differ by a multiple of its
    /// increment would walk through the same sequence.
    public init(seed: UInt64, stream: Int) {
        let streamKey = RandomSource.mix(UInt64(bitPattern: Int64(stream)) &+ 0xD1B5_4A32_D192_ED03)
        state = RandomSource.mix(seed &+ 0x9E37_79B9_7F4A_7C15) ^ streamKey
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return RandomSource.mix(state)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
