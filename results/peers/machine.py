"""The machine: its processor, and which of its cores measure. Standard library only."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Machine:
    """The fixed core of the measurement, the two cores of two-thread builds, and where workers log."""

    core: int
    two_cores: frozenset
    log_folder: Path

    @staticmethod
    def choose(core, log_folder):
        available = sorted(os.sched_getaffinity(0))
        chosen = available[-1] if core is None else core
        if chosen not in available:
            raise ValueError(f"--core {chosen}: this process may use {available}")
        others = [one for one in available if one != chosen]
        return Machine(chosen, frozenset([chosen, *others[-1:]]), log_folder)

    def cores(self, threads):
        """The cores that many threads build on: the measuring one alone, or two."""
        return {self.core} if threads == 1 else set(self.two_cores)

    def log_path(self, name):
        return self.log_folder / f"{name.replace(' ', '-')}.log"


def processor_name():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
