"""Reads the streams that are named last into a DuckDB cache with PyAirbyte, and writes down the rows that the cache then holds."""

import json
import sys

import airbyte
from airbyte.caches import DuckDBCache

executable, config, database, answer, *streams = sys.argv[1:]

with open(config) as file:
    source = airbyte.get_source(
        "source-aircall",
        local_executable=executable,
        install_if_missing=False,
        config=json.load(file),
        streams=streams,
    )
source.check()
result = source.read(cache=DuckDBCache(db_path=database))
rows = {name: [dict(row) for row in dataset] for name, dataset in result.streams.items()}
with open(answer, "w") as file:
    json.dump({"processed": result.processed_records, "rows": rows}, file, default=str)
