"""Vector files (.npy, .fbin, .ibin, .fvecs, .ivecs) and the data sets the comparison runs on.

Every data set becomes one folder below `.apus/data` with base.fbin and queries.fbin in float32, so all
engines read the same bytes.
"""

import hashlib
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from environment import ROOT

CACHE = ROOT / ".apus" / "data"
NAMED = {"wordnet-20k": ROOT / "Common" / "Datasets" / "wordnet-20k"}
GENERATED = {"clustered": (1_000_000, 128), "uniform": (200_000, 96)}
UNIT_LENGTH_TOLERANCE = 0.01


class DataFailure(Exception):
    """The data cannot be read; the message names the file and what to do."""


@dataclass(frozen=True)
class DataSet:
    name: str
    folder: Path
    metric: str  # "ip" or "l2"
    given_neighbors: Path | None
    digest: str

    @property
    def base_path(self):
        return self.folder / "base.fbin"

    @property
    def queries_path(self):
        return self.folder / "queries.fbin"

    def base(self):
        """Rows x dimension, float32, mapped: its pages are not memory of the index under test."""
        return read(self.base_path)

    def queries(self):
        return np.ascontiguousarray(read(self.queries_path))


def read(path):
    path = Path(path)
    reader = READERS.get(path.suffix)
    if reader is None:
        raise DataFailure(f"{path.name}: unknown ending; use one of {' '.join(READERS)}")
    try:
        return reader(path)
    except (OSError, ValueError) as error:
        raise DataFailure(f"{path.name} cannot be read: {error}") from error


def read_npy(path):
    values = np.load(path, mmap_mode="r", allow_pickle=False)
    if values.ndim != 2:
        raise ValueError(f"it has {values.ndim} dimensions of shape, need rows x values")
    return values


def read_bin(path, kind):
    rows, columns = (int(value) for value in np.fromfile(path, dtype="<u4", count=2))
    if path.stat().st_size != 8 + rows * columns * 4:
        raise ValueError(f"its header says {rows} x {columns}, its size does not; write it again")
    return np.memmap(path, dtype=kind, mode="r", offset=8, shape=(rows, columns))


def read_vecs(path, kind):
    columns = int(np.fromfile(path, dtype="<i4", count=1)[0])
    if columns <= 0 or path.stat().st_size % (4 * (columns + 1)):
        raise ValueError("its size is no multiple of a row")
    values = np.memmap(path, dtype="<i4", mode="r").reshape(-1, columns + 1)
    if (values[:, 0] != columns).any():
        raise ValueError("its rows differ in dimension")
    return values[:, 1:].view(kind)


READERS = {
    ".npy": read_npy,
    ".fbin": lambda path: read_bin(path, "<f4"),
    ".ibin": lambda path: read_bin(path, "<i4"),
    ".fvecs": lambda path: read_vecs(path, "<f4"),
    ".ivecs": lambda path: read_vecs(path, "<i4"),
}


def write_bin(path, values, kind):
    """Writes beside the file and renames, so a cut-off run leaves no half a file in the cache."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + f".{os.getpid()}.part")
    with open(partial, "wb") as file:
        np.array(values.shape, dtype="<u4").tofile(file)
        for start in range(0, len(values), 65_536):
            np.ascontiguousarray(values[start : start + 65_536], dtype=kind).tofile(file)
    os.replace(partial, path)


def prepare(options):
    """The data set that `--data` names, converted and cached."""
    if options.data in GENERATED:
        return generated(options)
    base, queries, neighbors, name = source_files(options)
    digest = digest_of([base, queries], options.max_queries)
    folder = CACHE / f"{name}-{digest[:12]}"
    if not (folder / "queries.fbin").exists():
        write_bin(folder / "base.fbin", read(base), "<f4")
        write_bin(folder / "queries.fbin", read(queries)[: options.max_queries], "<f4")
    metric = options.metric or metric_for(read(folder / "base.fbin"))
    return checked(DataSet(name, folder, metric, neighbors, digest))


def source_files(options):
    path = NAMED.get(options.data, Path(options.data))
    if path.is_dir():
        found = path / "neighbors.npy"
        given = Path(options.neighbors) if options.neighbors else found if found.exists() else None
        return path / "base.npy", path / "queries.npy", given, path.name
    if not path.exists():
        raise DataFailure(f"--data {options.data}: no such file, folder or name")
    if not options.queries:
        raise DataFailure(f"--data {path.name} is a file of rows; name its queries with --queries FILE")
    return path, Path(options.queries), Path(options.neighbors) if options.neighbors else None, path.stem


def generated(options):
    default_rows, default_dimension = GENERATED[options.data]
    rows, dimension = options.rows or default_rows, options.dimension or default_dimension
    name = f"{options.data}-{rows}x{dimension}-seed{options.seed}-q{options.max_queries}"
    folder = CACHE / name
    if not (folder / "queries.fbin").exists():
        generate(options, rows, dimension, folder)
    digest = digest_of([folder / "base.fbin", folder / "queries.fbin"], options.max_queries)
    return checked(DataSet(name, folder, options.metric or "l2", None, digest))


def generate(options, rows, dimension, folder):
    folder.mkdir(parents=True, exist_ok=True)
    command = [str(options.apus), "generate", "--kind", options.data, "--rows", str(rows)]
    command += ["--dimension", str(dimension), "--seed", str(options.seed)]
    command += ["--out", str(folder / "base.fbin")]
    command += ["--queries", str(options.max_queries), "--queries-out", str(folder / "queries.part.fbin")]
    try:
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    except OSError as error:
        raise DataFailure(f"apus generate cannot run: {error}; build it: swift build -c release") from error
    if done.returncode != 0:
        raise DataFailure(f"apus generate ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    os.replace(folder / "queries.part.fbin", folder / "queries.fbin")


def checked(data):
    base, queries = data.base(), data.queries()
    if base.shape[1] != queries.shape[1]:
        raise DataFailure(f"{data.name}: rows have {base.shape[1]} dimensions, queries {queries.shape[1]}")
    return data


def metric_for(base):
    """Inner product for rows of unit length, L2 for all others."""
    sample = base[:: max(1, len(base) // 10_000)]
    lengths = np.linalg.norm(sample, axis=1)
    return "ip" if np.abs(lengths - 1).max() < UNIT_LENGTH_TOLERANCE else "l2"


def digest_of(paths, max_queries):
    total = hashlib.sha256(str(max_queries).encode())
    for path in paths:
        try:
            with open(path, "rb") as file:
                total.update(hashlib.file_digest(file, "sha256").digest())
        except OSError as error:
            raise DataFailure(f"{Path(path).name} cannot be read: {error.strerror}") from error
    return total.hexdigest()
