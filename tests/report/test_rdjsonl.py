"""The Reviewdog Diagnostic Format against its definition (reviewdog, proto/rdf), written down here as a schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema

from lint.errors import Problem, Stage
from lint.finding import Hit, Severity, Side, Span
from lint.report.rdjsonl import render
from lint.result import Result
from tests.report.results import FINDINGS, HEADER, PROBLEMS, PTRACE, finding, result

GOLDEN = Path(__file__).parent / "golden" / "rdjsonl.jsonl"


def strictly(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties, "additionalProperties": False}


TEXT, COUNT = {"type": "string"}, {"type": "integer", "minimum": 1}
POSITION = strictly("line", line=COUNT, column=COUNT)
RANGE = strictly("start", start=POSITION, end=POSITION)
DIAGNOSTIC = strictly(
    "message location severity source code",
    message={"type": "string", "minLength": 1},
    location=strictly("path", path=TEXT, range=RANGE),
    severity={"enum": ["ERROR", "WARNING", "INFO"]},
    source=strictly("name", name=TEXT, url=TEXT),
    code=strictly("value", value=TEXT, url=TEXT),
    suggestions={"type": "array", "items": strictly("range text", range=RANGE, text=TEXT)},
)


def diagnostics(made: Result) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in render(made).decode().splitlines()]
    for one in found:
        jsonschema.Draft202012Validator(DIAGNOSTIC).validate(one)
    return found


def test_golden() -> None:
    made = result(FINDINGS, problems=PROBLEMS, suppressed=3)
    assert len(diagnostics(made)) == 3
    assert render(made) == GOLDEN.read_bytes()


def test_silent_when_clean() -> None:
    assert render(result(problems=PROBLEMS)) == b""


def test_columns_are_bytes_and_the_end_is_exclusive() -> None:
    (one,) = diagnostics(result([finding(Hit(Span(PTRACE, 5, 37, 43), "x"), patch=2)]))
    assert one["location"]["range"] == {"start": {"line": 5, "column": 37}, "end": {"line": 5, "column": 43}}


def test_a_line_that_is_gone_gives_the_nearest_one_and_says_so_in_the_text() -> None:
    (one,) = diagnostics(result([finding(Hit(Span(HEADER, 5, 9, 26, Side.BEFORE), "x"))]))
    assert one["location"]["range"] == {"start": {"line": 5}}


def test_a_file_as_a_whole_has_no_range() -> None:
    (one,) = diagnostics(result([finding(Hit(Span(HEADER, 0), "x"))]))
    assert one["location"] == {"path": HEADER}


def test_a_suggestion_that_changes_one_word_can_be_applied() -> None:
    hit = Hit(Span(HEADER, 5), "x", suggestion="#define TIF_NOTIFY_RESUMED\t8\t/* callback before returning to user */")
    (one,) = diagnostics(result([finding(hit, severity=Severity.NOTE)]))
    place = {"start": {"line": 5, "column": 9}, "end": {"line": 5, "column": 26}}
    assert one["suggestions"] == [{"range": place, "text": "TIF_NOTIFY_RESUMED"}]
    assert one["severity"] == "INFO"


def test_hostile_text_stays_on_its_line() -> None:
    hostile = 'a"}\n{"message": "b\x1b\u202e\u2028'
    made = result([finding(Hit(Span(f"{hostile}.c", 1), hostile))], problems=[Problem(Stage.INTAKE, hostile)])
    (one,) = diagnostics(made)
    assert not [char for char in render(made).decode() if not char.isprintable() and char != "\n"]
    assert one["message"].startswith('a"}\\x0a{')
