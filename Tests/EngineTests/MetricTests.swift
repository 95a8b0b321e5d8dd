import Testing

@testable import Apus

@Test(arguments: Metric.allCases)
func scoreAndDistanceAreInverse(metric: Metric) {
    for value: Float in [-2.5, 0, 1, 1e30] {
        #expect(metric.distance(fromScore: metric.score(fromDistance: value)) == value)
    }
}
