"""The virtual environment the peers live in: `.venv` at the repository root, made once.

Each package of requirements.txt is installed by itself, so one that cannot be installed costs only its
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
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
RECORD = ENVIRONMENT / "apus-peers.json"

NEEDED_BY_LAUNCHER = "numpy"


class EnvironmentFailure(Exception):
    """The environment itself, or numpy, cannot be made; nothing can be measured."""


def requirements():
    lines = (HERE / "requirements.txt").read_text().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def is_active():
    return Path(sys.prefix).resolve() == ENVIRONMENT.resolve()


def enter(arguments):
    """Makes the environment if needed, then replaces this process by the same script inside it."""
    ensure()
    os.execv(PYTHON, [str(PYTHON), *arguments])


def ensure():
    if not PYTHON.exists():
        run_or_raise([sys.executable, "-m", "venv", str(ENVIRONMENT)], "cannot create .venv")
    record = read_record()
    wanted = requirements()
    if set(record) != set(wanted):
        record = {line: install(line) for line in wanted}
        RECORD.write_text(json.dumps(record, indent=1))
    for line, failure in record.items():
        if failure and package_name(line) == NEEDED_BY_LAUNCHER:
            raise EnvironmentFailure(f"{line} cannot be installed: {failure}; remove .venv and try again")


def install(requirement):
    """Returns None when the package is installed, else the last line pip gave as the reason."""
    if sys.stderr.isatty():
        print(f"installing {requirement}", file=sys.stderr)
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", requirement]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    return None if done.returncode == 0 else last_line(done.stderr) or f"pip ended with {done.returncode}"


def install_failure(package):
    """The reason why `package` is not there, or None."""
    for line, failure in read_record().items():
        if package_name(line) == package:
            return failure
    return None


def versions():
    return dict(line.split("==") for line in requirements())


def package_name(requirement):
    return requirement.split("==")[0]


def read_record():
    try:
        return json.loads(RECORD.read_text())
    except (OSError, ValueError):
        return {}


def run_or_raise(command, what):
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise EnvironmentFailure(f"{what}: {last_line(done.stderr)}")


def last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
