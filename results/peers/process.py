"""The launcher's side of a worker: start, ask with a deadline, end. Standard library only."""

import json
import os
import selectors
import signal
import subprocess
import sys
import time

from environment import HERE, last_line

ONE_THREAD = {
    name: "1"
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
}


class PeerFailure(Exception):
    """A peer did not do its part; the message is the reason shown in the report."""


class Worker:
    """One worker process. `seconds_left` is spent over all its answers together."""

    def __init__(self, arguments, log_path, seconds, python=sys.executable):
        self.log_path, self.seconds_left, self.allowed = log_path, seconds, seconds
        self.pending = b""
        with open(log_path, "ab") as log:
            self.process = subprocess.Popen(
                [str(python), str(HERE / "worker.py"), *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=os.environ | ONE_THREAD,
            )

    def ask(self, what, **details):
        started = time.monotonic()
        try:
            self.process.stdin.write(json.dumps({"do": what} | details).encode() + b"\n")
            self.process.stdin.flush()
            return json.loads(self.read_line(started + self.seconds_left, what))
        except BrokenPipeError:
            raise PeerFailure(self.ending(what)) from None
        finally:
            self.seconds_left -= time.monotonic() - started

    def read_line(self, deadline, what):
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while b"\n" not in self.pending:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    self.close()
                    raise PeerFailure(f"timed out in {what}: more than {self.allowed:.0f} s in all")
                part = os.read(self.process.stdout.fileno(), 65_536)
                if not part:
                    raise PeerFailure(self.ending(what))
                self.pending += part
        line, self.pending = self.pending.split(b"\n", 1)
        return line

    def ending(self, what):
        code = self.process.wait()
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"code {code}"
        said = last_line(self.log_path.read_text(errors="replace")) if self.log_path.exists() else ""
        return f"ended in {what} with {how}" + (f": {said[:300]}" if said else "")

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
