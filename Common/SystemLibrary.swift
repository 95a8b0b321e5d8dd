// The one place where the C library's mathematics is named, so that other files need no platform condition.
#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
func exponential(_ value: Double) -> Double { exp(value) }
func naturalLogarithm(_ value: Double) -> Double { log(value) }
func complementaryError(_ value: Double) -> Double { erfc(value) }

/// `read` of the C library, for types that have a method of that name.
func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}

/// `write` of the C library, for types that have a method of that name.
func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, buffer, count)
}
