"""Workflow commands as the runner of GitHub Actions takes them apart again."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from lint.errors import Problem, Stage
from lint.finding import Hit, Severity, Side, Span
from lint.report.github import command, render
from tests.report.results import FINDINGS, PROBLEMS, PTRACE, finding, result

GOLDEN = Path(__file__).parent / "golden" / "github.txt"


def taken_apart(line: str) -> tuple[str, dict[str, str], str]:
    """A command as the runner reads it: up to the next ``::``, properties at commas, then the escapes undone."""
    assert line.startswith("::")
    head, _, data = line[2:].partition("::")
    name, _, rest = head.partition(" ")
    properties = dict(one.split("=", 1) for one in rest.split(",") if one)
    return name, {key: undone(value, "%3A", "%2C") for key, value in properties.items()}, undone(data)


def undone(text: str, *more: str) -> str:
    for escape in ("%0D", "%0A", *more, "%25"):
        text = text.replace(escape, chr(int(escape[1:], 16)))
    return text


def test_golden() -> None:
    assert render(result(FINDINGS, problems=PROBLEMS, suppressed=3)) == GOLDEN.read_text("utf-8")


def test_silent_when_clean() -> None:
    assert render(result(suppressed=3)) == ""


@settings(deadline=None)
@given(st.text(), st.text(min_size=1), st.sampled_from(["error", "warning", "notice"]))
def test_whatever_a_text_holds_it_is_one_command_and_reads_back(text: str, path: str, name: str) -> None:
    line = command(name, {"file": path, "line": "7", "title": ""}, text)
    assert not {"\n", "\r"} & set(line)
    assert taken_apart(line) == (name, {"file": path, "line": "7"}, text)


def test_hostile_text_starts_no_command() -> None:
    hostile = "x\n::error::y\r\n::set-env name=A::b\x1b[0m\u202e 100%0A"
    one = finding(Hit(Span(f"a,line=9::{hostile}.c", 1), hostile), severity=Severity.WARNING)
    shown = render(result([one], problems=[Problem(Stage.INTAKE, hostile, "/home/me/x:1,y\n")]))
    assert [taken_apart(line)[0] for line in shown.splitlines()] == ["warning", "notice"]
    assert not [char for char in shown if not char.isprintable() and char != "\n"]
    assert "/home" not in shown
    _, properties, text = taken_apart(shown.splitlines()[0])
    assert set(properties) == {"file", "line", "title"}
    assert "100%0A" in text


def test_columns_count_characters() -> None:
    _, properties, _ = taken_apart(render(result([finding(Hit(Span(PTRACE, 5, 40, 43), "x"), patch=2)])).strip())
    assert properties["col"] == "36"


def test_a_place_that_is_gone_has_no_column() -> None:
    _, properties, text = taken_apart(
        render(result([finding(Hit(Span(PTRACE, 5, 2, 4, Side.BEFORE), "x"), patch=2)])).strip()
    )
    assert properties == {"file": PTRACE, "line": "5", "title": "removed-name-still-used"}
    assert text.startswith("x\n")


def test_many_problems_are_one_annotation() -> None:
    shown = render(result(problems=[Problem(Stage.CPARSE, f"odd {n}", f"f{n}.c", n) for n in range(200)]))
    (line,) = shown.splitlines()
    assert taken_apart(line)[2].splitlines()[-1] == "and 190 more: see --format json"
