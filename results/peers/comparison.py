"""The schedule that measures Apus and the peers of one group in turn, and the ratios."""

import json
import re
import resource
import time

import environment
import peers
from apus import ApusFailure, SearchRequest, parameter_text, parsed
from curves import qps_at, worth_repeating
from measured import Engine, add_lines
from process import PeerFailure, Worker

MORE_THAN_ONE_CORE = 1.1
FLATTENED = 0.0005


class SearchComparison:
    """Apus and the peers of one group on one data set, in one run."""

    def __init__(self, group, data, truth, options, machine, progress):
        self.group, self.data, self.truth, self.options = group, data, truth, options
        self.machine, self.progress = machine, progress
        self.rows, self.dimension = data.base().shape
        self.recall_step = 1 / (len(data.queries()) * options.k)
        self.build_threads = options.build_threads or group.build_threads
        self.indexes = [] if options.without_apus else options.indexes_of(group, self.rows, self.dimension)
        self.apus = {index.name: Engine(index.name, index.label, False) for index in self.indexes}
        self.apus_runs = []
        self.adapters = [
            peers.BY_NAME[name] for name in group.peers if name in (options.peers or group.peers)
        ]
        self.engines = {peer.name: self.engine(peer) for peer in self.adapters}
        self.workers, self.plans = {}, {}

    def engine(self, peer):
        label = peer.label_for(self.rows, self.dimension)
        return Engine(peer.name, label, peer.answers_batch_one_by_one, peer.against)

    def run(self):
        """Order: builds of the peers, then Apus, peers, Apus, peers ... Apus."""
        rounds = self.options.rounds
        turns = apus_turns(self.options.apus_runs_for(self.rows), rounds)
        try:
            for adapter in self.adapters:
                self.guarded(adapter, self.start_and_build)
            for turn in range(rounds + 1):
                for index in self.indexes if turn in turns else ():
                    self.measure_apus(index, turn)
                for adapter in self.adapters if turn < rounds else ():
                    self.guarded(adapter, lambda *one: self.measure_round(*one, turn))
            for index in self.indexes if self.builds_again() else ():
                self.build_apus_with_two_threads(index)
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

    # Peers

    def start_and_build(self, adapter, engine):
        first = self.engines.get(adapter.stands_in_for)
        if first and not first.failure:
            raise PeerFailure(f"left out: {first.label} runs on this processor")
        reason = environment.install_failure(adapter.package)
        if reason:
            raise PeerFailure(f"{adapter.package} cannot be installed: {reason}")
        worker = self.workers[adapter.name] = self.worker(adapter.name)
        self.build(worker, adapter, engine, self.build_threads)
        for mode in self.group.modes:
            self.plans[adapter.name, mode] = worker.ask("sweeps", mode=mode, efforts=self.options.ef)["sweeps"]
        if adapter.builds_with_two_threads and self.builds_again():
            self.build_peer_with_two_threads(adapter, engine)

    def build(self, worker, adapter, engine, threads):
        self.progress(f"{adapter.name}: building with {threads} threads, or loading an earlier build")
        kept = None if self.options.rebuild else str(self.kept_folder(adapter, engine, threads))
        built = worker.ask("build", threads=threads, cores=sorted(self.machine.cores(threads)), kept=kept)
        engine.add_build(threads, built)
        engine.built_earlier = built.get("built_earlier")
        engine.memory_bytes, engine.peak_rss_bytes = built["memory_bytes"], built["peak_rss_bytes"]

    def kept_folder(self, adapter, engine, threads):
        """Of builds that later runs on the same data take over: its name holds all that decides the bytes."""
        version = environment.versions()[adapter.package]
        name = f"{engine.name}-{version}-{engine.label}-{self.data.metric}-k{self.options.k}-t{threads}"
        return self.data.folder / "indexes" / re.sub(r"[^\w.-]+", "_", name)

    def build_peer_with_two_threads(self, adapter, engine):
        worker = self.worker(adapter.name)
        again = Engine(engine.name, engine.label)
        try:
            self.build(worker, adapter, again, 2)
            engine.builds |= again.builds
        except PeerFailure as failure:
            engine.note(f"two-thread build: {failure}")
        finally:
            worker.close()

    def worker(self, name):
        arguments = ["--peer", name, "--cores", str(self.machine.core)]
        arguments += ["--base", str(self.data.base_path), "--queries", str(self.data.queries_path)]
        arguments += ["--distances", str(self.truth.distances_path)]
        arguments += ["--metric", self.data.metric, "--k", str(self.options.k)]
        return Worker(arguments, self.machine.log_path(name), self.options.peer_timeout)

    def measure_round(self, adapter, engine, turn):
        self.progress(f"{adapter.name}: round {turn + 1} of {self.options.rounds}")
        for mode in self.group.modes:
            key = adapter.name, mode
            for sweep in self.plans[key]:
                self.measure_sweep(adapter, engine, mode, sweep, turn)
            if turn == 0:
                kept = worth_repeating(engine.points_by_parameter(mode), self.group.levels)
                settings = [setting for sweep in self.plans[key] for setting in sweep]
                self.plans[key] = [[one for one in settings if parameter_text(one) in kept]]

    def measure_sweep(self, adapter, engine, mode, sweep, turn):
        """The first time a sweep ends where its recall is high enough, or no longer rises with the effort."""
        before = -1.0
        for setting in sweep:
            parameter = parameter_text(setting)
            measured = self.workers[adapter.name].ask(
                "measure", mode=mode, setting=setting, seconds=self.options.seconds
            )
            engine.add(mode, parameter, measured)
            recall = measured["recall"]
            if turn == 0 and (recall >= self.options.stop_recall or 0.5 < recall < before + FLATTENED):
                break
            before = recall

    # Apus

    def measure_apus(self, index, turn):
        self.progress(f"{index.name}: before the peers' round {turn + 1}")
        request = self.request(self.sweep_left(index), self.group.modes, self.build_threads)
        lines = self.lines_of_apus(index, request)
        if lines:
            add_lines(self.apus[index.name], lines)
            for mode in self.group.modes:
                rates = [(one["recall"], one["qps"]) for one in lines if one["mode"] == mode and one["qps"]]
                self.apus_runs.append((index.name, mode, rates))

    def sweep_left(self, index):
        """The first time everything; later the values that occur among the settings that decide."""
        engine = self.apus[index.name]
        if not engine.samples:
            return index.sweep
        decisive = [
            parsed(key)
            for mode in self.group.modes
            for key in worth_repeating(engine.points_by_parameter(mode), self.group.levels)
        ]
        left = {
            name: [value for value in values if str(value) in {one.get(name) for one in decisive}]
            for name, values in index.sweep.items()
        }
        return left if all(left.values()) else index.sweep

    def build_apus_with_two_threads(self, index):
        """A build of its own: search stays on one core, so the measured runs cannot build on two."""
        self.progress(f"{index.name}: building with two threads")
        shortest = {name: values[:1] for name, values in index.sweep.items()}
        self.lines_of_apus(index, self.request(shortest, ("batch",), 2, seconds=0.1, repeat=1))

    def request(self, sweep, modes, threads, seconds=None, repeat=None):
        options = self.options
        cores = frozenset(self.machine.cores(threads)) if threads <= 2 else None
        seconds, repeat = seconds or options.seconds, repeat or options.apus_repeat
        return SearchRequest(sweep, modes, options.k, threads, seconds, repeat, cores)

    def lines_of_apus(self, index, request):
        engine = self.apus[index.name]
        if engine.failure:
            return []
        wall, processor = time.monotonic(), children_seconds()
        try:
            lines = self.options.engine.search(self.data, self.truth, index, request)
        except ApusFailure as failure:
            engine.failure = str(failure)
            return []
        wall, processor = time.monotonic() - wall, children_seconds() - processor
        builds = {one["mode"]: one for one in lines}.values()
        engine.add_build(request.build_threads, lines[0])
        wall -= sum(one["build_seconds"] for one in builds)
        processor -= sum(one.get("build_cpu_seconds") or 0.0 for one in builds)
        if index.clients == 1 and len(builds) == 1 and processor > MORE_THAN_ONE_CORE * wall:
            engine.note(f"used {processor / wall:.2f} cores while it did not build")
        return lines

    def builds_again(self):
        wanted = self.group.builds_again_with_two_threads and self.options.two_thread_builds == "yes"
        return wanted and self.build_threads == 1 and len(self.machine.two_cores) == 2

    # Results

    @property
    def apus_failures(self):
        return [f"{engine.label}: {engine.failure}" for engine in self.apus.values() if engine.failure]

    def levels(self):
        return [(mode, level) for mode in self.group.modes for level in self.group.levels]

    def reading(self, engine, mode, level):
        return qps_at(engine.points(mode), level, self.recall_step)

    def best_apus(self, mode, level):
        """(engine, QPS) of the index of Apus that is fastest at that level, (None, None) where none gets there."""
        rates = [(self.reading(engine, mode, level).qps, engine) for engine in self.apus.values()]
        reached = [one for one in rates if one[0]]
        if not reached:
            return None, None
        qps, engine = max(reached, key=lambda one: one[0])
        return engine, qps

    def counterpart(self, peer):
        """The engine of Apus that works the way the peer does, None where none of this group does."""
        same = [index.name for index in self.indexes if index.type == peer.against]
        return self.apus[same[0]] if same else None

    def peer_reading(self, peer, mode, level):
        return qps_at(peer.counted_points(mode), level, self.recall_step)

    def ratio(self, own, peer, mode, level):
        """An engine of Apus, or the best one for None, over the peer's better rate; None where a level is missed."""
        mine = self.reading(own, mode, level).qps if own else self.best_apus(mode, level)[1]
        other = self.peer_reading(peer, mode, level).qps
        return mine / other if mine and other else None

    def drift(self, name, mode, level):
        """The last run of an index of Apus over its first, None with fewer than two."""
        runs = [points for run_name, run_mode, points in self.apus_runs if (run_name, run_mode) == (name, mode)]
        readings = [qps_at(points, level, self.recall_step).qps for points in runs]
        return readings[-1] / readings[0] if len(readings) > 1 and all(readings) else None

    def json_lines(self):
        """One object per pass of every engine, then one per ratio."""
        group, lines = {"group": self.group.name}, []
        for engine in [*self.apus.values(), *self.engines.values()]:
            lines += [group | line for line in engine_lines(engine)]
        for peer in self.engines.values():
            for own in self.apus.values():
                lines += [group | self.ratio_line(own, peer, *one) for one in self.levels()]
        return [json.dumps(line) for line in lines]

    def ratio_line(self, own, peer, mode, level):
        mine, other = self.reading(own, mode, level), self.peer_reading(peer, mode, level)
        return {
            "apus": own.name,
            "engine": peer.name,
            "mode": mode,
            "recall_level": level,
            "apus_qps": mine.qps,
            "peer_qps": other.qps,
            "ratio": self.ratio(own, peer, mode, level),
            "apus_drift": self.drift(own.name, mode, level),
            "reason": own.failure or peer.failure or other.reason or mine.reason,
        }


def engine_lines(engine):
    for (mode, parameter), passes in engine.samples.items():
        for number, measured in enumerate(passes):
            yield {"engine": engine.name, "pass": number, "mode": mode, "search_params": parameter} | measured
    for threads, builds in engine.builds.items():
        yield {
            "engine": engine.name,
            "build_threads": threads,
            "build_seconds_and_cpu_seconds": builds,
            "built_earlier": engine.built_earlier,
            "memory_bytes": engine.memory_bytes,
            "vector_bytes": engine.vector_bytes,
            "peak_rss_bytes": engine.peak_rss_bytes,
        }
    if engine.failure:
        yield {"engine": engine.name, "failure": engine.failure}


def children_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def apus_turns(runs, rounds):
    """Before which of the peers' rounds Apus is measured (`rounds` means after the last): one run in the middle,
    several evenly spread from the first to the last."""
    runs = min(runs, rounds + 1)
    if runs == 1:
        return {(rounds + 1) // 2}
    return {round(number * rounds / (runs - 1)) for number in range(runs)}
