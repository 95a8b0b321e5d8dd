/// The layers from which normal deviates are drawn.
///
/// The half bell exp(-x^2/2) is covered by 256 layers of equal area (Marsaglia and Tsang, "The ziggurat method
/// for generating random variables", 2000). All but about one draw in a hundred falls into the part of
/// a layer that lies wholly under the curve and costs one multiplication. The start of the tail is not a
/// constant here: it is found by bisection, as the place from which 256 layers end exactly at the peak.
struct Ziggurat: Sendable {
    static let layerCount = 256
    static let shared = Ziggurat()

    /// Right edges: `edges[0]` is the width of the base layer, `edges[1]` the start of the tail, the last is 0.
    let edges: [Double]
    /// The curve at each edge.
    let heights: [Double]

    private init() {
        var low = 2.0
        var high = 6.0
        for _ in 0..<200 {
            let middle = (low + high) / 2
            if Ziggurat.stack(tailStart: middle).passesPeak { low = middle } else { high = middle }
        }
        var edges = Ziggurat.stack(tailStart: high).edges
        edges[Ziggurat.layerCount] = 0
        self.edges = edges
        heights = edges.map(Ziggurat.bell)
    }

    private static func bell(_ x: Double) -> Double { exponential(-0.5 * x * x) }

    /// Stacks layers whose area is that of the base strip together with the tail beyond `tailStart`.
    private static func stack(tailStart: Double) -> (edges: [Double], passesPeak: Bool) {
        let tailArea = (Double.pi / 2).squareRoot() * complementaryError(tailStart / 2.0.squareRoot())
        let area = tailStart * bell(tailStart) + tailArea
        var edges = [area / bell(tailStart), tailStart]
        while edges.count <= layerCount {
            let edge = edges[edges.count - 1]
            let top = area / edge + bell(edge)
            guard top < 1 else {
                edges += [Double](repeating: 0, count: layerCount + 1 - edges.count)
                return (edges, true)
            }
            edges.append((-2 * naturalLogarithm(top)).squareRoot())
        }
        return (edges, false)
    }
}

extension RandomSource {
    /// A number from the normal distribution with mean 0 and standard deviation 1.
    public mutating func gaussian() -> Float {
        let layers = Ziggurat.shared
        return layers.edges.withUnsafeBufferPointer { edges in
            layers.heights.withUnsafeBufferPointer { heights in
                gaussian(edges: edges, heights: heights)
            }
        }
    }

    /// Fills `values` with numbers from the normal distribution with mean 0 and the given standard deviation.
    public mutating func fillGaussian(_ values: UnsafeMutableBufferPointer<Float>, deviation: Float = 1) {
        let layers = Ziggurat.shared
        layers.edges.withUnsafeBufferPointer { edges in
            layers.heights.withUnsafeBufferPointer { heights in
                for index in values.indices {
                    values[index] = deviation * gaussian(edges: edges, heights: heights)
                }
            }
        }
    }

    /// `count` numbers from the normal distribution.
    public mutating func gaussians(_ count: Int, deviation: Float = 1) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, filled in
            fillGaussian(UnsafeMutableBufferPointer(rebasing: buffer[0..<count]), deviation: deviation)
            filled = count
        }
    }

    @inline(__always)
    private mutating func gaussian(
        edges: UnsafeBufferPointer<Double>, heights: UnsafeBufferPointer<Double>
    ) -> Float {
        while true {
            let bits = next()
            let layer = Int(bits & 255)
            let position = Double(bits >> 12) * 0x1p-52 * edges[layer]
            let sign: Double = bits & 256 == 0 ? 1 : -1
            if position < edges[layer + 1] { return Float(sign * position) }
            if layer == 0 { return Float(sign * gaussianTail(from: edges[1])) }
            let height = heights[layer] + uniformDouble() * (heights[layer + 1] - heights[layer])
            if height < exponential(-0.5 * position * position) { return Float(sign * position) }
        }
    }

    /// A normal deviate beyond `start` (Marsaglia, "Generating a variable from the tail of the normal
    /// distribution", 1964).
    private mutating func gaussianTail(from start: Double) -> Double {
        while true {
            let step = -naturalLogarithm(1 - uniformDouble()) / start
            let height = -naturalLogarithm(1 - uniformDouble())
            if 2 * height > step * step { return start + step }
        }
    }
}
