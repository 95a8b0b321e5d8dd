"""Markdown and JSON lines of one run. Standard library only."""

import json
import os
import platform
import subprocess
import time
from pathlib import Path

import environment
from engines import MODES, json_lines
from lance_insert import SYNCED

TIE = 1.30
DRIFT_WORTH_A_WORD = 0.10
CPU_SHARE_OF_AN_UNDISTURBED_PASS = 0.95


def origin(options, data, machine):
    """Where the numbers come from; the file paths of the machine stay out."""
    return {
        "schema": 1,
        "commit": commit(),
        "machine": f"{processor_name()}, {os.cpu_count()} cores, core {machine.core} used",
        "load_average": [round(value, 2) for value in os.getloadavg()],
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "data": data.name,
        "data_digest": data.digest,
        "rows": len(data.base()),
        "dimension": data.base().shape[1],
        "queries": len(data.queries()),
        "metric": data.metric,
        "k": options.k,
        "seed": options.seed,
        "threads": 1,
        "ef": options.ef,
        "rounds": options.rounds,
        "seconds": options.seconds,
        "packages": environment.versions(),
    }


def commit():
    command = ["git", "-C", str(environment.ROOT), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def processor_name():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def write(folder, stem, origin_line, comparisons, case_runs, truth_note):
    """Returns the Markdown text and the two paths."""
    lines = [json.dumps({"origin": origin_line})]
    sections = [heading(origin_line, truth_note)]
    for comparison in comparisons:
        lines += json_lines(comparison)
        sections.append(search_section(comparison))
    for run in case_runs:
        lines += run.json_lines()
        sections.append(case_section(run))
    text = "\n\n".join(sections) + "\n"
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / f"{stem}.md", folder / f"{stem}.jsonl"
    paths[0].write_text(text)
    paths[1].write_text("\n".join(lines) + "\n")
    return text, paths


def heading(origin_line, truth_note):
    o = origin_line
    packages = ", ".join(f"{name} {version}" for name, version in o["packages"].items())
    rows = [
        f"# Apus and its peers: {o['data']}",
        f"{o['rows']:,} x {o['dimension']} float32, {o['queries']} queries, {o['metric'].upper()}, "
        f"k = {o['k']}, one search thread. Commit {o['commit']}, {o['machine']}, load average "
        f"before {o['load_average']}, {o['started']}, data digest {o['data_digest'][:12]}, seed {o['seed']}.",
        f"Peers: {packages}. Median of {o['rounds']} passes of at least {o['seconds']:g} s. Recall counts "
        "rows as near as the true k-th. A ratio above 1 means Apus is faster; within 30 % is a tie.",
    ]
    return "\n\n".join(rows + ([truth_note] if truth_note else []))


def search_section(comparison):
    engines = [comparison.apus, *comparison.engines.values()]
    parts = [f"## {comparison.group}", rate_table(comparison, engines), ratio_table(comparison)]
    parts += [failures(engines), notes(comparison, engines), "### Curves", curve_table(comparison, engines)]
    return "\n\n".join(part for part in parts if part)


def rate_table(comparison, engines):
    levels = [level_text(comparison, mode, level) for mode, level in every_level(comparison)]
    rows = []
    for engine in engines:
        readings = [comparison.reading(engine, *one) for one in every_level(comparison)]
        rates = [rate_text(reading, comparison.is_exact) for reading in readings]
        build = [seconds_text(engine.builds.get(threads)) for threads in (1, 2)]
        memory = [megabytes(engine.memory_bytes), megabytes(engine.peak_rss_bytes)]
        rows.append([engine.label, *rates, " / ".join(build), " / ".join(memory)])
    head = ["QPS at recall", *levels, "build s (CPU s), 1 / 2 threads", "MB, index / peak of the process"]
    return table(head, rows)


def ratio_table(comparison):
    levels = every_level(comparison)
    rows = [
        [engine.label, *(ratio_text(comparison.ratio(engine, *one)) for one in levels)]
        for engine in comparison.engines.values()
    ]
    rows.append(["Apus, last run / first run (drift)", *(number(comparison.drift(*one)) for one in levels)])
    head = ["Apus / peer's better rate", *(level_text(comparison, *one) for one in levels)]
    return table(head, rows)


def every_level(comparison):
    return [(mode, level) for mode in MODES for level in comparison.levels()]


def level_text(comparison, mode, level):
    return f"{mode} exact" if comparison.is_exact else f"{mode} {level:g}"


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
    drifts = [comparison.drift(*one) for one in every_level(comparison)]
    worst = max((abs(drift - 1) for drift in drifts if drift), default=0)
    if worst > DRIFT_WORTH_A_WORD:
        lines.append(f"- the machine drifted: Apus's runs differ by up to {worst:.0%}")
    return "\n".join(lines)


def curve_table(comparison, engines):
    rows = []
    for engine in engines:
        for mode, parameter in engine.samples:
            recall, qps = engine.point(mode, parameter)
            passes = engine.samples[mode, parameter]
            spread = max(one["qps"] for one in passes) / min(one["qps"] for one in passes)
            latency = [number(passes[0].get(f"latency_p{share}_us"), 0) for share in (50, 99)]
            speed = [f"{recall:.4f}", f"{qps:,.0f}", f"{spread:.2f}"]
            rows.append([engine.name, mode, parameter, *speed, *latency])
    return table(["engine", "mode", "parameter", "recall", "QPS", "max / min pass", "p50 us", "p99 us"], rows)


def case_section(run):
    parts = [f"## {run.group}"]
    if run.rates:
        parts.append(insert_table(run))
    for line in run.own if run.group != "insert" else []:
        parts.append(table(list(line), [[json.dumps(value) for value in line.values()]]))
    parts += [f"- {engine}: not measured or failed, {reason}" for engine, reason in run.failures.items()]
    if len(parts) == 1:
        parts.append("Not measured: Apus was left out of this run.")
    return "\n\n".join(parts)


def insert_table(run):
    own = run.rate("apus")
    rows = []
    for engine in run.rates:
        ratio = own / run.rate(engine) if own and engine != "apus" else None
        durable = "yes" if engine == "apus" or engine.endswith(SYNCED) else "no, never synced"
        rows.append([engine, f"{run.rate(engine):,.0f}", durable, ratio_text(ratio) if ratio else "-"])
    return table(["engine", "insert rows/s", "survives a power cut", "Apus / peer"], rows)


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def rate_text(reading, is_exact):
    if reading.qps is None:
        return "-" if reading.reason == "nothing was measured" else reading.reason
    return (">= " if reading.bound == "at least" and not is_exact else "") + f"{reading.qps:,.0f}"


def ratio_text(ratio):
    if ratio is None:
        return "-"
    verdict = "ahead" if ratio >= TIE else "behind" if ratio <= 1 / TIE else "tie"
    return f"{ratio:.2f} {verdict}"


def seconds_text(builds):
    """The fastest of the builds: wall seconds and, where known, the CPU seconds it took."""
    if not builds:
        return "-"
    wall, processor = min(builds)
    return f"{wall:,.1f}" + (f" ({processor:,.1f})" if processor else "")


def megabytes(count):
    return f"{count / 1e6:,.0f}" if count is not None else "-"


def number(value, digits=2):
    return f"{value:,.{digits}f}" if value is not None else "-"
