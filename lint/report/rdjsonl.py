"""The Reviewdog Diagnostic Format, one JSON object per line: what ``reviewdog -f=rdjsonl`` reads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lint.report.annotation import Places, evidence
from lint.report.replacement import replacement
from lint.report.visible import json_safe, visible

if TYPE_CHECKING:
    from lint.finding import Finding
    from lint.result import Result

SEVERITIES = {"error": "ERROR", "warning": "WARNING", "note": "INFO"}


def render(result: Result) -> bytes:
    """One line per finding, nothing when there is none; lines count after the last patch, columns are bytes."""
    places = Places(result)
    lines = (json.dumps(_diagnostic(result, one, places), ensure_ascii=False) for one in result.findings)
    return "".join(f"{json_safe(line)}\n" for line in lines).encode()


def _diagnostic(result: Result, finding: Finding, places: Places) -> dict[str, Any]:
    place = places.of(finding)
    text = "\n".join((visible(finding.hit.message), *evidence(result, finding, places)))
    location: dict[str, Any] = {"path": visible(place.path)}
    if place.line:
        location["range"] = _range(place.line, place.column, place.end_column)
    diagnostic: dict[str, Any] = {
        "message": text,
        "location": location,
        "severity": SEVERITIES[finding.severity.value],
        "source": {"name": "kmiglint"},
        "code": {"value": finding.rule},
    }
    edit = replacement(place, finding.hit.suggestion)
    if edit is not None:
        start, end, new = edit
        diagnostic["suggestions"] = [{"range": _range(place.line, start, end), "text": new}]
    return diagnostic


def _range(line: int, column: int, end: int) -> dict[str, Any]:
    """A range without columns is the whole line."""
    if not column:
        return {"start": {"line": line}}
    return {"start": {"line": line, "column": column}, "end": {"line": line, "column": end}}
