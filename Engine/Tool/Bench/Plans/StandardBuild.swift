import Apus
import Common

/// Build parameters that suit data of a size, for those who do not want to choose: what `--index all` takes.
///
/// Rules of thumb of the field, none of them tuned to a data set: about 4 sqrt(rows) inverted lists, but at least as many
/// rows to a list as training a centre needs; four values to a code of a product quantizer; graphs of the size that
/// papers and libraries compare by.
struct StandardBuild {
    let rows: Int
    let dimension: Int

    /// Rows for each centre below which k-means places centres on noise.
    private static let rowsPerCentre = 39
    private static let valuesPerCode = 4

    /// The types that take vectors of floats.
    static let types = IndexType.allCases.filter(takesFloats)

    private static func takesFloats(_ type: IndexType) -> Bool {
        switch type {
        case .binFlat, .binIVFFlat, .sparseInvertedIndex, .sparseWAND: false
        default: true
        }
    }

    func specification(_ type: IndexType) -> IndexSpecification {
        let entries = type.buildParameters.compactMap { rule in
            value(of: rule.name, type).map { ParameterList.Entry(rule.name, $0) }
        }
        return IndexSpecification(type: type.rawValue, parameters: ParameterList(entries))
    }

    /// nil leaves a parameter to the engine.
    private func value(of name: String, _ type: IndexType) -> String? {
        switch name {
        case "nlist": "\(lists)"
        case "m": "\(codes)"
        case "M": "16"
        case "efConstruction": "200"
        case "refine": Self.isCoarse(type) ? "true" : nil
        default: nil
        }
    }

    /// Whether the codes of a type alone do not reach a high recall.
    private static func isCoarse(_ type: IndexType) -> Bool {
        [.ivfPQ, .ivfRaBitQ, .hnswPQ].contains(type)
    }

    /// The power of two nearest to 4 sqrt(rows), within what the rows can train.
    var lists: Int {
        let most = max(1, rows / Self.rowsPerCentre)
        let wanted = max(1, 4 * Double(rows).squareRoot())
        var lists = 1
        // On a logarithmic scale the middle between n and 2n is n times the root of two.
        while Double(lists) * 2.0.squareRoot() < wanted && lists * 2 <= min(most, 65_536) { lists *= 2 }
        return lists
    }

    /// The largest divisor of the dimension that gives each code at least four values; 1 if there is none.
    var codes: Int {
        let most = max(1, dimension / Self.valuesPerCode)
        return stride(from: most, through: 1, by: -1).first { dimension % $0 == 0 } ?? 1
    }
}
