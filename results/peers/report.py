"""Markdown, picture and JSON lines of each group of a run. Standard library only."""

import json
import os
import shutil
import subprocess
import time

import environment
import picture
from case_report import case_section
from machine import processor_name
from search_report import search_section


def origin(options, data, machine):
    """Where the numbers come from; the file paths of the machine stay out."""
    return {
        "schema": 2,
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


def write(folder, name, origin_line, result, truth_note, seconds):
    """The report of one group; `result` is a SearchComparison or a CaseRun. Returns its text and its files."""
    is_search = hasattr(result, "engines")
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.md", folder / f"{name}.jsonl"]
    parts = [heading(origin_line, truth_note, seconds)]
    if is_search and any(engine.samples for engine in picture.engines_of(result)):
        paths.append(folder / f"{name}.svg")
        paths[2].write_text(picture.svg(result, origin_line["data"]))
        parts.append(f"![Recall and queries per second]({paths[2].name})")
    parts.append(search_section(result) if is_search else case_section(result))
    text = "\n\n".join(parts) + "\n"
    paths[0].write_text(text)
    lines = [json.dumps({"origin": origin_line | {"group_seconds": round(seconds)}}), *result.json_lines()]
    paths[1].write_text("\n".join(lines) + "\n")
    return text, paths


def keep(paths, name):
    """Copies the files of one group to `results/peers/NAME.*`; the picture's name in the text follows."""
    for path in paths:
        kept = environment.HERE / f"{name}{path.suffix}"
        if path.suffix == ".md":
            kept.write_text(path.read_text().replace(f"({path.stem}.svg)", f"({name}.svg)"))
        else:
            shutil.copyfile(path, kept)


def heading(origin_line, truth_note, seconds):
    o = origin_line
    packages = ", ".join(f"{name} {version}" for name, version in o["packages"].items())
    rows = [
        f"# Apus and its peers: {o['data']}",
        f"{o['rows']:,} x {o['dimension']} float32, {o['queries']} queries, {o['metric'].upper()}, "
        f"k = {o['k']}, one search thread. Commit {o['commit']}, {o['machine']}, load average "
        f"before {o['load_average']}, {o['started']}, data digest {o['data_digest'][:12]}, seed {o['seed']}; "
        f"the group took {seconds:.0f} s.",
        f"Peers: {packages}. Medians of up to {o['rounds']} rounds, passes of at least {o['seconds']:g} s. "
        "Recall counts rows as near as the true k-th. A ratio above 1 means Apus is faster; within 30 % is a tie.",
    ]
    return "\n\n".join(rows + ([truth_note] if truth_note else []))
