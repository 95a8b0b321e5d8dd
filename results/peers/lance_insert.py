"""Insert batches of rows into LanceDB, one table.add per batch.

LanceDB does not sync what it writes (its system calls hold no fsync), so an acknowledged batch may be lost
in a power cut. The durable variant syncs the files each batch created and their folders. The launcher takes
only the names from here, so pyarrow is imported where it is used.
"""

import os
import shutil
import tempfile
import time
from pathlib import Path

NAME, PACKAGE, WORKER = "lancedb", "lancedb", "lance-insert"
AS_SHIPPED, SYNCED = "as shipped", "synced"


def insert_rows_per_second(rows, batch_rows, durability, parent):
    import lancedb

    folder = Path(tempfile.mkdtemp(prefix="lance-", dir=parent))
    try:
        schema = schema_of(rows.shape[1])
        table = lancedb.connect(str(folder)).create_table("rows", schema=schema)
        starts = range(0, len(rows), batch_rows)
        batches = [arrow_batch(rows[start : start + batch_rows], start, schema) for start in starts]
        synced = set()
        start = time.perf_counter()
        for batch in batches:
            table.add(batch)
            if durability == SYNCED:
                sync_new_files(folder, synced)
        seconds = time.perf_counter() - start
        if table.count_rows() != len(rows):
            raise RuntimeError(f"LanceDB counts {table.count_rows()} rows after {len(rows)} inserts")
        return len(rows) / seconds
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def schema_of(dimension):
    import pyarrow

    return pyarrow.schema([("id", pyarrow.int64()), ("vector", pyarrow.list_(pyarrow.float32(), dimension))])


def arrow_batch(part, start, schema):
    """The rows of one insert; their ids rise from `start`."""
    import pyarrow

    ids = pyarrow.array(range(start, start + len(part)))
    vectors = pyarrow.FixedSizeListArray.from_arrays(pyarrow.array(part.ravel()), part.shape[1])
    return pyarrow.table([ids, vectors], schema=schema)


def sync_new_files(folder, synced):
    for parent, _, names in os.walk(folder):
        fresh = [path for path in (os.path.join(parent, name) for name in names) if path not in synced]
        for path in fresh:
            sync(path)
            synced.add(path)
        if fresh:
            sync(parent)


def sync(path):
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
