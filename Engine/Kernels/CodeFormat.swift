import CKernels

/// How the elements of a row are coded, and the kernels for it. CKernels/include/codes.h has the layouts.
enum CodeFormat: UInt8, Sendable, CaseIterable {
    case bits8 = 0
    case bits6 = 1
    case bits4 = 2
    case float16 = 3
    case bfloat16 = 4

    /// Whether a code counts steps from a lowest value; the others are shortened floats.
    var countsSteps: Bool { self != .float16 && self != .bfloat16 }

    /// The highest code of a format that counts steps.
    var highestCode: UInt8 {
        switch self {
        case .bits8: 255
        case .bits6: 63
        case .bits4: 15
        case .float16, .bfloat16: preconditionFailure("shortened floats are no counts")
        }
    }

    /// Bytes of the codes of a row.
    func rowBytes(forDimension dimension: Int) -> Int { apus_code_row_bytes(Int(rawValue), dimension) }

    /// Bytes of one plane of a prepared query.
    func planeBytes(forDimension dimension: Int) -> Int { apus_code_plane_bytes(Int(rawValue), dimension) }

    /// Squared Euclidean distance, by the instruction set of that name.
    func l2(_ kernels: Kernels = .best) -> DistanceKernel {
        let table = Self.table(kernels).l2
        return DistanceKernel(pick(table.0, table.1, table.2, table.3, table.4))
    }

    /// The inner product, negated so that smaller is closer.
    func negativeInnerProduct(_ kernels: Kernels = .best) -> DistanceKernel {
        let table = Self.table(kernels).negative_inner_product
        return DistanceKernel(pick(table.0, table.1, table.2, table.3, table.4))
    }

    private func pick<Item>(_ items: Item...) -> Item { items[Int(rawValue)] }

    private static func table(_ kernels: Kernels) -> apus_code_kernels {
        apus_code_kernels_named(kernels.name).pointee
    }
}
