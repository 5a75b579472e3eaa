"""SARIF against the published schema, and fingerprints against a rebase."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from lint.errors import Problem, Stage
from lint.finding import Confidence, Finding, Hit, Related, Scope, Severity, Side, Span
from lint.report.sarif import render
from lint.report.sarif_text import columns, plain, uri
from lint.result import Result
from tests.report import sarif_schema
from tests.report.results import FINDINGS, HEADER, PROBLEMS, PTRACE, SERIES, STILL_USED, UNUSED, finding, result

GOLDEN = Path(__file__).parent / "golden" / "sarif.json"
BROKEN = Finding(
    "internal-error", Severity.ERROR, Confidence.HIGH, Scope.STEP, 1, Hit(Span(HEADER, 0), "rule x broke on patch 1")
)


def run(made: Result) -> dict[str, Any]:
    """The one run of the log."""
    log = json.loads(render(made))
    sarif_schema.validate(log)
    (one,) = log["runs"]
    return dict(one)


def results(*findings: Finding, sample: str = SERIES) -> list[dict[str, Any]]:
    return list(run(result(findings, sample=sample))["results"])


def test_golden() -> None:
    raw = render(result(FINDINGS, problems=PROBLEMS, suppressed=3), rules=()).decode()
    shown = re.sub(r'("semanticVersion": )"[^"]*"', r'\1"0"', raw)
    assert shown == GOLDEN.read_text("utf-8")


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(result(FINDINGS, problems=PROBLEMS, suppressed=3), id="findings"),
        pytest.param(result(), id="clean"),
        pytest.param(result(sample=""), id="no-patch"),
        pytest.param(result([finding(Hit(Span("", 0), "x"))], sample="== a.c\n+int a;\n"), id="no-place"),
        pytest.param(
            result([finding(replace(UNUSED, related=(Related(Span("", 0), "y"),) * 3))]), id="no-related-place"
        ),
        pytest.param(result([BROKEN], broken=True), id="a-rule-broke"),
    ],
)
def test_logs_are_valid(made: Result) -> None:
    sarif_schema.validate(json.loads(render(made)))


def test_the_schema_would_tell() -> None:
    log = json.loads(render(result()))
    with pytest.raises(jsonschema.ValidationError):
        sarif_schema.validate({**log, "extra": 1})
    with pytest.raises(jsonschema.ValidationError):
        sarif_schema.validate({**log, "runs": [{**log["runs"][0], "results": [{"level": "bad"}]}]})


def test_every_rule_can_be_described() -> None:
    from lint.rules import RULES

    log = json.loads(render(result(FINDINGS), rules=RULES))
    sarif_schema.validate(log)
    described = log["runs"][0]["tool"]["driver"]["rules"]
    assert [one["id"] for one in described] == [rule.id for rule in RULES]
    for one in log["runs"][0]["results"]:
        assert described[one["ruleIndex"]]["id"] == one["ruleId"]
    assert all(one["help"]["markdown"].count("```") == 4 for one in described)


def test_a_rule_that_is_not_known_gets_an_index_too() -> None:
    made = run(result([finding(UNUSED, rule="x"), finding(UNUSED, rule="y"), finding(STILL_USED, rule="x")]))
    ids = [one["id"] for one in made["tool"]["driver"]["rules"]]
    assert [ids[one["ruleIndex"]] for one in made["results"]] == ["x", "y", "x"]


def test_the_run_says_what_went_wrong() -> None:
    invocation = run(result([BROKEN, *FINDINGS], problems=PROBLEMS, broken=True))["invocations"][0]
    assert invocation["executionSuccessful"] is False
    notes = invocation["toolExecutionNotifications"]
    assert [(note["descriptor"]["id"], note["level"]) for note in notes] == [
        ("apply", "warning"), ("cparse", "warning"), ("cparse", "warning"), ("internal-error", "error"),
    ]  # fmt: skip
    assert notes[0]["message"]["text"] == "arch/toy/kernel/signal.c:120: hunk 2 of 3 does not apply"


def test_no_path_of_the_machine() -> None:
    assert b"/home" not in render(result(problems=[Problem(Stage.INTAKE, "no patch in it", "/home/me/maildir/")]))


def test_the_same_result_gives_the_same_bytes() -> None:
    one, other = (render(result(FINDINGS, problems=PROBLEMS)) for _ in range(2))
    assert one == other


def test_regions() -> None:
    wide, gone, whole = results(
        finding(Hit(Span(PTRACE, 5, 37, 43), "x"), patch=2),
        finding(Hit(Span(HEADER, 5, 9, 26, Side.BEFORE), "x")),
        finding(Hit(Span(HEADER, 0), "x")),
    )
    assert region(wide) == {"startLine": 5, "startColumn": 35, "endColumn": 37}
    assert region(gone) == {"startLine": 5}
    assert gone["properties"]["place"] == f"{HEADER}:5 (before patch 1/2)"
    assert region(whole) == {"startLine": 1}


def region(made: dict[str, Any]) -> dict[str, Any]:
    return dict(made["locations"][0]["physicalLocation"]["region"])


def test_a_suggestion_that_changes_one_word_is_a_fix() -> None:
    text = "#define TIF_NOTIFY_RESUMED\t8\t/* callback before returning to user */"
    (made,) = results(finding(replace(UNUSED, suggestion=text)))
    assert made["fixes"][0]["artifactChanges"][0]["replacements"] == [
        {
            "deletedRegion": {"startLine": 5, "startColumn": 9, "endColumn": 26},
            "insertedContent": {"text": "TIF_NOTIFY_RESUMED"},
        }
    ]


def prints(*findings: Finding, sample: str = SERIES) -> list[str]:
    return [made["partialFingerprints"]["kmiglint/v1"] for made in results(*findings, sample=sample)]


def test_fingerprints_survive_a_rebase() -> None:
    moved = SERIES.replace("== arch/toy/kernel/ptrace.c\n", "== arch/toy/kernel/ptrace.c\n #include <a.h>\n \n")
    moved = "@@ an earlier patch\n== kernel/a.c\n+int a;\n" + moved.replace("\t\ttrace(", "\t  trace( ").replace(
        "( ", "("
    )
    down = replace(STILL_USED, span=replace(STILL_USED.span, line=8))
    assert prints(finding(STILL_USED)) == prints(finding(down, patch=2), sample=moved)


def test_fingerprints_tell_findings_apart() -> None:
    other_rule = finding(STILL_USED, rule="unused-flag-definition")
    other_name = finding(replace(STILL_USED, symbols=("TIF_B",)))
    other_line = finding(replace(STILL_USED, span=replace(STILL_USED.span, line=5)))
    elsewhere = finding(replace(STILL_USED, span=replace(STILL_USED.span, path=HEADER, line=0)))
    found = prints(finding(STILL_USED), finding(STILL_USED), other_rule, other_name, other_line, elsewhere)
    assert len(set(found)) == len(found)
    assert [found[0].rpartition(":")[2], found[1].rpartition(":")[2]] == ["1", "2"]
    assert found[0].rpartition(":")[0] == found[1].rpartition(":")[0]


def test_hostile_text_stays_text() -> None:
    hostile = "[click](https://evil.example)\n\x1b[0m\u202e"
    hit = Hit(
        Span(f"a b%{hostile}\udcff.c", 1), hostile, symbols=(hostile,), related=(Related(Span("x:y.c", 1), hostile),)
    )
    made = result([finding(hit)], problems=[Problem(Stage.CPARSE, hostile, hostile)])
    assert not [char for char in render(made).decode() if not char.isprintable() and char != "\n"]
    (one,) = run(made)["results"]
    assert one["message"]["text"].startswith("\\[click\\](https://evil.example)\\\\x0a")
    assert one["relatedLocations"][0]["message"]["text"].startswith("\\[click\\]")


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("arch/x86/entry/entry_64.S", "arch/x86/entry/entry_64.S"),
        ("a b#c?d%20:e.c", "a%20b%23c%3Fd%2520%3Ae.c"),
        ("größer.c", "gr%C3%B6%C3%9Fer.c"),
        ("a\udcff.c", "a%FF.c"),
        ("a\ud800.c", "a%5Cud800.c"),
    ],
)
def test_paths_are_relative_references(path: str, shown: str) -> None:
    assert uri(path) == shown


def test_columns_are_utf_16_units() -> None:
    text = "é漢𝄞x".encode()
    assert columns(text, 1, 3) == {"startColumn": 1, "endColumn": 2}
    assert columns(text, 6, 11) == {"startColumn": 3, "endColumn": 6}
    assert columns(text, 0, 0) == {}


def test_brackets_that_make_no_link_stay_as_they_are() -> None:
    assert plain("a[3] is {0}") == "a[3] is {0}"
