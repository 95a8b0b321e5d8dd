#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The processors of this machine.
public enum Processors {
    /// How many may run this process now.
    public static var count: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// The variant of the distance kernels in use: the fastest that this processor runs, or the one that the
    /// environment variable `APUS_KERNELS` names. Sums of floats differ in their last bits between variants.
    public static var kernelVariant: String { Kernels.best.name }
}
