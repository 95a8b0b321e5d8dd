"""What was measured of one engine, and the schedule that measures Apus and its peers in turn."""

import json
import os
from dataclasses import dataclass, field

import environment
from apus import ApusFailure, parameter_text
from curves import median, qps_at
from peers import GROUPS
from process import PeerFailure, Worker

MODES = ("single", "batch")
APUS_INDEX = {"hnsw": "HNSW(M=16,efConstruction=200)", "flat": "FLAT"}
LEVELS = {"hnsw": (0.90, 0.95, 0.99), "flat": (0.999,)}


@dataclass
class Engine:
    """`samples` holds all passes of a (mode, parameter), in the order they were taken."""

    name: str
    label: str
    answers_batch_one_by_one: bool = True
    failure: str | None = None
    notes: list = field(default_factory=list)
    builds: dict = field(default_factory=dict)  # threads -> list of (seconds, CPU seconds)
    memory_bytes: int | None = None
    peak_rss_bytes: int | None = None
    samples: dict = field(default_factory=dict)

    def add(self, mode, parameter, measurement):
        if measurement.get("qps") is None or measurement.get("recall") is None:
            reason = measurement.get("reason") or "no reason given"
            self.notes.append(f"{mode} {parameter}: not measured, {reason}")
            return
        self.samples.setdefault((mode, parameter), []).append(measurement)

    def add_build(self, threads, measurement):
        seconds = measurement["build_seconds"], measurement.get("build_cpu_seconds") or 0.0
        self.builds.setdefault(threads, []).append(seconds)

    def point(self, mode, parameter):
        passes = self.samples[mode, parameter]
        return passes[0]["recall"], median([one["qps"] for one in passes])

    def points(self, mode):
        return [self.point(*key) for key in self.samples if key[0] == mode]

    def counted_points(self, mode):
        """The points the ratio is taken from: where a batch is answered one by one, the better rate of
        both modes stands for the single query, so a binding's cost per call is not held against it."""
        other = self.points("batch") if mode == "single" and self.answers_batch_one_by_one else []
        return self.points(mode) + other


class SearchComparison:
    """Apus and the peers of one group on one data set, in one run."""

    def __init__(self, group, data, truth, options, machine, progress):
        self.group, self.data, self.truth, self.options = group, data, truth, options
        self.machine, self.progress = machine, progress
        self.recall_step = 1 / (len(data.queries()) * options.k)
        self.apus = Engine("apus", f"Apus {APUS_INDEX[group]}", answers_batch_one_by_one=False)
        self.apus_runs = []
        self.adapters = [peer for peer in GROUPS[group] if peer.name in (options.peers or [peer.name])]
        self.engines = {
            peer.name: Engine(peer.name, peer.label, peer.answers_batch_one_by_one) for peer in self.adapters
        }
        self.workers, self.values = {}, {}

    def run(self):
        """Order: builds of the peers, then Apus, peers, Apus, peers ... Apus."""
        try:
            for adapter in self.adapters:
                self.guarded(adapter, self.start_and_build)
            turns = apus_turns(self.options.apus_runs, self.options.rounds)
            for turn in range(self.options.rounds + 1):
                if turn in turns:
                    self.measure_apus(turn)
                if turn < self.options.rounds:
                    for adapter in self.adapters:
                        self.guarded(adapter, self.measure_round)
            self.build_apus_with_two_threads()
        finally:
            for worker in self.workers.values():
                worker.close()

    def guarded(self, adapter, step):
        engine = self.engines[adapter.name]
        if engine.failure:
            return
        try:
            step(adapter, engine)
        except PeerFailure as failure:
            engine.failure = str(failure)

    def start_and_build(self, adapter, engine):
        reason = environment.install_failure(adapter.package)
        if reason:
            raise PeerFailure(f"{adapter.package} cannot be installed: {reason}")
        self.progress(f"{adapter.name}: building with one thread")
        worker = self.workers[adapter.name] = self.worker(adapter.name, {self.machine.core})
        built = worker.ask("build", threads=1)
        engine.add_build(1, built)
        engine.memory_bytes, engine.peak_rss_bytes = built["memory_bytes"], built["peak_rss_bytes"]
        for mode in MODES:
            efforts = worker.ask("parameters", mode=mode, efforts=self.options.ef)
            self.values[adapter.name, mode] = efforts["values"]
            self.values[adapter.name, "swept"] = efforts["swept"]
        if adapter.builds_with_two_threads and self.measures_two_threads():
            self.build_peer_with_two_threads(adapter, engine)

    def build_peer_with_two_threads(self, adapter, engine):
        self.progress(f"{adapter.name}: building with two threads")
        worker = self.worker(adapter.name, self.machine.two_cores)
        try:
            engine.add_build(2, worker.ask("build", threads=2))
        except PeerFailure as failure:
            engine.notes.append(f"two-thread build: {failure}")
        finally:
            worker.close()

    def worker(self, name, cores):
        arguments = ["--peer", name, "--cores", ",".join(map(str, sorted(cores)))]
        arguments += ["--base", str(self.data.base_path), "--queries", str(self.data.queries_path)]
        arguments += ["--distances", str(self.truth.distances_path)]
        arguments += ["--metric", self.data.metric, "--k", str(self.options.k)]
        return Worker(arguments, self.machine.log_path(name), self.options.peer_timeout)

    def measure_round(self, adapter, engine):
        for mode in MODES:
            for value in list(self.values[adapter.name, mode]):
                swept = self.values[adapter.name, "swept"]
                parameter = f"{swept}={value}" if swept else ""
                self.progress(f"{adapter.name}: {mode} {parameter}")
                measured = self.workers[adapter.name].ask(
                    "measure", mode=mode, value=value, seconds=self.options.seconds
                )
                engine.add(mode, parameter, measured)
                if self.group == "hnsw" and measured["recall"] >= self.options.stop_recall:
                    self.drop_values_above(adapter.name, mode, value)
                    break

    def drop_values_above(self, name, mode, value):
        self.values[name, mode] = [one for one in self.values[name, mode] if one <= value]

    def measure_apus(self, turn):
        if self.options.without_apus or self.apus.failure:
            return
        for mode in MODES:
            self.progress(f"apus: {mode}, before peers' round {turn + 1}")
            sweep = "ef=" + ",".join(map(str, self.options.ef)) if self.group == "hnsw" else ""
            self.run_apus(mode, sweep, 1, {self.machine.core}, self.options.seconds, turn)

    def build_apus_with_two_threads(self):
        """A build of its own: search stays on one core, so the measured runs cannot build on two."""
        wanted = self.group == "hnsw" and self.measures_two_threads()
        if not wanted or self.options.without_apus or self.apus.failure:
            return
        self.progress("apus: building with two threads")
        self.run_apus("batch", f"ef={self.options.ef[0]}", 2, self.machine.two_cores, 0.1, None)

    def run_apus(self, mode, sweep, build_threads, cores, seconds, turn):
        """`turn` None: only the build is kept."""
        options = self.options
        repeat = options.apus_repeat if turn is not None else 1
        index = APUS_INDEX[self.group]
        try:
            lines = options.engine.search(
                self.data, self.truth, index, sweep, mode, options.k, build_threads, seconds, repeat, cores
            )
        except ApusFailure as failure:
            self.apus.failure = str(failure)
            return
        self.apus.add_build(build_threads, lines[0])
        self.note_digest(lines[0].get("build_digest"))
        if turn is None:
            return
        self.apus.memory_bytes = lines[0].get("index_bytes")
        self.apus.peak_rss_bytes = lines[0].get("peak_rss_bytes")
        for line in lines:
            self.apus.add(mode, parameter_text(line["search_params"]), line)
        self.apus_runs.append((turn, mode, [(line["recall"], line["qps"]) for line in lines if line["qps"]]))

    def note_digest(self, digest):
        known = [note for note in self.apus.notes if note.startswith("build digest")]
        note = f"build digest {digest}"
        if digest is not None and note not in known:
            self.apus.notes.append(note if not known else f"{note}, another than before: builds differ")

    def measures_two_threads(self):
        return self.options.two_thread_builds == "yes" and len(self.machine.two_cores) == 2

    def levels(self):
        return LEVELS[self.group]

    @property
    def is_exact(self):
        """An exact search has no curve: 0.999 only leaves room for float32 rounding of near ties."""
        return self.group == "flat"

    def reading(self, engine, mode, level):
        return qps_at(engine.points(mode), level, self.recall_step)

    def ratio(self, engine, mode, level):
        """Apus over the peer's better rate, None where either did not reach the level."""
        own = self.reading(self.apus, mode, level).qps
        other = qps_at(engine.counted_points(mode), level, self.recall_step).qps
        return own / other if own and other else None

    def drift(self, mode, level):
        """Apus's last run over its first, None with fewer than two."""
        runs = [points for _, run_mode, points in self.apus_runs if run_mode == mode]
        readings = [qps_at(points, level, self.recall_step).qps for points in runs]
        return readings[-1] / readings[0] if len(readings) > 1 and all(readings) else None


def apus_turns(runs, rounds):
    """Before which of the peers' rounds Apus is measured (`rounds` means after the last), evenly spread."""
    runs = min(runs, rounds + 1)
    if runs == 1:
        return {0}
    return {round(number * rounds / (runs - 1)) for number in range(runs)}


@dataclass(frozen=True)
class Machine:
    """The fixed core of the measurement, two cores for two-thread builds, and where workers log."""

    core: int
    two_cores: frozenset
    log_folder: object

    @staticmethod
    def choose(core, log_folder):
        available = sorted(os.sched_getaffinity(0))
        chosen = available[-1] if core is None else core
        if chosen not in available:
            raise ValueError(f"--core {chosen}: this process may use {available}")
        others = [one for one in available if one != chosen]
        return Machine(chosen, frozenset([chosen, *others[-1:]]), log_folder)

    def log_path(self, name):
        return self.log_folder / f"{name}.log"


def json_lines(comparison):
    """One object per pass of every engine, then one per ratio."""
    lines = []
    for engine in [comparison.apus, *comparison.engines.values()]:
        for (mode, parameter), passes in engine.samples.items():
            for number, measured in enumerate(passes):
                origin = {"group": comparison.group, "engine": engine.name, "pass": number}
                lines.append(origin | {"mode": mode, "search_params": parameter} | measured)
        for threads, builds in engine.builds.items():
            seconds = {"build_threads": threads, "build_seconds_and_cpu_seconds": builds}
            sizes = {"memory_bytes": engine.memory_bytes, "peak_rss_bytes": engine.peak_rss_bytes}
            lines.append({"group": comparison.group, "engine": engine.name} | seconds | sizes)
        if engine.failure:
            lines.append({"group": comparison.group, "engine": engine.name, "failure": engine.failure})
    for engine in comparison.engines.values():
        for mode in MODES:
            for level in comparison.levels():
                lines.append(ratio_line(comparison, engine, mode, level))
    return [json.dumps(line) for line in lines]


def ratio_line(comparison, engine, mode, level):
    own = comparison.reading(comparison.apus, mode, level)
    other = qps_at(engine.counted_points(mode), level, comparison.recall_step)
    return {
        "group": comparison.group,
        "engine": engine.name,
        "mode": mode,
        "recall_level": level,
        "apus_qps": own.qps,
        "peer_qps": other.qps,
        "ratio": comparison.ratio(engine, mode, level),
        "apus_drift": comparison.drift(mode, level),
        "reason": engine.failure or other.reason or own.reason,
    }
