"""What was measured of one engine. Standard library only."""

from dataclasses import dataclass, field

from apus import parameter_text
from curves import median, pareto


@dataclass
class Engine:
    """`samples` holds all passes of a (mode, parameter), in the order they were taken."""

    name: str
    label: str
    answers_batch_one_by_one: bool = True
    against: str | None = None
    failure: str | None = None
    notes: list = field(default_factory=list)
    builds: dict = field(default_factory=dict)  # threads -> list of (seconds, CPU seconds)
    built_earlier: str | None = None
    memory_bytes: int | None = None
    vector_bytes: int | None = None
    peak_rss_bytes: int | None = None
    samples: dict = field(default_factory=dict)

    def add(self, mode, parameter, measurement):
        if measurement.get("qps") is None or measurement.get("recall") is None:
            reason = measurement.get("reason") or "no reason given"
            self.note(f"{mode} {parameter}: not measured, {reason}")
            return
        self.samples.setdefault((mode, parameter), []).append(measurement)

    def add_build(self, threads, measurement):
        seconds = measurement["build_seconds"], measurement.get("build_cpu_seconds") or 0.0
        self.builds.setdefault(threads, []).append(seconds)

    def note(self, text):
        if text not in self.notes:
            self.notes.append(text)

    def note_digest(self, digest):
        known = [note for note in self.notes if note.startswith("build digest")]
        note = f"build digest {digest}"
        if digest is not None and note not in known:
            self.note(note if not known else f"{note}, another than before: builds differ")

    def point(self, mode, parameter):
        passes = self.samples[mode, parameter]
        return passes[0]["recall"], median([one["qps"] for one in passes])

    def points_by_parameter(self, mode):
        return {key[1]: self.point(*key) for key in self.samples if key[0] == mode}

    def points(self, mode):
        return list(self.points_by_parameter(mode).values())

    def front(self, mode):
        return pareto(self.points(mode))

    def counted_points(self, mode):
        """The points the ratio is taken from: where a batch is answered one by one, the better rate of
        both modes stands for the single query, so a binding's cost per call is not held against it."""
        other = self.points("batch") if mode == "single" and self.answers_batch_one_by_one else []
        return self.points(mode) + other


def add_lines(engine, lines):
    """Takes over the objects of one run of `apus bench`."""
    first = lines[0]
    engine.note_digest(first.get("build_digest"))
    engine.memory_bytes = first.get("index_bytes")
    engine.vector_bytes = first.get("vector_bytes")
    engine.peak_rss_bytes = first.get("peak_rss_bytes")
    for line in lines:
        engine.add(line["mode"], parameter_text(line["search_params"]), line)
