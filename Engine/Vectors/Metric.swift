/// How the closeness of two vectors is measured, under the names that users of the field know.
///
/// Inside the engine smaller is always closer; a metric turns such an internal distance into the score
/// that its users expect, and this is the only place where that happens.
public enum Metric: String, Sendable, CaseIterable, Hashable {
    /// Squared Euclidean distance; smaller scores are closer.
    case l2 = "L2"
    /// Inner product; larger scores are closer.
    case innerProduct = "IP"
    /// Cosine of the angle, computed as the inner product of normalised rows; larger scores are closer.
    case cosine = "COSINE"
    /// Different bits of binary vectors; smaller scores are closer.
    case hamming = "HAMMING"
    /// One minus the share of common bits among the bits of either; smaller scores are closer.
    case jaccard = "JACCARD"
    /// The weight of the terms that a document and a query share (Robertson and Walker 1994), for sparse vectors that
    /// count terms; larger scores are closer.
    case bm25 = "BM25"

    /// The metrics of vectors of numbers.
    public static let dense: [Metric] = [.l2, .innerProduct, .cosine]
    /// The metrics of binary vectors.
    public static let binary: [Metric] = [.hamming, .jaccard]

    /// The metrics of sparse vectors.
    public static let sparse: [Metric] = [.innerProduct, .bm25]

    /// Whether this compares bits.
    public var isBinary: Bool { Metric.binary.contains(self) }

    /// Whether larger scores are closer.
    public var prefersLarger: Bool { [.innerProduct, .cosine, .bm25].contains(self) }

    /// The score shown to users for an internal distance.
    public func score(fromDistance distance: Float) -> Float {
        prefersLarger ? -distance : distance
    }

    /// The internal distance for a score shown to users.
    public func distance(fromScore score: Float) -> Float {
        prefersLarger ? -score : score
    }
}

extension Kernels {
    /// The kernel behind a metric; cosine is the inner product of normalised rows. `element` is `bit` for the metrics
    /// of bits and only for those.
    func distance(_ metric: Metric, _ element: VectorElement) -> DistanceKernel {
        switch metric {
        case .l2: l2(element)
        case .innerProduct, .cosine: negativeInnerProduct(element)
        case .hamming: hamming
        case .jaccard: jaccard
        case .bm25: preconditionFailure("sparse vectors are scored without a kernel")
        }
    }
}
