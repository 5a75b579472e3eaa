"""The JSON report against the schema that is shipped, and the schema against the wire types."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from lint.errors import Problem, Stage
from lint.finding import Hit, Severity, Span
from lint.report import schema
from lint.report.json_report import render
from lint.result import Result
from lint.snapshot.open import TreeInfo
from tests.report.results import FINDINGS, PROBLEMS, STILL_USED, finding, result

NOTHING = replace(result(sample=""), tree=TreeInfo("none", "", ""))


def validator() -> jsonschema.Draft202012Validator:
    loaded = json.loads(schema.shipped())
    jsonschema.Draft202012Validator.check_schema(loaded)
    return jsonschema.Draft202012Validator(loaded)


def report(made: Result) -> dict[str, Any]:
    loaded = json.loads(render(made))
    assert isinstance(loaded, dict)
    return loaded


def test_the_shipped_schema_is_what_the_types_give() -> None:
    assert schema.shipped() == schema.generate(), "run: python -m lint.report.schema"


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(result(FINDINGS, problems=PROBLEMS, suppressed=3), id="findings"),
        pytest.param(result(), id="clean"),
        pytest.param(NOTHING, id="nothing-given"),
        pytest.param(result([finding(Hit(Span("", 0), "broke"))], sample="== a.c\n+int a;\n"), id="no-place"),
    ],
)
def test_reports_are_valid(made: Result) -> None:
    validator().validate(report(made))


def test_unknown_keys_are_not_valid() -> None:
    with pytest.raises(jsonschema.ValidationError):
        validator().validate({**report(result()), "extra": 1})


def test_a_finding_in_full() -> None:
    assert report(result([finding(STILL_USED, severity=Severity.WARNING)]))["findings"] == [
        {
            "rule": "removed-name-still-used",
            "severity": "warning",
            "confidence": "high",
            "message": "TIF_SYSCALL_TRACE is removed from arch/toy/include/asm/thread_info.h and still used in arch/toy",
            "symbols": ["TIF_SYSCALL_TRACE"],
            "arch": ["toy"],
            "scope": "series",
            "patch": {
                "index": 1,
                "number": "1/2",
                "subject": "toy: thread_info: Remove the syscall trace flag, which generic entry keeps elsewhere now",
                "message_id": "1@sample",
            },
            "location": {
                "path": "arch/toy/kernel/ptrace.c",
                "line": 6,
                "side": "after",
                "function": "syscall_trace_enter",
            },
            "related": [{"path": "arch/toy/include/asm/thread_info.h", "line": 5, "note": "removed here"}],
            "witness": {"MODULES": "n", "TOY_TRACE": "y"},
            "suggestion": "test_syscall_work(SYSCALL_TRACE)",
        }
    ]


def test_the_frame() -> None:
    whole = report(result(problems=PROBLEMS, suppressed=3))
    assert list(whole) == ["format", "tool", "tree", "series", "findings", "effects", "problems", "suppressed"]
    assert whole["tree"]["kind"] == "git"
    assert whole["series"] == {
        "subject": "toy: move to generic entry",
        "version": 3,
        "patches": 2,
        "message_id": "cover@example.org",
    }
    assert [problem["patch"] for problem in whole["problems"]] == [2, None, None]
    assert report(NOTHING)["series"] is None


def test_the_same_result_gives_the_same_bytes() -> None:
    made = (result(FINDINGS, problems=PROBLEMS) for _ in range(2))
    one, other = map(render, made)
    assert one == other
    assert one.endswith(b"}\n")


def test_no_path_of_the_machine() -> None:
    problem = Problem(Stage.INTAKE, "no patch in it", "/home/me/maildir/")
    assert report(result(problems=[problem]))["problems"][0]["path"] == "maildir"


def test_what_hides_or_moves_is_a_json_escape_and_reads_back() -> None:
    message = "a\u202eb\x9bc\x1bd\U000e0041 größer"
    raw = render(result([finding(Hit(Span("a\udcff.c", 1), message))]))
    text = raw.decode("utf-8")
    assert not [char for char in text if not char.isprintable() and char != "\n"]
    found = json.loads(raw)["findings"][0]
    assert found["message"] == message
    assert found["location"]["path"] == "a\\udcff.c"
