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

    /// The score shown to users for an internal distance.
    public func score(fromDistance distance: Float) -> Float {
        self == .l2 ? distance : -distance
    }

    /// The internal distance for a score shown to users.
    public func distance(fromScore score: Float) -> Float {
        self == .l2 ? score : -score
    }
}

extension Kernels {
    /// The kernel behind a metric; cosine is the inner product of normalised rows. `element` is not `bit`.
    func distance(_ metric: Metric, _ element: VectorElement) -> DistanceKernel {
        metric == .l2 ? l2(element) : negativeInnerProduct(element)
    }
}
