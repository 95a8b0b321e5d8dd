/// The parameters of each index type, with Milvus's names, ranges and defaults.
extension IndexType {
    /// Parameters of the build.
    public var buildParameters: [ParameterRule] {
        switch self {
        case .flat, .binFlat, .autoIndex: []
        case .ivfFlat, .ivfSQ8, .binIVFFlat: [.nlist]
        case .ivfPQ: [.nlist, .integer("m", 1...65_536), .integer("nbits", 1...24, 8)] + ParameterRule.refinement
        case .ivfRaBitQ: [.nlist, .integer("rbq_bits", 1...9, 1)] + ParameterRule.refinement
        case .scann: [.nlist, .boolean("with_raw_data", true), .integer("sub_dim", 1...65_536, 2)]
        case .hnsw: ParameterRule.graph
        case .hnswSQ:
            ParameterRule.graph + [.choice("sq_type", ["SQ4U", "SQ6", "SQ8", "FP16", "BF16"], "SQ8")]
                + ParameterRule.refinement
        case .hnswPQ:
            // Without m, the largest divisor of the dimension up to Milvus's default of 32.
            ParameterRule.graph + [.integer("m", 1...65_536), .integer("nbits", 1...24, 8)]
                + ParameterRule.refinement
        case .diskANN:
            [
                .integer("max_degree", 1...2048, 48), .integer("search_list_size", 1...Int(Int32.max), 100),
                .number("pq_code_budget_gb_ratio", 0...1, 0.125), .number("pq_code_budget_gb", 0...1e6, 0),
                .number("build_dram_budget_gb", 0...1e6, 0),
            ]
        case .sparseInvertedIndex, .sparseWAND:
            [
                .number("drop_ratio_build", 0...ParameterRule.belowOne, 0),
                .choice(
                    "inverted_index_algo",
                    ["DAAT_MAXSCORE", "DAAT_WAND", "TAAT_NAIVE", "BLOCK_MAX_MAXSCORE", "BLOCK_MAX_WAND"],
                    self == .sparseWAND ? "DAAT_WAND" : "DAAT_MAXSCORE"),
                .number("bm25_k1", 0...3, 1.2), .number("bm25_b", 0...1, 0.75),
            ]
        }
    }

    /// Parameters of a search. A default of nil depends on the request.
    public var searchParameters: [ParameterRule] {
        switch self {
        case .flat, .binFlat: []
        case .ivfFlat, .ivfSQ8, .binIVFFlat: [.nprobe]
        case .ivfPQ: [.nprobe, .refineK]
        case .ivfRaBitQ: [.nprobe, .integer("rbq_bits_query", 0...8, 0), .refineK]
        case .scann: [.nprobe, .integer("reorder_k", 1...Int(Int32.max))]
        case .hnsw: [.ef, .strategy([.scan, .maskedWalk, .bridgeWalk, .postFilter])]
        case .hnswSQ, .hnswPQ: [.ef, .refineK, .strategy(ParameterRule.graphStrategies)]
        case .diskANN: [.integer("search_list", 1...Int(Int32.max)), .integer("beamwidth", 1...128, 4)]
        case .autoIndex: [.integer("level", 1...10), .ef, .strategy(ParameterRule.graphStrategies)]
        case .sparseInvertedIndex, .sparseWAND:
            [
                .number("drop_ratio_search", 0...ParameterRule.belowOne, 0),
                .number("dim_max_score_ratio", 0.5...1.3, 1.05),
            ]
        }
    }

    /// The search parameter that counts the candidates kept; it may not be below the neighbours asked for.
    var candidateParameter: String? {
        switch self {
        case .hnsw, .hnswSQ, .hnswPQ, .autoIndex: "ef"
        case .scann: "reorder_k"
        case .diskANN: "search_list"
        default: nil
        }
    }
}

extension ParameterRule {
    fileprivate static let nlist = integer("nlist", 1...65_536, 128)
    fileprivate static let nprobe = integer("nprobe", 1...65_536, 8)
    fileprivate static let ef = integer("ef", 1...Int(Int32.max))
    fileprivate static let refineK = number("refine_k", 1...Double(Int32.max), 1)
    fileprivate static let graphStrategies: [SearchStrategy] = [
        .scan, .codeScan, .maskedWalk, .bridgeWalk, .postFilter,
    ]

    /// How a search under a filter goes; left out or `auto`, the planner chooses.
    fileprivate static func strategy(_ strategies: [SearchStrategy]) -> ParameterRule {
        let names = [SearchStrategy.automatic] + strategies.map(\.rawValue)
        return ParameterRule(name: SearchStrategy.parameter, kind: .choice(names), defaultValue: nil)
    }

    fileprivate static let graph = [
        integer("M", 2...2048, 30), integer("efConstruction", 1...Int(Int32.max), 360),
    ]
    fileprivate static let refinement = [
        boolean("refine", false), choice("refine_type", ["SQ6", "SQ8", "FP16", "BF16", "FP32"], "FP32"),
    ]
    /// The largest number below one.
    fileprivate static let belowOne = 1.0.nextDown
}
