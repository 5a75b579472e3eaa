"""Workflow commands of GitHub Actions: one annotation per finding, and one that counts what was not analysed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint.report.annotation import Place, Places, evidence, unanalysed
from lint.report.summary import plural
from lint.report.visible import visible

if TYPE_CHECKING:
    from lint.errors import Problem
    from lint.finding import Finding
    from lint.result import Result

COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}
MOST_PROBLEMS = 10


def render(result: Result) -> str:
    """``::error file=,line=,col=,title=::text`` for every finding; lines count after the last patch."""
    places = Places(result)
    return "".join(f"{line}\n" for line in _lines(result, places))


def command(name: str, properties: dict[str, str], text: str) -> str:
    """One command on one line: what would end a property, the properties or the line is escaped as the runner wants."""
    given = ",".join(f"{key}={escaped_property(value)}" for key, value in properties.items() if value)
    return f"::{name}{' ' if given else ''}{given}::{escaped(text)}"


def escaped(text: str) -> str:
    """Text after the second ``::``."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escaped_property(text: str) -> str:
    """The value of a property."""
    return escaped(text).replace(":", "%3A").replace(",", "%2C")


def _lines(result: Result, places: Places) -> Iterator[str]:
    for finding in result.findings:
        yield _finding(result, finding, places)
    if result.problems:
        yield command("notice", {"title": "kmiglint: not analysed"}, _problems(result.problems))


def _finding(result: Result, finding: Finding, places: Places) -> str:
    place = places.of(finding)
    properties = {
        "file": visible(place.path),
        "line": f"{place.line or ''}",
        "col": f"{_column(place) or ''}",
        "title": finding.rule,
    }
    text = "\n".join((visible(finding.hit.message), *evidence(result, finding, places)))
    return command(COMMANDS[finding.severity.value], properties, text)


def _column(place: Place) -> int:
    """Columns of annotations count characters, not bytes."""
    if not place.line or not place.column:
        return 0
    return 1 + len(place.text[: place.column - 1].decode("utf-8", "replace"))


def _problems(problems: tuple[Problem, ...]) -> str:
    lines = [f"{plural(len(problems), 'place')} could not be analysed:"]
    for problem in problems[:MOST_PROBLEMS]:
        lines.append(f"{problem.stage.value}: {unanalysed(problem)}")
    if len(problems) > MOST_PROBLEMS:
        lines.append(f"and {len(problems) - MOST_PROBLEMS} more: see --format json")
    return "\n".join(lines)
