"""Tests of what the comparison computes. Run: .venv/bin/python -m unittest discover results/peers"""

import json
import random
import tempfile
import unittest
from pathlib import Path

import numpy as np

import truth
import vectors
from apus import ApusFailure, check_search_line, parameter_text, parse_lines
from comparison import apus_turns
from curves import median, pareto, qps_at
from measured import Engine

SEED = 7


class CurveTests(unittest.TestCase):
    def test_front_keeps_exactly_the_undominated_points(self):
        source = random.Random(SEED)
        points = [(source.random(), source.random()) for _ in range(200)]
        expected = [
            one for one in points if not any(p[0] >= one[0] and p[1] >= one[1] and p != one for p in points)
        ]
        self.assertEqual(pareto(points), sorted(expected), f"seed {SEED}")

    def test_interpolation_is_straight_in_logit_and_log(self):
        # logit 0.9 = ln 9, logit 0.99 = ln 99: the middle of both has recall sqrt(891) / (1 + sqrt(891)).
        middle = 891**0.5 / (1 + 891**0.5)
        reading = qps_at([(0.9, 10_000), (0.99, 100)], middle)
        self.assertAlmostEqual(reading.qps, 1_000, places=6)
        self.assertEqual(reading.bound, "interpolated")

    def test_level_outside_the_curve_is_a_bound_or_a_reason(self):
        self.assertEqual(qps_at([(0.97, 5), (0.98, 3)], 0.9).bound, "at least")
        missing = qps_at([(0.8, 5)], 0.9)
        self.assertIsNone(missing.qps)
        self.assertIn("0.8000", missing.reason)
        self.assertIsNone(qps_at([], 0.9).qps)

    def test_recall_of_one_can_be_interpolated(self):
        qps = qps_at([(0.98, 1_000), (1.0, 500)], 0.99, recall_step=1e-4).qps
        self.assertTrue(500 < qps < 1_000, qps)

    def test_median(self):
        self.assertEqual(median([3, 1, 2]), 2)
        self.assertEqual(median([4, 1, 2, 3]), 2.5)
        self.assertIsNone(median([]))


class TruthTests(unittest.TestCase):
    def setUp(self):
        source = np.random.default_rng(SEED)
        self.base = source.standard_normal((500, 8)).astype(np.float32)
        self.queries = source.standard_normal((6, 8)).astype(np.float32)

    def test_candidates_and_order_match_a_full_sort(self):
        for metric in ("ip", "l2"):
            candidates = truth.nearest_candidates(self.base, self.queries, metric, 42)
            ids, _ = truth.exactly_ordered(self.base, self.queries, candidates, metric, 10)
            everything = np.tile(np.arange(500), (6, 1))
            full = truth.distances_of(self.base, self.queries, everything, metric)
            expected = np.argsort(full, axis=1, kind="stable")[:, :10]
            self.assertTrue((ids == expected).all(), f"seed {SEED}, {metric}")

    def test_recall_counts_ties_and_neither_repeats_nor_unknown_ids(self):
        base = np.array([[1, 0], [1, 0], [0.5, 0], [0, 1]], dtype=np.float32)
        queries, exact = np.array([[1, 0]], dtype=np.float32), np.array([[-1.0, -1.0]])
        cases = {(0, 1): 1.0, (1, 0): 1.0, (0, 0): 0.5, (0, 2): 0.5, (-1, 9): 0.0}
        for ids, expected in cases.items():
            self.assertEqual(truth.recall(base, queries, exact, [list(ids)], "ip", 2), expected, ids)
        self.assertEqual(truth.recall(base, queries, exact, [[1]], "ip", 1), 1.0, "a tie is found")


class FileTests(unittest.TestCase):
    def test_formats_hold_the_same_values(self):
        values = np.arange(12, dtype=np.float32).reshape(4, 3)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            vectors.write_bin(folder / "a.fbin", values, "<f4")
            np.save(folder / "a.npy", values.astype(np.float16))
            dimensions = np.full((4, 1), 3, dtype="<i4")
            np.hstack([dimensions, values.view("<i4")]).tofile(folder / "a.fvecs")
            for path in sorted(folder.iterdir()):
                self.assertTrue((vectors.read(path) == values).all(), path.suffix)

    def test_damaged_files_are_refused_by_name(self):
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "short.fbin"
            np.array([5, 3, 1], dtype="<u4").tofile(path)
            with self.assertRaisesRegex(vectors.DataFailure, "short.fbin"):
                vectors.read(path)


class ApusTests(unittest.TestCase):
    line = {"search_params": "ef=16", "mode": "single", "recall": 0.9, "qps": 10, "build_seconds": 1}

    def test_lines_are_read_and_checked(self):
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "bench.jsonl"
            with self.assertRaisesRegex(ApusFailure, "no JSON file"):
                parse_lines(path)
            path.write_text(json.dumps(self.line) + "\n\n")
            self.assertEqual(parse_lines(path), [self.line])
            path.write_text("{")
            with self.assertRaisesRegex(ApusFailure, "no JSON"):
                parse_lines(path)
        check_search_line(self.line, ("single",))
        with self.assertRaisesRegex(ApusFailure, "lacks qps"):
            check_search_line({key: self.line[key] for key in self.line if key != "qps"}, ("single",))
        with self.assertRaisesRegex(ApusFailure, "mode single"):
            check_search_line(self.line, ("batch",))

    def test_parameters_as_text_or_object_give_one_key(self):
        self.assertEqual(parameter_text("ef=16"), parameter_text({"ef": 16}))
        self.assertEqual(parameter_text(None), "")

    def test_better_rate_counts_for_sequential_peers_only(self):
        for one_by_one, expected in ((True, 200), (False, 100)):
            engine = Engine("x", "x", answers_batch_one_by_one=one_by_one)
            engine.add("single", "ef=8", {"recall": 0.95, "qps": 100})
            engine.add("batch", "ef=8", {"recall": 0.95, "qps": 200})
            self.assertEqual(qps_at(engine.counted_points("single"), 0.95).qps, expected)

    def test_a_missing_measurement_is_noted_not_zero(self):
        engine = Engine("x", "x")
        engine.add("single", "ef=8", {"recall": None, "qps": None, "reason": "out of memory"})
        self.assertEqual(engine.samples, {})
        self.assertIn("out of memory", engine.notes[0])

    def test_apus_runs_are_spread_over_the_rounds(self):
        self.assertEqual(apus_turns(2, 3), {0, 3})
        self.assertEqual(apus_turns(4, 3), {0, 1, 2, 3})
        self.assertEqual(apus_turns(9, 1), {0, 1})
        self.assertEqual(apus_turns(1, 3), {2})
        self.assertEqual(apus_turns(1, 1), {1})


if __name__ == "__main__":
    unittest.main()
