"""The groups that are no search: insert (against LanceDB), reopen and memory (Apus alone)."""

import json

import environment
import lance_insert as lance
from apus import ApusFailure
from curves import median
from process import PeerFailure, Worker


class CaseRun:
    """What one case measured: `rates` by engine for insert, `own` for what Apus alone reports."""

    def __init__(self, group):
        self.group = group
        self.rates, self.failures, self.own = {}, {}, []

    def rate(self, engine):
        return median(self.rates.get(engine, []))

    def fail(self, engine, reason):
        self.failures.setdefault(engine, str(reason))

    @property
    def apus_failures(self):
        return [reason for engine, reason in self.failures.items() if engine.startswith("apus")]

    def json_lines(self):
        lines = [{"group": self.group, "engine": "apus"} | one for one in self.own]
        for engine, rates in self.rates.items():
            lines.append({"group": self.group, "engine": engine, "rows_per_second": rates})
        for engine, reason in self.failures.items():
            lines.append({"group": self.group, "engine": engine, "failure": reason})
        return [json.dumps(line) for line in lines]


def insert(data, options, machine, progress):
    """Apus, LanceDB as shipped, LanceDB synced, in turns; rows/s of batches of `batch_rows`."""
    run = CaseRun("insert")
    parent = environment.ROOT / ".apus"
    parent.mkdir(exist_ok=True)
    for turn in range(options.rounds):
        progress(f"insert: round {turn + 1}")
        if not options.without_apus and "apus" not in run.failures:
            insert_into_apus(run, data, options)
        for durability in (lance.AS_SHIPPED, lance.SYNCED):
            insert_into_lance(run, data, options, machine, durability, parent)
    return run


def insert_into_apus(run, data, options):
    try:
        line = options.engine.case("insert", data.base_path, "--batch-rows", options.batch_rows)
    except ApusFailure as failure:
        return run.fail("apus", failure)
    if not line.get("rows_per_second"):
        return run.fail("apus", f"no rows_per_second: {line.get('reason') or 'no reason given'}")
    run.own.append(line)
    run.rates.setdefault("apus", []).append(line["rows_per_second"])


def insert_into_lance(run, data, options, machine, durability, parent):
    name = f"{lance.NAME} {durability}"
    if name in run.failures or (options.peers and lance.NAME not in options.peers):
        return
    reason = environment.install_failure(lance.PACKAGE)
    if reason:
        return run.fail(name, f"{lance.PACKAGE} cannot be installed: {reason}")
    arguments = ["--peer", lance.WORKER, "--cores", ",".join(map(str, machine.two_cores))]
    arguments += ["--base", str(data.base_path), "--queries", str(data.queries_path)]
    python = environment.home_of(lance.PACKAGE).python
    worker = Worker(arguments, machine.log_path(lance.NAME), options.peer_timeout, python)
    try:
        answer = worker.ask(
            "insert", batch_rows=options.batch_rows, durability=durability, parent=str(parent)
        )
        run.rates.setdefault(name, []).append(answer["rows_per_second"])
    except PeerFailure as failure:
        run.fail(name, failure)
    finally:
        worker.close()


def apus_alone(group, data, options, progress):
    """reopen or memory: Apus's own report, one run; a lost row is a failure."""
    run = CaseRun(group)
    if options.without_apus:
        return run
    progress(f"apus: {group}")
    try:
        line = options.engine.case(group, data.base_path)
    except ApusFailure as failure:
        run.fail("apus", failure)
        return run
    run.own.append(line)
    if group == "reopen" and line.get("rows_lost") != 0:
        run.fail("apus", f"rows_lost is {line.get('rows_lost')} after reopening, must be 0")
    return run
