"""Parses each line of standard input with the models of the protocol, and prints how many there are of each type."""

import collections
import json
import sys

from airbyte_cdk.models import AirbyteMessageSerializer
from airbyte_protocol.models import AirbyteMessage

counts = collections.Counter()
for line in sys.stdin:
    message = AirbyteMessage.model_validate_json(line)
    AirbyteMessageSerializer.load(json.loads(line))
    counts[message.type.value] += 1
print(json.dumps(counts))
