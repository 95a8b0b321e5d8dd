"""Runs `apus bench` and reads its JSON lines. Standard library only."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

METRIC_NAMES = {"ip": "IP", "l2": "L2"}
NEEDED_FIELDS = ("search_params", "mode", "recall", "qps", "build_seconds")


class ApusFailure(Exception):
    """Apus could not be run, failed, or broke the contract of its JSON lines."""


class Apus:
    """The release binary, run on the given cores (all of them where `cores` is None)."""

    def __init__(self, binary, log_path, timeout_seconds):
        self.binary, self.log_path, self.timeout_seconds = Path(binary), log_path, timeout_seconds

    def search(self, data, truth, index, sweep, mode, k, build_threads, seconds, repeat, cores):
        """One measurement per swept value: the contract's objects, checked."""
        arguments = ["--base", data.base_path, "--queries", data.queries_path]
        arguments += ["--neighbors", truth.neighbors_path, "--metric", METRIC_NAMES[data.metric]]
        arguments += ["--index", index, "--search", sweep, "--k", k, "--threads", 1]
        arguments += ["--build-threads", build_threads, "--mode", mode]
        arguments += ["--seconds", seconds, "--repeat", repeat]
        lines = self.run(arguments, cores)
        for line in lines:
            check_search_line(line, mode)
        return lines

    def case(self, name, base_path, *more):
        """`--case insert|reopen|memory`: its one object."""
        lines = self.run(["--case", name, "--base", base_path, *more], None)
        matching = [line for line in lines if line.get("case") == name]
        if len(matching) != 1:
            raise ApusFailure(f"apus bench --case {name} wrote {len(matching)} objects of it, need one")
        return matching[0]

    def run(self, arguments, cores):
        with tempfile.TemporaryDirectory(prefix="apus-bench-") as folder:
            output = Path(folder) / "bench.jsonl"
            command = [str(self.binary), "bench", *map(str, arguments), "--json", str(output)]
            self.call(command, cores)
            return parse_lines(output)

    def call(self, command, cores):
        pin = (lambda: os.sched_setaffinity(0, cores)) if cores else None
        with open(self.log_path, "ab") as log:
            start = log.tell()
            errors = None if sys.stderr.isatty() else log
            try:
                done = subprocess.run(
                    command, stdout=log, stderr=errors, preexec_fn=pin, timeout=self.timeout_seconds
                )
            except OSError as error:
                raise ApusFailure(f"{self.binary.name} cannot run: {error.strerror}") from error
            except subprocess.TimeoutExpired:
                raise ApusFailure(f"apus bench took more than {self.timeout_seconds:.0f} s") from None
        if done.returncode != 0:
            said = " ".join(self.log_path.read_bytes()[start:].decode(errors="replace").split())
            raise ApusFailure(f"apus bench ended with {done.returncode}: {said[-400:]}")


def parse_lines(path):
    try:
        text = path.read_text()
    except OSError:
        raise ApusFailure("apus bench wrote no JSON file") from None
    try:
        lines = [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError as error:
        raise ApusFailure(f"apus bench wrote a line that is no JSON: {error}") from None
    if not lines:
        raise ApusFailure("apus bench wrote an empty JSON file")
    return lines


def check_search_line(line, mode):
    missing = [field for field in NEEDED_FIELDS if field not in line]
    if missing:
        raise ApusFailure(f"an object of apus bench lacks {', '.join(missing)}")
    if line["mode"] != mode:
        raise ApusFailure(f"apus bench answered mode {line['mode']} when asked for {mode}")


def parameter_text(search_params):
    """A key for one swept value, whether the contract's field is text or an object."""
    if isinstance(search_params, str):
        return search_params
    return " ".join(f"{name}={value}" for name, value in sorted((search_params or {}).items()))
