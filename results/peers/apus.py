"""Runs `apus bench` and reads its JSON lines. Standard library only."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

METRIC_NAMES = {"ip": "IP", "l2": "L2"}
NEEDED_FIELDS = ("search_params", "mode", "recall", "qps", "build_seconds")


class ApusFailure(Exception):
    """Apus could not be run, failed, or broke the contract of its JSON lines."""


@dataclass(frozen=True)
class SearchRequest:
    """How `apus bench` measures one index."""

    sweep: dict
    modes: tuple
    k: int
    build_threads: int
    seconds: float
    repeat: int
    cores: frozenset | None


class Apus:
    """The release binary, run on the given cores (all of them where `cores` is None)."""

    def __init__(self, binary, log_path, timeout_seconds):
        self.binary, self.log_path, self.timeout_seconds = Path(binary), log_path, timeout_seconds
        self.help_text = None

    def search(self, data, truth, index, request):
        """One measurement per swept value and mode of one index: the contract's objects, checked.

        A process that measures all modes builds once; a binary without `--mode both` builds for each.
        """
        arguments = ["--base", data.base_path, "--queries", data.queries_path]
        arguments += ["--neighbors", truth.neighbors_path, "--metric", METRIC_NAMES[data.metric]]
        arguments += ["--index", index.specification, "--search", sweep_text(request.sweep)]
        arguments += ["--k", request.k, "--threads", index.clients, "--build-threads", request.build_threads]
        arguments += ["--seconds", request.seconds, "--repeat", request.repeat]
        lines = []
        for mode in ("both",) if len(request.modes) > 1 and self.measures_both_modes() else request.modes:
            fresh = self.run([*arguments, "--mode", mode], request.cores)
            for line in fresh:
                check_search_line(line, request.modes if mode == "both" else (mode,))
            lines += fresh
        return lines

    def measures_both_modes(self):
        if self.help_text is None:
            asked = subprocess.run([str(self.binary), "bench", "--help"], capture_output=True, text=True)
            self.help_text = asked.stdout
        lines = self.help_text.splitlines()
        starts = [number for number, line in enumerate(lines) if line.split()[:1] == ["--mode"]]
        return any("both" in " ".join(lines[number : number + 2]) for number in starts)

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


def check_search_line(line, modes):
    missing = [field for field in NEEDED_FIELDS if field not in line]
    if missing:
        raise ApusFailure(f"an object of apus bench lacks {', '.join(missing)}")
    if line["mode"] not in modes:
        raise ApusFailure(f"apus bench answered mode {line['mode']} when asked for {' and '.join(modes)}")


def sweep_text(sweep):
    """What `--search` takes for values by parameter: a grid where there are several parameters."""
    return " ".join(f"{name}={','.join(map(str, values))}" for name, values in sweep.items())


def parameter_text(search_params):
    """A key for one swept setting, whether the contract's field is text or an object."""
    if isinstance(search_params, str):
        return search_params
    return " ".join(f"{name}={value_text(value)}" for name, value in sorted((search_params or {}).items()))


def value_text(value):
    return f"{value:g}" if isinstance(value, float) else str(value)


def parsed(parameter):
    """The values of a key, as text by parameter."""
    return dict(part.split("=", 1) for part in parameter.split())
