"""The sections of the groups that are no recall curves. Standard library only."""

import json

from lance_insert import SYNCED
from tables import megabytes, number, ratio_text, table


def case_section(run):
    parts = [f"## {run.group}"]
    if run.group == "databases":
        parts += database_tables(run)
    elif run.rates:
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


def database_tables(run):
    engines = list(run.labels)
    efs = sorted({ef for _, ef in run.searches})
    rows = []
    for engine in engines:
        row = [run.labels[engine], number(run.rate(engine), 0), number(run.index_seconds.get(engine), 1)]
        for ef in efs:
            latency, recall = run.latency(engine, ef), run.recall(engine, ef)
            row.append(f"{latency:,.0f} ({recall:.4f})" if latency else "-")
        rows.append([*row, megabytes(run.memory(engine))])
    head = ["engine", "insert rows/s", "index s", *(f"p50 us (recall), ef {ef}" for ef in efs), "MB"]
    return [table(head, rows), ratios(run, engines, efs)] if engines else []


def ratios(run, engines, efs):
    """Every index of Apus against every database: inserts, and latency at each ef."""
    rows = []
    for own in [name for name in engines if name.startswith("apus")]:
        for peer in [name for name in engines if not name.startswith("apus")]:
            inserts = quotient(run.rate(own), run.rate(peer))
            latencies = [quotient(run.latency(peer, ef), run.latency(own, ef)) for ef in efs]
            rows.append([own, peer, ratio_text(inserts), *map(ratio_text, latencies)])
    head = ["Apus", "times faster than", "insert", *(f"p50, ef {ef}" for ef in efs)]
    return table(head, rows) if rows else ""


def quotient(above, below):
    return above / below if above and below else None
