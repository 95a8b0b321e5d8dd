#if canImport(Glibc)
    import Glibc
#endif

/// The seed of a randomised test: `APUS_TEST_SEED` when it is set, else `fallback`. Tests print it when they fail.
public func testSeed(_ fallback: UInt64) -> UInt64 {
    getenv("APUS_TEST_SEED").flatMap { UInt64(String(cString: $0)) } ?? fallback
}
