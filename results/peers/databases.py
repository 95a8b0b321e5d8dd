"""Adapters of the embedded databases: insert a batch, make the index, answer one query by ef.

The libraries are imported where they are used: they live in an environment of their own, and the launcher takes
only the names from here. Each keeps its data in the folder it is given, as shipped, with no sync added.
"""

import lance_insert
from settings import EF_CONSTRUCTION, M


class MilvusLite:
    name, package = "milvus-lite", "milvus-lite"
    label = f"Milvus Lite, HNSW M{M} efConstruction {EF_CONSTRUCTION}"

    def __init__(self, folder, metric, dimension, k):
        from pymilvus import DataType, MilvusClient

        self.metric, self.k = metric.upper(), k
        self.client = MilvusClient(str(folder / "rows.db"))
        schema = self.client.create_schema(auto_id=False)
        schema.add_field("id", DataType.INT64, is_primary=True)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
        self.client.create_collection("rows", schema=schema)

    def batch(self, rows, start):
        return [{"id": start + number, "vector": row} for number, row in enumerate(rows)]

    def insert(self, batch):
        self.client.insert("rows", batch)

    def index(self):
        parameters = self.client.prepare_index_params()
        build = {"M": M, "efConstruction": EF_CONSTRUCTION}
        parameters.add_index("vector", index_type="HNSW", metric_type=self.metric, params=build)
        self.client.flush("rows")
        self.client.create_index("rows", parameters)
        self.client.load_collection("rows")

    def set(self, ef):
        self.parameters = {"metric_type": self.metric, "params": {"ef": ef}}

    def search(self, query):
        found = self.client.search("rows", data=[query], limit=self.k, search_params=self.parameters)
        return [hit["id"] for hit in found[0]]


class LanceDB:
    name, package = "lancedb", "lancedb"
    label = f"LanceDB, IVF_HNSW_SQ with one list, M{M} efConstruction {EF_CONSTRUCTION}"

    def __init__(self, folder, metric, dimension, k):
        import lancedb

        self.metric, self.k = {"ip": "dot", "l2": "l2"}[metric], k
        self.schema = lance_insert.schema_of(dimension)
        self.table = lancedb.connect(str(folder)).create_table("rows", schema=self.schema)

    def batch(self, rows, start):
        return lance_insert.arrow_batch(rows, start, self.schema)

    def insert(self, batch):
        self.table.add(batch)

    def index(self):
        self.table.create_index(
            metric=self.metric,
            vector_column_name="vector",
            index_type="IVF_HNSW_SQ",
            num_partitions=1,
            m=M,
            ef_construction=EF_CONSTRUCTION,
        )

    def set(self, ef):
        self.ef = ef

    def search(self, query):
        found = self.table.search(query).distance_type(self.metric).nprobes(1).ef(self.ef).limit(self.k)
        return found.select(["id", "_distance"]).to_arrow()["id"].to_pylist()


class Chroma:
    """Its graph grows with every insert, so there is no index to make afterwards."""

    name, package = "chroma", "chromadb"
    label = f"Chroma, HNSW M{M} efConstruction {EF_CONSTRUCTION}"

    def __init__(self, folder, metric, dimension, k):
        import chromadb
        from chromadb.config import Settings

        client = chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False))
        graph = {"space": metric, "max_neighbors": M, "ef_construction": EF_CONSTRUCTION}
        self.k = k
        self.rows = client.create_collection("rows", configuration={"hnsw": graph}, embedding_function=None)

    def batch(self, rows, start):
        return {"ids": [str(start + number) for number in range(len(rows))], "embeddings": rows}

    def insert(self, batch):
        self.rows.add(**batch)

    def index(self):
        pass

    def set(self, ef):
        self.rows.modify(configuration={"hnsw": {"ef_search": ef}})

    def search(self, query):
        return [int(one) for one in self.rows.query(query_embeddings=[query], n_results=self.k, include=[])["ids"][0]]


ALL = [MilvusLite, LanceDB, Chroma]
BY_NAME = {database.name: database for database in ALL}
