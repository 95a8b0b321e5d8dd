import Common

/// Bytes of which everything from `stored.count` to `size` is zero, so that reserved space costs no memory.
struct SparseBytes: Sendable {
    private(set) var stored: [UInt8] = []
    private(set) var size = 0

    /// The bytes, zeros included.
    var all: [UInt8] { stored + [UInt8](repeating: 0, count: size - stored.count) }

    mutating func write(_ bytes: some Collection<UInt8>, at offset: Int) {
        let end = offset + bytes.count
        if stored.count < end { stored += repeatElement(0, count: end - stored.count) }
        stored.replaceSubrange(offset..<end, with: bytes)
        size = max(size, end)
    }

    mutating func resize(to newSize: Int) {
        if stored.count > newSize { stored.removeLast(stored.count - newSize) }
        size = newSize
    }

    /// Fills the buffer from `offset` on; returns how much of it lies within the size.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        let count = max(0, min(buffer.count, size - offset))
        let present = max(0, min(count, stored.count - offset))
        if present > 0 { buffer.copyBytes(from: stored[offset..<offset + present]) }
        for index in present..<max(present, count) { buffer[index] = 0 }
        return count
    }
}

/// A change of a file that no sync has made durable.
enum PendingChange: Sendable {
    case write([UInt8], at: Int)
    case resize(to: Int)
}

/// A file: what a power cut leaves for certain, what was changed since, and what readers see.
struct SimulatedContent: Sendable {
    private(set) var durable = SparseBytes()
    private(set) var current = SparseBytes()
    private(set) var pending: [PendingChange] = []

    init() {}

    /// A file that is durable as it is.
    init(durable: SparseBytes) {
        self.durable = durable
        current = durable
    }

    mutating func apply(_ change: PendingChange) {
        Self.apply(change, to: &current)
        pending.append(change)
    }

    mutating func sync() {
        for change in pending { Self.apply(change, to: &durable) }
        pending = []
    }

    /// A failed sync: the system forgets what it could not write, and a later sync does not bring it back.
    mutating func failSync(_ dice: inout SurvivalDice) {
        durable = survivor(&dice)
        pending = []
    }

    /// What a power cut leaves.
    func survivor(_ dice: inout SurvivalDice) -> SparseBytes {
        var bytes = durable
        for change in pending {
            switch change {
            case .resize: if dice.keeps() { Self.apply(change, to: &bytes) }
            case .write(let written, let offset): Self.tear(written, offset, &bytes, &dice)
            }
        }
        return bytes
    }

    /// Changes what lies on the disk behind everybody's back.
    mutating func damage(_ change: (inout SparseBytes) -> Void) {
        change(&durable)
        change(&current)
    }

    private static let sectorSize = 512

    /// Applies all, none or some sectors of a write.
    private static func tear(
        _ written: [UInt8], _ offset: Int, _ bytes: inout SparseBytes, _ dice: inout SurvivalDice
    ) {
        switch dice.fate() {
        case .lost: return
        case .kept: bytes.write(written, at: offset)
        case .torn:
            for part in sectors(offset..<offset + written.count) where dice.keeps() {
                bytes.write(written[part.lowerBound - offset..<part.upperBound - offset], at: part.lowerBound)
            }
        }
    }

    /// The parts of a range of a file that lie in one sector each.
    static func sectors(_ range: Range<Int>) -> [Range<Int>] {
        stride(from: range.lowerBound / sectorSize * sectorSize, to: range.upperBound, by: sectorSize).map {
            $0..<$0 + sectorSize
        }.map { $0.clamped(to: range) }
    }

    private static func apply(_ change: PendingChange, to bytes: inout SparseBytes) {
        switch change {
        case .write(let written, let offset): bytes.write(written, at: offset)
        case .resize(let size): bytes.resize(to: size)
        }
    }
}

/// Decides what survives a power cut. Seed 0 keeps nothing that was not synced, seed 1 everything, every other
/// seed a random part.
struct SurvivalDice: Sendable {
    enum Fate {
        case kept, torn, lost
    }

    private let seed: UInt64
    private var random: RandomSource

    init(seed: UInt64) {
        self.seed = seed
        random = RandomSource(seed: seed)
    }

    mutating func keeps() -> Bool {
        seed == 0 ? false : seed == 1 ? true : Bool.random(using: &random)
    }

    mutating func fate() -> Fate {
        switch seed {
        case 0: .lost
        case 1: .kept
        default: [.kept, .torn, .lost].randomElement(using: &random) ?? .lost
        }
    }
}
