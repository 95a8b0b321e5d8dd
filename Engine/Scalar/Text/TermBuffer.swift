/// The bytes of one term on its way through the filters, in memory that is used again for the next.
struct TermBuffer: ~Copyable {
    private(set) var base: UnsafeMutablePointer<UInt8>
    private(set) var count = 0
    private var capacity: Int

    init() {
        capacity = 64
        base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    /// Valid until the buffer changes.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    subscript(index: Int) -> UInt8 {
        @inline(__always) get {
            assert(index >= 0 && index < count)
            return base[index]
        }
        @inline(__always) set {
            assert(index >= 0 && index < count)
            base[index] = newValue
        }
    }

    var isASCII: Bool {
        var all: UInt8 = 0
        for index in 0..<count { all |= base[index] }
        return all < 0x80
    }

    /// Replaces the content by a copy of `bytes`, which are none of this buffer.
    mutating func set(_ bytes: UnsafeRawBufferPointer) {
        count = 0
        append(bytes)
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress else { return }
        reserve(count + bytes.count)
        UnsafeMutableRawPointer(base + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    mutating func append(_ byte: UInt8) {
        reserve(count + 1)
        base[count] = byte
        count += 1
    }

    /// Drops all bytes from `newCount` on.
    mutating func truncate(to newCount: Int) {
        precondition((0...count).contains(newCount))
        count = newCount
    }

    mutating func removeFirst() {
        precondition(count > 0)
        base.update(from: base + 1, count: count - 1)
        count -= 1
    }

    /// Replaces the last `length` bytes by an ASCII text.
    mutating func replaceLast(_ length: Int, by text: StaticString) {
        truncate(to: count - length)
        append(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Replaces each scalar by the bytes that `body` appends for it, in a copy.
    mutating func rewriteScalars(_ body: (Unicode.Scalar, inout TermBuffer) -> Void) {
        var target = TermBuffer()
        var scalars = UTF8Scalars(bytes)
        while let scalar = scalars.next() { body(scalar, &target) }
        swap(&self, &target)
    }

    mutating func append(_ scalar: Unicode.Scalar) {
        for byte in Unicode.UTF8.encode(scalar)! { append(byte) }
    }

    private mutating func reserve(_ needed: Int) {
        guard needed > capacity else { return }
        let larger = max(needed, capacity * 2)
        let target = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        target.update(from: base, count: count)
        base.deallocate()
        (base, capacity) = (target, larger)
    }
}
