"""Fills one embedded database and measures it; runs in a worker."""

import gc
import os
import tempfile
import time
from pathlib import Path

import numpy

import databases
import truth
import vectors
from worker import anonymous_memory, give_freed_memory_back, percentiles

FEWEST_QUERIES = 50


class DatabaseBench:
    def __init__(self, options):
        self.rows = vectors.read(options.base)
        self.queries = numpy.ascontiguousarray(vectors.read(options.queries))
        self.truth_distances = numpy.load(options.distances)
        self.options = options

    def insert(self, batch_rows, parent):
        """Rows/s of `batch_rows` a call; the batches are put into the database's form outside the clock."""
        self.folder = tempfile.TemporaryDirectory(prefix=f"{self.options.peer}-", dir=parent)
        self.before = memory_of_all_processes()
        make = databases.BY_NAME[self.options.peer]
        self.database = make(
            Path(self.folder.name), self.options.metric, self.rows.shape[1], self.options.k
        )
        seconds = 0.0
        for start in range(0, len(self.rows), batch_rows):
            batch = self.database.batch(numpy.array(self.rows[start : start + batch_rows]), start)
            began = time.perf_counter()
            self.database.insert(batch)
            seconds += time.perf_counter() - began
        return {"rows_per_second": len(self.rows) / seconds}

    def index(self):
        began = time.perf_counter()
        self.database.index()
        return {"index_seconds": time.perf_counter() - began}

    def measure(self, ef, seconds):
        """One query after another for at least `seconds`; recall is that of the queries asked."""
        self.database.set(ef)
        self.database.search(self.queries[0])
        taken, ids, end = [], [], time.perf_counter() + seconds
        for query in self.queries:
            began = time.perf_counter()
            found = self.database.search(query)
            stopped = time.perf_counter()
            taken.append(stopped - began)
            ids.append((found + [-1] * self.options.k)[: self.options.k])
            if stopped > end and len(taken) >= FEWEST_QUERIES:
                break
        recall = truth.recall(
            self.rows, self.queries, self.truth_distances, ids, self.options.metric, self.options.k
        )
        gc.collect()
        give_freed_memory_back()
        memory = memory_of_all_processes() - self.before
        return percentiles(sorted(taken)) | {"recall": recall, "queries": len(taken), "memory_bytes": memory}


def memory_of_all_processes():
    """Anonymous memory of this process and of those it started: a database may be a process of its own."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
    family = {os.getpid()}
    while True:
        more = {one for one, parent in parents.items() if parent in family} - family
        if not more:
            return sum(map(memory_or_nothing, family))
        family |= more


def memory_or_nothing(process):
    try:
        return anonymous_memory(process)
    except OSError:
        return 0
