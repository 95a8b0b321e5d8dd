"""The group `databases`: Apus beside embedded databases, insert, index, latency of one query, recall, memory."""

import json

import databases
import environment
from apus import ApusFailure, SearchRequest
from cases import CaseRun
from curves import median
from groups import GRAPH, ApusIndex
from process import PeerFailure, Worker

EF = (32, 64, 128, 256)
INDEXES = (ApusIndex(f"HNSW({GRAPH})", {"ef": list(EF)}), ApusIndex("AUTOINDEX", {"ef": list(EF)}))


class DatabaseRun(CaseRun):
    """`searches` holds the measurements by (engine, ef), `index_seconds` and `labels` by engine."""

    def __init__(self):
        super().__init__("databases")
        self.searches, self.index_seconds, self.labels = {}, {}, {}

    def add(self, engine, ef, measured):
        self.searches.setdefault((engine, ef), []).append(measured)

    def latency(self, engine, ef):
        return median([one["latency_p50_us"] for one in self.searches.get((engine, ef), [])])

    def recall(self, engine, ef):
        passes = self.searches.get((engine, ef))
        return passes[0]["recall"] if passes else None

    def memory(self, engine):
        return max((one["memory_bytes"] for key, all_of in self.searches.items() if key[0] == engine
                    for one in all_of), default=None)

    def json_lines(self):
        lines = super().json_lines()
        for (engine, ef), passes in self.searches.items():
            for number, measured in enumerate(passes):
                origin = {"group": self.group, "engine": engine, "pass": number, "ef": ef}
                lines.append(json.dumps(origin | measured))
        for engine, seconds in self.index_seconds.items():
            lines.append(json.dumps({"group": self.group, "engine": engine, "index_seconds": seconds}))
        return lines


def databases_case(data, truth, options, machine, progress):
    """Databases are filled first, then Apus; then each is asked in turn, round by round."""
    run, workers = DatabaseRun(), {}
    parent = environment.ROOT / ".apus"
    parent.mkdir(exist_ok=True)
    wanted = [one for one in databases.ALL if one.name in (options.peers or databases.BY_NAME)]
    try:
        for database in wanted:
            run.labels[database.name] = database.label
            progress(f"{database.name}: inserting")
            guarded(run, database, lambda one: fill(run, one, workers, data, truth, options, machine, parent))
        if not options.without_apus:
            insert_into_apus(run, data, options)
        for turn in range(options.rounds):
            for index in () if options.without_apus else INDEXES:
                progress(f"{index.name}: round {turn + 1} of {options.rounds}")
                search_apus(run, index, data, truth, options, machine)
            for database in wanted:
                progress(f"{database.name}: round {turn + 1} of {options.rounds}")
                guarded(run, database, lambda one: search(run, one, workers[one.name], options))
    finally:
        for worker in workers.values():
            worker.close()
    return run


def guarded(run, database, step):
    if database.name in run.failures:
        return
    try:
        step(database)
    except PeerFailure as failure:
        run.fail(database.name, failure)


def fill(run, database, workers, data, truth, options, machine, parent):
    reason = environment.install_failure(database.package)
    if reason:
        raise PeerFailure(f"{database.package} cannot be installed: {reason}")
    arguments = ["--peer", database.name, "--cores", str(machine.core), "--metric", data.metric]
    arguments += ["--base", str(data.base_path), "--queries", str(data.queries_path), "--k", str(options.k)]
    arguments += ["--distances", str(truth.distances_path)]
    python = environment.home_of(database.package).python
    worker = Worker(arguments, machine.log_path(database.name), options.peer_timeout, python)
    workers[database.name] = worker
    answer = worker.ask("insert", batch_rows=options.batch_rows, parent=str(parent))
    run.rates.setdefault(database.name, []).append(answer["rows_per_second"])
    run.index_seconds[database.name] = worker.ask("index")["index_seconds"]


def search(run, database, worker, options):
    for ef in EF:
        run.add(database.name, ef, worker.ask("measure", ef=ef, seconds=options.seconds))


def insert_into_apus(run, data, options):
    try:
        line = options.engine.case("insert", data.base_path, "--batch-rows", options.batch_rows)
    except ApusFailure as failure:
        return run.fail("apus insert", failure)
    for index in INDEXES if line.get("rows_per_second") else ():
        run.rates.setdefault(index.name, []).append(line["rows_per_second"])


def search_apus(run, index, data, truth, options, machine):
    run.labels[index.name] = index.label
    if index.name in run.failures:
        return
    cores = frozenset(machine.two_cores)
    request = SearchRequest(index.sweep, ("single",), options.k, 2, options.seconds, 1, cores)
    try:
        lines = options.engine.search(data, truth, index, request)
    except ApusFailure as failure:
        return run.fail(index.name, failure)
    run.index_seconds[index.name] = lines[0]["build_seconds"]
    for ef, line in zip(index.sweep["ef"], lines):
        memory = (line.get("index_bytes") or 0) + (line.get("vector_bytes") or 0)
        run.add(index.name, ef, line | {"memory_bytes": memory})
