"""The JSON Schema of the report, version 1: generated from the wire types, and shipped beside them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("kmiglint-1.schema.json")


def shipped() -> bytes:
    """The schema as it is shipped."""
    return FILE.read_bytes()


def generate() -> bytes:
    """The schema that the wire types give; the shipped file must equal it."""
    import msgspec

    from lint.report.wire import Report

    (top,), definitions = msgspec.json.schema_components([Report], ref_template="#/$defs/{name}")
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "kmiglint report, version 1",
        **top,
        "$defs": {name: _tidy(definitions[name]) for name in sorted(definitions)},
    }
    return (json.dumps(schema, indent=2, ensure_ascii=False) + "\n").encode()


def _tidy(definition: dict[str, Any]) -> dict[str, Any]:
    """Description before the properties, so that the file reads from the top down."""
    first = {key: definition[key] for key in ("title", "description", "type") if key in definition}
    return first | definition


if __name__ == "__main__":
    FILE.write_bytes(generate())
