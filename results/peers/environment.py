"""The virtual environments the peers live in, made once: `.venv` at the repository root for the libraries, and
`.venv/databases` for the embedded databases, whose many dependencies must not move those of the libraries.

Each package of a requirements file is installed by itself, so one that cannot be installed costs only its
own peer. The reason is kept beside the environment and reported with the results.
Standard library only: this runs before numpy exists.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent

NEEDED_BY_LAUNCHER = "numpy"


class EnvironmentFailure(Exception):
    """An environment itself, or numpy, cannot be made; nothing can be measured."""


class Environment:
    """One virtual environment and the file that lists its packages."""

    def __init__(self, folder, requirements_file):
        self.folder, self.requirements_file = folder, requirements_file
        self.python = folder / "bin" / "python"
        self.record_path = folder / "apus-peers.json"

    def requirements(self):
        lines = self.requirements_file.read_text().splitlines()
        return [line.strip() for line in lines if line.strip() and not line.startswith("#")]

    def ensure(self):
        if not self.python.exists():
            run_or_raise([sys.executable, "-m", "venv", str(self.folder)], f"cannot create {self.folder.name}")
        record, wanted = self.record(), self.requirements()
        if set(record) != set(wanted):
            record = {line: self.install(line) for line in wanted}
            self.record_path.write_text(json.dumps(record, indent=1))
        for line, failure in record.items():
            if failure and package_name(line) == NEEDED_BY_LAUNCHER:
                raise EnvironmentFailure(f"{line} cannot be installed: {failure}; remove .venv and try again")

    def install(self, requirement):
        """Returns None when the package is installed, else the last line pip gave as the reason."""
        print(f"installing {requirement}", file=sys.stderr, flush=True)
        command = [str(self.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        done = subprocess.run(
            [*command, requirement], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        return None if done.returncode == 0 else last_line(done.stderr) or f"pip ended with {done.returncode}"

    def record(self):
        try:
            return json.loads(self.record_path.read_text())
        except (OSError, ValueError):
            return {}


LIBRARIES = Environment(ROOT / ".venv", HERE / "requirements.txt")
DATABASES = Environment(ROOT / ".venv" / "databases", HERE / "requirements-databases.txt")
ALL = (LIBRARIES, DATABASES)


def is_active():
    return Path(sys.prefix).resolve() == LIBRARIES.folder.resolve()


def enter(arguments):
    """Makes the environment if needed, then replaces this process by the same script inside it."""
    LIBRARIES.ensure()
    os.execv(LIBRARIES.python, [str(LIBRARIES.python), *arguments])


def ensure():
    for environment in ALL:
        environment.ensure()


def home_of(package):
    """The environment whose requirements list `package`."""
    for environment in ALL:
        if package in map(package_name, environment.requirements()):
            return environment
    raise KeyError(package)


def install_failure(package):
    """The reason why `package` is not there, or None."""
    for line, failure in home_of(package).record().items():
        if package_name(line) == package:
            return failure
    return None


def versions():
    return dict(line.split("==") for environment in ALL for line in environment.requirements())


def package_name(requirement):
    return requirement.split("==")[0]


def run_or_raise(command, what):
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise EnvironmentFailure(f"{what}: {last_line(done.stderr)}")


def last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
