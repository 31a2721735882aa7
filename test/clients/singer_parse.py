"""
Parses messages from standard input, and the catalog whose path is given, with the classes of
whichever Singer library is installed. The streams that the catalog has to select are named after
the path. Prints how many messages there were of each type, as JSON.
"""

import json
import sys
from collections import Counter

SELECTED = set(sys.argv[2:])


def parse_with_the_sdk(lines, catalog):
    from singer_sdk.singerlib import Catalog, messages

    classes = {
        "SCHEMA": messages.SchemaMessage,
        "RECORD": messages.RecordMessage,
        "STATE": messages.StateMessage,
        "ACTIVATE_VERSION": messages.ActivateVersionMessage,
    }
    for entry in Catalog.from_dict(catalog).streams:
        selection = entry.metadata.resolve_selection()
        if entry.tap_stream_id in SELECTED:
            assert selection[()] and all(selection.values()), entry.tap_stream_id
        else:
            assert not selection[()], entry.tap_stream_id
    for line in lines:
        message = json.loads(line)
        given = dict(message)
        parsed = classes[message["type"]].from_dict(message)
        written = parsed.to_dict()
        assert written.keys() == given.keys(), given.keys()
        yield given["type"]


def parse_with_singer_python(lines, catalog):
    import singer
    from singer.catalog import Catalog

    for entry in Catalog.from_dict(catalog).streams:
        assert entry.is_selected() == (entry.tap_stream_id in SELECTED), entry.tap_stream_id
    for line in lines:
        message = singer.parse_message(line)
        assert message is not None, line
        yield json.loads(singer.format_message(message))["type"]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        catalog = json.load(file)
    try:
        import singer_sdk  # noqa: F401

        parse = parse_with_the_sdk
    except ImportError:
        parse = parse_with_singer_python
    print(json.dumps(Counter(parse(sys.stdin, catalog))))


main()
