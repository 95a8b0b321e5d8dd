"""Tests of groups, schedule and reports, with Apus and the peers replaced by engines whose rates are known.
Run: .venv/bin/python -m unittest discover results/peers"""

import json
import tempfile
import types
import unittest
import xml.dom.minidom
from pathlib import Path
from unittest import mock

import comparison
import environment
import groups
import peers
import picture
import report
from apus import Apus, ApusFailure, parameter_text, parsed, sweep_text
from curves import worth_repeating
from database_cases import DatabaseRun
from measured import Engine
from process import PeerFailure
from settings import list_count, parts_of

ROWS, DIMENSION = 1_000, 16


def recall_and_qps(effort, speed):
    """A curve with known ends: recall rises with the effort, and what is gained costs speed."""
    return 1 - 0.5 / effort, speed / effort


class KnownWorker:
    """Answers as a worker does; a peer named in `broken` cannot build."""

    broken = ()

    def __init__(self, name):
        self.name, self.asked = name, []

    def ask(self, what, **details):
        self.asked.append((what, details))
        if what == "build":
            if self.name in self.broken:
                raise PeerFailure("refuses this processor")
            return {"build_seconds": 2, "build_cpu_seconds": 3, "memory_bytes": 10, "peak_rss_bytes": 20}
        if what == "sweeps":
            return {"sweeps": [[{"ef": effort} for effort in details["efforts"]]]}
        recall, qps = recall_and_qps(details["setting"]["ef"], 1_000)
        return {"recall": recall, "qps": qps, "cpu_share": 1.0}

    def close(self):
        pass


class KnownApus:
    """Twice as fast as every peer, its quantized index three times; AUTOINDEX fails."""

    def __init__(self):
        self.sweeps = []

    def search(self, data, truth, index, request):
        self.sweeps.append((index.type, request.sweep))
        if index.type == "AUTOINDEX":
            raise ApusFailure("no such index")
        speed = 3_000 if index.type == "HNSW_SQ" else 2_000
        return [
            {"search_params": {"ef": effort}, "mode": mode, "recall": recall, "qps": qps, "build_seconds": 1}
            for mode in request.modes
            for effort in request.sweep["ef"]
            for recall, qps in [recall_and_qps(effort, speed)]
        ]


def compared(group="graph", **changes):
    data = types.SimpleNamespace(
        base=lambda: types.SimpleNamespace(shape=(ROWS, DIMENSION)),
        queries=lambda: range(100),
        folder=Path("/nowhere"),
        metric="ip",
    )
    options = dict(k=10, ef=[2, 5, 10, 20, 50, 100, 200], rounds=2, seconds=0.1, stop_recall=0.994)
    options |= dict(apus_repeat=1, build_threads=None, two_thread_builds="no", rebuild=True, peers=None)
    options |= dict(without_apus=False, engine=KnownApus(), apus_runs_for=lambda rows: 2)
    options |= dict(indexes_of=lambda group, rows, dimension: group.indexes(rows, dimension, [10, 50, 100], 10))
    options = types.SimpleNamespace(**options | changes)
    machine = types.SimpleNamespace(core=0, two_cores=frozenset({0, 1}), cores=lambda threads: {0})
    result = comparison.SearchComparison(
        groups.SEARCHES[group], data, None, options, machine, lambda text: None
    )
    result.worker = KnownWorker
    with mock.patch.object(environment, "install_failure", lambda package: None):
        result.run()
    return result


class GroupTests(unittest.TestCase):
    def test_every_peer_of_a_group_is_known_and_every_group_has_a_duration(self):
        for group in groups.SEARCHES.values():
            self.assertEqual([name for name in group.peers if name not in peers.BY_NAME], [])
        self.assertEqual(set(groups.EXPECTED), set(groups.NAMES))

    def test_counterparts_are_types_of_apus(self):
        types_of_apus = {
            index.type for group in groups.SEARCHES.values() for index in group.indexes(ROWS, 128, [16], 10)
        }
        self.assertEqual({peer.against for peer in peers.ALL} - types_of_apus, {None})

    def test_search_parameters_are_never_below_k_and_lists_never_too_many(self):
        for group in groups.SEARCHES.values():
            for index in group.indexes(ROWS, 128, [8, 16], 10):
                for name, values in index.sweep.items():
                    numbers = [float(value) for value in values]
                    self.assertTrue(numbers, f"{index.label} {name}")
                    if name in ("ef", "reorder_k", "search_list"):
                        self.assertGreaterEqual(min(numbers), 10, f"{index.label} {name}")
                    if name == "nprobe":
                        self.assertLessEqual(max(numbers), list_count(ROWS), index.label)

    def test_lists_and_parts(self):
        self.assertEqual([list_count(rows) for rows in (10, 60_000, 1_000_000)], [16, 1024, 4096])
        self.assertEqual([parts_of(384, 2), parts_of(96, 8), parts_of(7, 2)], [192, 12, 1])

    def test_durations_rise_with_rows(self):
        for name in groups.NAMES:
            times = [groups.expected_seconds(name, rows) for rows in (20_000, 60_000, 200_000, 1_000_000)]
            self.assertEqual(times, sorted(times), name)

    def test_a_sweep_survives_its_text(self):
        self.assertEqual(sweep_text({"nprobe": [8, 16], "refine_k": ["2.5"]}), "nprobe=8,16 refine_k=2.5")
        self.assertEqual(sweep_text({}), "")
        self.assertEqual(parsed(parameter_text({"nprobe": 8, "k": 2.0})), {"nprobe": "8", "k": "2"})

    def test_both_modes_are_asked_for_where_the_help_knows_them(self):
        engine = Apus("apus", Path("log"), 1)
        for text, expected in (("  --mode MODE  single, batch or both\n", True), ("  --mode MODE  single\n", False)):
            engine.help_text = text
            self.assertEqual(engine.measures_both_modes(), expected)


class ScheduleTests(unittest.TestCase):
    def test_only_settings_that_can_decide_are_repeated(self):
        points = {"a": (0.5, 100), "b": (0.89, 90), "c": (0.93, 80), "slow": (0.92, 40), "d": (0.992, 50)}
        points["e"] = (0.999, 10)
        self.assertEqual(worth_repeating(points, (0.9, 0.99)), ["b", "c", "d"])
        self.assertEqual(worth_repeating({"a": (0.4, 9), "b": (0.5, 5)}, (0.9,)), ["b"])

    def test_best_of_apus_counts_and_a_failing_index_costs_only_itself(self):
        result = compared()
        peer = result.engines["hnswlib"]
        self.assertAlmostEqual(result.ratio(None, peer, "batch", 0.95), 3, places=6)
        self.assertAlmostEqual(result.ratio(result.apus["apus HNSW"], peer, "single", 0.95), 2, places=6)
        self.assertEqual(result.best_apus("single", 0.99)[0].name, "apus HNSW_SQ")
        self.assertEqual(result.apus_failures, ["Apus AUTOINDEX: no such index"])

    def test_a_sweep_ends_at_the_wanted_recall_and_later_rounds_repeat_the_decisive(self):
        result = compared()
        asked = [one for what, one in result.workers["hnswlib"].asked if what == "measure"]
        single = [one["setting"]["ef"] for one in asked if one["mode"] == "single"]
        self.assertEqual(single, [2, 5, 10, 20, 50, 100, 5, 10, 20, 50])
        sweeps = [sweep["ef"] for name, sweep in result.options.engine.sweeps if name == "HNSW"]
        self.assertEqual(sweeps, [[10, 50, 100], [10, 50]])

    def test_a_stand_in_is_measured_only_where_the_first_choice_failed(self):
        self.assertIn("left out", compared().engines["svs-f16"].failure)
        with mock.patch.object(KnownWorker, "broken", ("svs-lvq4x8",)):
            result = compared()
        self.assertIn("refuses", result.engines["svs-lvq4x8"].failure)
        self.assertIsNone(result.engines["svs-f16"].failure)

    def test_kept_builds_differ_by_all_that_decides_their_bytes(self):
        result = compared()
        adapter, engine = peers.BY_NAME["hnswlib"], result.engines["hnswlib"]
        other = Engine(engine.name, engine.label + "0")
        folders = {result.kept_folder(adapter, one, n) for one in (engine, other) for n in (1, 2)}
        self.assertEqual(len(folders), 4)


class ReportTests(unittest.TestCase):
    origin = dict(data="known", rows=ROWS, dimension=DIMENSION, queries=100, metric="ip", k=10, commit="c")
    origin |= dict(machine="m", load_average=[], started="now", data_digest="0" * 64, seed=1, rounds=2)
    origin |= dict(seconds=0.1, packages={"hnswlib": "0"})

    def written(self, result):
        with tempfile.TemporaryDirectory() as name:
            text, paths = report.write(Path(name), "known-graph", self.origin, result, None, 1.0)
            return text, {path.suffix: path.read_text() for path in paths}

    def test_report_names_ratios_failures_and_picture(self):
        text, files = self.written(compared())
        self.assertIn("3.00 ahead (HNSW_SQ)", text)
        self.assertIn("Apus AUTOINDEX: not measured, no such index", text)
        self.assertIn("known-graph.svg", text)
        xml.dom.minidom.parseString(files[".svg"])
        lines = [json.loads(line) for line in files[".jsonl"].splitlines()]
        ratios = {(one["apus"], one["engine"]) for one in lines if "ratio" in one}
        self.assertIn(("apus HNSW", "hnswlib"), ratios)

    def test_nothing_measured_is_no_number_and_no_picture(self):
        with mock.patch.object(KnownApus, "search", side_effect=ApusFailure("not there")):
            text, files = self.written(compared("disk"))
        self.assertNotIn(".svg", files)
        self.assertIn("| Apus DISKANN | - | - | - |", text)

    def test_like_is_compared_with_like_where_the_group_has_it(self):
        result = compared("ivf", without_apus=True)
        self.assertIsNone(result.counterpart(result.engines["faiss-ivf-sq8"]))
        result.indexes = groups.ivf_indexes(ROWS, DIMENSION, [], 10)
        result.apus = {index.name: Engine(index.name, index.label) for index in result.indexes}
        self.assertEqual(result.counterpart(result.engines["faiss-ivf-sq8"]).name, "apus IVF_SQ8")

    def test_the_axis_of_the_picture_gives_each_halving_of_misses_the_same_room(self):
        steps = [picture.scale(recall) for recall in (0.8, 0.9, 0.95)]
        self.assertAlmostEqual(steps[1] - steps[0], steps[2] - steps[1])

    def test_databases_show_rates_latencies_and_what_failed(self):
        run = DatabaseRun()
        run.labels = {"apus HNSW": "Apus HNSW", "chroma": "Chroma", "lancedb": "LanceDB"}
        run.rates = {"apus HNSW": [600.0], "chroma": [200.0]}
        for engine, latency in (("apus HNSW", 50), ("chroma", 200)):
            run.add(engine, 64, {"latency_p50_us": latency, "recall": 0.99, "memory_bytes": 5_000_000})
        run.fail("lancedb", "cannot be installed")
        text, _ = self.written(run)
        self.assertIn("| apus HNSW | chroma | 3.00 ahead | 4.00 ahead |", text)
        self.assertIn("lancedb: not measured or failed, cannot be installed", text)


if __name__ == "__main__":
    unittest.main()
