"""
Parses each line of standard input with the models of Estuary's own development kit, strictly, and holds each document
against the schema that the session declared for its binding. Prints how many lines there are of each kind.
"""

import collections
import json
import sys

from estuary_cdk.capture.document import BaseDocument
from estuary_cdk.capture.task import Response
from jsonschema import Draft202012Validator


def widened(schema):
    """Flow widens a declared schema by what documents have beside it: only the declared types must hold."""
    if isinstance(schema, dict):
        return {name: widened(part) for name, part in schema.items() if name != "additionalProperties"}
    return [widened(part) for part in schema] if isinstance(schema, list) else schema


# The kit has fewer fields than the protocol in these responses.
OPEN = {"spec", "discovered"}

# The kit knows nothing of a resource config, nor of the state of a connector.
responses = Response[dict, dict, dict]
schemas: dict[int, Draft202012Validator] = {}
counts: collections.Counter[str] = collections.Counter()

for line in sys.stdin:
    message = json.loads(line)
    (kind,) = message
    counts[kind] += 1
    if kind == "sourcedSchema":
        # The kit writes the protocol's other name of this field.
        body = message[kind]
        body["schema_json"] = body.pop("documentSchema")
        schemas[body["binding"]] = Draft202012Validator(widened(body["schema_json"]))
    responses.model_validate(message, strict=True, extra=None if kind in OPEN else "forbid")
    if kind == "captured":
        document = message[kind]["doc"]
        BaseDocument.model_validate(document, strict=True)
        schemas[message[kind]["binding"]].validate(document)
print(json.dumps(counts))
