import CKernels

/// The checksum of every byte that Apus writes: CRC-32C (Castagnoli polynomial, as in iSCSI, RFC 3720).
enum Checksum {
    /// The CRC-32C of `bytes`, appended to what `continuing` already covers (0 for nothing).
    static func crc32c(_ bytes: UnsafeRawBufferPointer, continuing: UInt32 = 0) -> UInt32 {
        guard let start = bytes.baseAddress else { return continuing }
        return apus_crc32c(continuing, start, bytes.count)
    }
}
