"""Builds the index of one library and measures it, one mode and setting at a time; runs in a worker."""

import array
import gc
import json
import os
import shutil
import time
from pathlib import Path

import numpy

import peers
import truth
import vectors
from apus import parameter_text
from worker import anonymous_memory, give_freed_memory_back, percentiles, status_bytes

WARM_UP_QUERIES = 100
LONGEST_WARM_UP_SHARE = 3
RECORD = "built.json"


class SearchBench:
    def __init__(self, options):
        self.base = vectors.read(options.base)
        self.queries = numpy.ascontiguousarray(vectors.read(options.queries))
        self.truth_distances = numpy.load(options.distances)
        self.metric, self.k = options.metric, options.k
        rows, dimension = self.base.shape
        self.peer = peers.BY_NAME[options.peer](options.metric, rows, dimension, options.k)
        self.prepared = [self.peer.prepare(query) for query in self.queries]
        self.recalls = {}

    def build(self, threads, cores, kept):
        """Builds on `cores`, or loads what an earlier run left in the folder `kept` (None: always builds)."""
        self.base.sum()  # brings the mapped file into the page cache before the clock starts
        before = anonymous_memory()
        if kept and (Path(kept) / RECORD).exists():
            record = json.loads((Path(kept) / RECORD).read_text())
            self.peer.load(Path(kept), self.base)
            return record | self.memory(before)
        record = self.timed_build(threads, cores)
        memory = self.memory(before)
        if kept:
            self.keep(Path(kept), record | {"built_earlier": time.strftime("%Y-%m-%d", time.gmtime())})
        return record | memory

    def timed_build(self, threads, cores):
        measuring = os.sched_getaffinity(0)
        os.sched_setaffinity(0, cores)
        wall, processor = time.perf_counter(), time.process_time()
        self.peer.build(self.base, threads)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        # The pools of the libraries have one thread from here on: this one.
        os.sched_setaffinity(0, measuring)
        return {"build_seconds": wall, "build_cpu_seconds": processor}

    def memory(self, before):
        gc.collect()
        give_freed_memory_back()
        return {"memory_bytes": anonymous_memory() - before, "peak_rss_bytes": status_bytes("VmHWM")}

    def keep(self, folder, record):
        """Written beside and renamed, so a cut-off run leaves nothing that looks whole."""
        partial = folder.with_name(f"{folder.name}.{os.getpid()}.part")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        self.peer.save(partial)
        (partial / RECORD).write_text(json.dumps(record))
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)

    def sweeps(self, mode, efforts):
        return {"sweeps": self.peer.sweeps(mode, efforts)}

    def measure(self, mode, setting, seconds):
        """One pass of at least `seconds`, after a warm-up; the first of a setting also gives its recall."""
        self.peer.set(**setting)
        key = mode, parameter_text(setting)
        if key not in self.recalls:
            ids = self.answers(mode, seconds)
            self.recalls[key] = truth.recall(
                self.base, self.queries, self.truth_distances, ids, self.metric, self.k
            )
        else:
            self.warm_up(mode, seconds)
        gc.disable()
        processor, wall = time.process_time(), time.perf_counter()
        result = self.measure_single(seconds) if mode == "single" else self.measure_batch(seconds)
        processor, wall = time.process_time() - processor, time.perf_counter() - wall
        gc.enable()
        return result | {"recall": self.recalls[key], "cpu_share": processor / wall}

    def answers(self, mode, seconds):
        if mode == "batch":
            return self.peer.batch(self.queries)
        # A curve's recall needs every query; an exact scan has none and may take minutes for them.
        end = time.perf_counter() + LONGEST_WARM_UP_SHARE * seconds
        ids = []
        for query in self.prepared:
            found = numpy.ravel(self.peer.single(query)).astype(numpy.int64)
            # Lists with fewer rows than k give fewer; -1 is no row.
            ids.append(numpy.pad(found, (0, self.k - len(found)), constant_values=-1))
            if self.peer.is_exact and time.perf_counter() > end:
                break
        return numpy.stack(ids)

    def warm_up(self, mode, seconds):
        if mode == "batch":
            self.peer.batch(self.queries[:WARM_UP_QUERIES])
            return
        end = time.perf_counter() + seconds
        for query in self.prepared[:WARM_UP_QUERIES]:
            self.peer.single(query)
            if time.perf_counter() > end:
                break

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
