"""The process that holds one peer: reads one JSON command per line, answers one JSON object per line.

Its own output channel is a copy of standard output; what the libraries print goes to standard error.
It pins itself to the given cores before any library is loaded.
"""

import argparse
import ctypes
import json
import os
import sys
from pathlib import Path


def main():
    options = arguments()
    os.sched_setaffinity(0, {int(core) for core in options.cores.split(",")})
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    commands = {}
    for line in sys.stdin:
        command = json.loads(line)
        if not commands:
            commands = starting_commands(options)
        answer = commands[command.pop("do")](**command)
        channel.write(json.dumps(answer) + "\n")
        channel.flush()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peer", required=True)
    parser.add_argument("--cores", required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--distances", type=Path)
    parser.add_argument("--metric", choices=["ip", "l2"], default="l2")
    parser.add_argument("--k", type=int, default=10)
    return parser.parse_args()


def starting_commands(options):
    """Imported here: these need numpy and the peer, which must not be loaded before the cores are set."""
    import databases

    if options.peer in databases.BY_NAME:
        from database_bench import DatabaseBench

        bench = DatabaseBench(options)
        return {"insert": bench.insert, "index": bench.index, "measure": bench.measure}
    import lance_insert

    if options.peer == lance_insert.WORKER:
        return {"insert": lambda **command: insert(options.base, **command)}
    from search_bench import SearchBench

    bench = SearchBench(options)
    return {"build": bench.build, "sweeps": bench.sweeps, "measure": bench.measure}


def insert(base, batch_rows, durability, parent):
    import lance_insert
    import vectors

    rows = vectors.read(base)
    return {"rows_per_second": lance_insert.insert_rows_per_second(rows, batch_rows, durability, parent)}


def percentiles(ordered):
    def at(share):
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1e6

    return {"latency_p50_us": at(0.50), "latency_p95_us": at(0.95), "latency_p99_us": at(0.99)}


def give_freed_memory_back():
    ctypes.CDLL(None).malloc_trim(0)


def anonymous_memory(process="self"):
    """Memory of a process that is no file page: ordinary and huge pages."""
    return sum(status_bytes(field, process) for field in ("RssAnon", "RssShmem", "HugetlbPages"))


def status_bytes(field, process="self"):
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    main()
