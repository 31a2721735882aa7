"""A target with all that Meltano's SDK does by default, into SQLite: it knows versions, and removes rows."""

import json
from decimal import Decimal

from singer_sdk import typing as th
from singer_sdk.sql import SQLConnector, SQLSink, SQLTarget


class SQLiteConnector(SQLConnector):
    allow_temp_tables = False

    def get_sqlalchemy_url(self, config):
        return f"sqlite:///{config['file']}"


def plain(value):
    """SQLite takes neither objects and lists, nor the decimals as which the SDK reads numbers."""
    if isinstance(value, (dict, list)):
        return json.dumps(value, default=float)
    return float(value) if isinstance(value, Decimal) else value


class SQLiteSink(SQLSink):
    connector_class = SQLiteConnector

    def preprocess_record(self, record, context):
        return {field: plain(value) for field, value in record.items()}

    def generate_insert_statement(self, full_table_name, schema):
        return super().generate_insert_statement(full_table_name, schema).prefix_with("OR REPLACE")


class TargetSQLite(SQLTarget):
    name = "target-sqlite"
    default_sink_class = SQLiteSink
    config_jsonschema = th.PropertiesList(th.Property("file", th.StringType, required=True)).to_dict()


if __name__ == "__main__":
    TargetSQLite.cli()
