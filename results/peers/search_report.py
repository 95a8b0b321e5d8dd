"""The section of one group of searches. Standard library only."""

from tables import megabytes, number, rate_text, ratio_text, seconds_text, table

DRIFT_WORTH_A_WORD = 0.10
CPU_SHARE_OF_AN_UNDISTURBED_PASS = 0.95


def search_section(comparison):
    engines = [*comparison.apus.values(), *comparison.engines.values()]
    parts = [f"## {comparison.group.name}", rate_table(comparison, engines), cost_table(comparison, engines)]
    parts += [ratio_table(comparison), failures(engines), notes(comparison, engines)]
    parts += ["### Curves", curve_table(engines)]
    return "\n\n".join(part for part in parts if part)


def level_texts(comparison):
    is_exact = comparison.group.is_exact
    return [f"{mode} exact" if is_exact else f"{mode} {level:g}" for mode, level in comparison.levels()]


def rate_table(comparison, engines):
    rows = []
    for engine in engines:
        readings = [comparison.reading(engine, *one) for one in comparison.levels()]
        rows.append([engine.label, *(rate_text(one, comparison.group.is_exact) for one in readings)])
    return table(["QPS at recall", *level_texts(comparison)], rows)


def cost_table(comparison, engines):
    threads = sorted({one for engine in engines for one in engine.builds})
    rows = []
    for engine in engines:
        builds = [seconds_text(engine.builds.get(one)) for one in threads]
        earlier = engine.built_earlier or "this run"
        index = megabytes(engine.memory_bytes)
        if engine.memory_bytes is not None and engine.vector_bytes is not None:
            index += f" + {megabytes(engine.vector_bytes)}"
        rows.append([engine.label, *builds, earlier, index, megabytes(engine.peak_rss_bytes)])
    heads = [f"build s (CPU s), {one} thread{'s' if one > 1 else ''}" for one in threads]
    return table(["cost", *heads, "built", "MB of index (+ vectors)", "MB, peak of the process"], rows)


def ratio_table(comparison):
    levels, rows = comparison.levels(), []
    for peer in comparison.engines.values():
        rows.append(["best of Apus", peer.label, *(best_text(comparison, peer, *one) for one in levels)])
        own = comparison.counterpart(peer)
        if own and len(comparison.apus) > 1:
            ratios = [ratio_text(comparison.ratio(own, peer, *one)) for one in levels]
            rows.append([own.name, peer.label, *ratios])
    for engine in comparison.apus.values():
        drifts = [number(comparison.drift(engine.name, *one)) for one in levels]
        if set(drifts) != {"-"}:
            rows.append([engine.name, "itself: last run / first run (drift)", *drifts])
    return table(["Apus", "over the peer's better rate", *level_texts(comparison)], rows) if rows else ""


def best_text(comparison, peer, mode, level):
    text = ratio_text(comparison.ratio(None, peer, mode, level))
    best, _ = comparison.best_apus(mode, level)
    return f"{text} ({best.name.removeprefix('apus ')})" if text != "-" and len(comparison.apus) > 1 else text


def failures(engines):
    lines = [f"- {engine.label}: not measured, {engine.failure}" for engine in engines if engine.failure]
    return "\n".join(lines)


def notes(comparison, engines):
    lines = [f"- {engine.label}: {note}" for engine in engines for note in engine.notes]
    for engine in comparison.engines.values():
        shares = [one["cpu_share"] for passes in engine.samples.values() for one in passes]
        disturbed = sum(share < CPU_SHARE_OF_AN_UNDISTURBED_PASS for share in shares)
        if disturbed:
            lines.append(f"- {engine.label}: {disturbed} of {len(shares)} passes did not have the core alone")
    drifts = [comparison.drift(name, *one) for name in comparison.apus for one in comparison.levels()]
    worst = max((abs(drift - 1) for drift in drifts if drift), default=0)
    if worst > DRIFT_WORTH_A_WORD:
        lines.append(f"- the machine drifted: Apus's runs differ by up to {worst:.0%}")
    return "\n".join(lines)


def curve_table(engines):
    rows = []
    for engine in engines:
        fronts = {mode: set(engine.front(mode)) for mode in {key[0] for key in engine.samples}}
        for mode, parameter in engine.samples:
            recall, qps = engine.point(mode, parameter)
            passes = engine.samples[mode, parameter]
            spread = max(one["qps"] for one in passes) / min(one["qps"] for one in passes)
            latency = [number(passes[0].get(f"latency_p{share}_us"), 0) for share in (50, 99)]
            speed = [f"{recall:.4f}", f"{qps:,.0f}", f"{spread:.2f}", str(len(passes))]
            if (recall, qps) in fronts[mode]:
                rows.append([engine.name, mode, parameter, *speed, *latency])
    head = ["engine", "mode", "parameter", "recall", "QPS", "max / min pass", "passes", "p50 us", "p99 us"]
    return "Only what no other setting of the engine beats; the JSON lines hold all.\n\n" + table(head, rows)
