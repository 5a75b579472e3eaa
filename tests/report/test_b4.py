"""The row that b4 stores: types and words as its database and its screen want them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lint.errors import Problem, Stage
from lint.finding import Hit, Severity, Span
from lint.report.b4 import failure, render
from tests.report.results import FINDINGS, HERE, PROBLEMS, PTRACE, STILL_USED, UNUSED, finding, result

GOLDEN = Path(__file__).parent / "golden" / "b4.json"
SINGLE = "@@ toy: one\n== a.c\n+int a;\n"


def row(raw: bytes) -> dict[str, Any]:
    """The one row, whose values are all strings."""
    (one,) = json.loads(raw)
    assert list(one) == ["tool", "status", "summary", "url", "details"]
    assert all(isinstance(value, str) for value in one.values())
    return dict(one)


def details(raw: bytes) -> list[dict[str, str]]:
    found = json.loads(row(raw)["details"])
    assert all(isinstance(value, str) for one in found for value in one.values())
    return list(found)


def test_golden() -> None:
    raw = render(result(FINDINGS, problems=PROBLEMS, suppressed=3))
    assert raw == GOLDEN.read_bytes()
    assert [one["status"] for one in details(raw)] == ["fail", "warn", "pass", "pass", "pass", "pass"]


def test_clean_is_a_row_too() -> None:
    assert row(render(result(sample=SINGLE))) == {
        "tool": "kmiglint", "status": "pass", "summary": "nothing found", "url": "", "details": "",
    }  # fmt: skip


def test_the_worst_finding_is_the_status() -> None:
    def status(*severities: Severity) -> object:
        return row(render(result([finding(UNUSED, severity=one) for one in severities])))["status"]

    assert status(Severity.NOTE) == "pass"
    assert status(Severity.NOTE, Severity.WARNING) == "warn"
    assert status(Severity.WARNING, Severity.ERROR) == "fail"


def test_a_series_has_a_tool_name_of_its_own() -> None:
    """b4 keeps one row per tool and message, and a series check may be stored with the first patch."""
    assert row(render(result()))["tool"] == "kmiglint-series"
    assert row(render(result(sample="")))["tool"] == "kmiglint"


def test_what_was_not_analysed_is_told_and_passes() -> None:
    raw = render(result(problems=[Problem(Stage.CPARSE, f"odd {n}", "/home/me/f.c", n) for n in range(1, 13)]))
    assert row(raw)["status"] == "pass"
    assert row(raw)["summary"] == "nothing found; 12 places could not be analysed"
    assert details(raw)[0] == {
        "status": "pass", "state": "not analysed", "context": "cparse", "description": "f.c:1: odd 1",
    }  # fmt: skip
    assert details(raw)[-1]["description"] == "and 2 more places not analysed"


def test_the_check_of_one_patch_always_lacks_the_others() -> None:
    problem = Problem(Stage.INTAKE, "patch 2 of 2 is missing")
    raw = render(result(sample=SINGLE, problems=[problem]))
    assert row(raw)["summary"] == "nothing found"
    assert details(raw)[0]["description"] == "patch 2 of 2 is missing"
    assert row(render(result(problems=[problem])))["summary"] == "nothing found; 1 place could not be analysed"


def test_a_check_that_could_not_be_made_fails() -> None:
    assert row(failure("no kernel tree:\n give --tree")) == {
        "tool": "kmiglint", "status": "fail", "summary": "not checked: no kernel tree: give --tree", "url": "", "details": "",
    }  # fmt: skip


def test_a_very_long_line_is_cut() -> None:
    sample = f"== a.c\n+int {'x' * 100_000};\n"
    (one,) = details(render(result([finding(Hit(Span("a.c", 1), "x"))], sample=sample)))
    assert len(one["srcline"]) == 200


def test_a_file_as_a_whole_has_no_line() -> None:
    (one,) = details(render(result([finding(replace(HERE, span=Span(PTRACE, 0)))], sample=SINGLE)))
    assert one["description"] == f"{PTRACE}: a comment that says nothing"
    assert "srcline" not in one


@settings(deadline=None)
@given(st.text(st.characters()), st.text(st.characters(), min_size=1))
def test_whatever_a_text_holds_the_row_is_json_on_one_line(message: str, path: str) -> None:
    raw = render(result([finding(replace(STILL_USED, message=message, span=Span(path, 1)))], sample=SINGLE))
    assert raw.count(b"\n") == 1
    (one,) = details(raw)
    assert one["description"].isprintable() or not (message + path).isprintable()
    assert "\n" not in one["description"]
