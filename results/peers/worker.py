"""The process that holds one peer: reads one JSON command per line, answers one JSON object per line.

Its own output channel is a copy of standard output; what the libraries print goes to standard error.
It pins itself to the given cores before any library is loaded.
"""

import argparse
import array
import ctypes
import gc
import json
import os
import sys
import time
from pathlib import Path

LONGEST_WARM_UP_SHARE = 3


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
    import vectors

    if options.peer == "lancedb":
        return {"insert": lambda **command: insert(vectors.read(options.base), **command)}
    bench = SearchBench(options)
    return {"build": bench.build, "parameters": bench.parameters, "measure": bench.measure}


def insert(rows, batch_rows, durability, parent):
    import lance_insert

    return {"rows_per_second": lance_insert.insert_rows_per_second(rows, batch_rows, durability, parent)}


class SearchBench:
    """Builds one index and measures it, one mode and parameter at a time."""

    def __init__(self, options):
        import numpy

        import peers
        import vectors

        self.base = vectors.read(options.base)
        self.queries = numpy.ascontiguousarray(vectors.read(options.queries))
        self.truth_distances = numpy.load(options.distances)
        self.metric, self.k = options.metric, options.k
        self.peer = peers.BY_NAME[options.peer](options.metric, self.base.shape[1], options.k)
        self.prepared = [self.peer.prepare(query) for query in self.queries]
        self.recalls = {}

    def build(self, threads):
        self.base.sum()  # brings the mapped file into the page cache before the clock starts
        before, wall, processor = anonymous_memory(), time.perf_counter(), time.process_time()
        self.peer.build(self.base, threads)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        gc.collect()
        ctypes.CDLL(None).malloc_trim(0)
        return {
            "build_seconds": wall,
            "build_cpu_seconds": processor,
            "memory_bytes": anonymous_memory() - before,
            "peak_rss_bytes": status_bytes("VmHWM"),
        }

    def parameters(self, mode, efforts):
        return {"values": self.peer.parameters(mode, efforts), "swept": self.peer.swept}

    def measure(self, mode, value, seconds):
        """One pass of at least `seconds`, after a warm-up whose answers give the recall."""
        self.peer.set(value)
        ids = self.warm_up(mode, seconds)
        gc.disable()
        processor, wall = time.process_time(), time.perf_counter()
        result = self.measure_single(seconds) if mode == "single" else self.measure_batch(seconds)
        processor, wall = time.process_time() - processor, time.perf_counter() - wall
        gc.enable()
        return result | {"recall": self.recall_of(mode, value, ids), "cpu_share": processor / wall}

    def warm_up(self, mode, seconds):
        import numpy

        if mode == "batch":
            return self.peer.batch(self.queries)
        # A curve's recall needs every query; an exact scan has none and may take minutes for them.
        is_exact = not self.peer.answers_batch_one_by_one
        end = time.perf_counter() + LONGEST_WARM_UP_SHARE * seconds
        ids = []
        for query in self.prepared:
            ids.append(numpy.ravel(self.peer.single(query)))
            if is_exact and time.perf_counter() > end:
                break
        return numpy.stack(ids)

    def measure_single(self, seconds):
        """QPS from the time inside the calls alone, so the loop around them costs the peer nothing."""
        clock, single, prepared = time.perf_counter, self.peer.single, self.prepared
        taken = array.array("d")
        end, index = clock() + seconds, 0
        while True:
            start = clock()
            single(prepared[index])
            stop = clock()
            taken.append(stop - start)
            index = (index + 1) % len(prepared)
            if stop >= end:
                return {"qps": len(taken) / sum(taken)} | percentiles(sorted(taken))

    def measure_batch(self, seconds):
        start, batches, now = time.perf_counter(), 0, 0.0
        while now < seconds:
            self.peer.batch(self.queries)
            batches, now = batches + 1, time.perf_counter() - start
        return {"qps": batches * len(self.queries) / now}

    def recall_of(self, mode, value, ids):
        import truth

        key = (mode, value)
        if key not in self.recalls:
            self.recalls[key] = truth.recall(
                self.base, self.queries, self.truth_distances, ids, self.metric, self.k
            )
        return self.recalls[key]


def percentiles(ordered):
    def at(share):
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1e6

    return {"latency_p50_us": at(0.50), "latency_p95_us": at(0.95), "latency_p99_us": at(0.99)}


def anonymous_memory():
    """Memory of this process that is no file page: ordinary and huge pages."""
    return status_bytes("RssAnon") + status_bytes("RssShmem") + status_bytes("HugetlbPages")


def status_bytes(field):
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) * 1024
    return 0


if __name__ == "__main__":
    main()
