#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The processors of this machine.
public enum Processors {
    /// How many may run this process now.
    public static var count: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// The instruction set of the distance kernels in use: "scalar", "avx2", "avx512", "avx512vnni" or "neon".
    public static var instructionSet: String { Kernels.best.name }
}
