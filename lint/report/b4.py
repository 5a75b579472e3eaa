"""What ``b4 review`` stores as a check: a JSON array of one row, always, also when nothing was found."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lint.errors import Stage
from lint.finding import Severity
from lint.report.annotation import Texts, number, unanalysed, where
from lint.report.summary import plural
from lint.report.visible import cut, json_safe, visible

if TYPE_CHECKING:
    from lint.errors import Problem
    from lint.finding import Finding
    from lint.result import Result

PASS, WARN, FAIL = "pass", "warn", "fail"
STATUSES = {Severity.ERROR: FAIL, Severity.WARNING: WARN, Severity.NOTE: PASS}
PATCH_TOOL, SERIES_TOOL = "kmiglint", "kmiglint-series"
MOST_PROBLEMS = 10
LONGEST_LINE = 200


def render(result: Result) -> bytes:
    """The row of a finished check; every value is a string, ``details`` the JSON text of a list.

    b4 keeps one row per tool and message: the check of a series, whose row may go to its first patch, has a tool name
    of its own.
    """
    tool = SERIES_TOOL if len(result.history.patches) > 1 else PATCH_TOOL
    worst = result.worst()
    texts = Texts(result)
    details = [*(_finding(result, one, texts) for one in result.findings), *_problems(result.problems)]
    return _row(tool, STATUSES[worst] if worst is not None else PASS, _summary(result), details)


def failure(sentence: str, tool: str = PATCH_TOOL) -> bytes:
    """The row of a check that could not be made; b4 drops what is said on standard error."""
    return _row(tool, FAIL, f"not checked: {visible(' '.join(sentence.split()))}", [])


def _row(tool: str, status: str, summary: str, details: list[dict[str, str]]) -> bytes:
    row = {"tool": tool, "status": status, "summary": summary, "url": "", "details": _json(details) if details else ""}
    return f"{_json([row])}\n".encode()


def _json(value: object) -> str:
    return json_safe(json.dumps(value, ensure_ascii=False))


def _summary(result: Result) -> str:
    found = Counter(finding.severity.value for finding in result.findings)
    parts = [plural(found[severity], severity) for severity in ("error", "warning", "note") if found[severity]]
    text = ", ".join(parts) or "nothing found"
    unread = [problem for problem in result.problems if not _lacks_parts(result, problem)]
    if unread:
        text += f"; {plural(len(unread), 'place')} could not be analysed"
    return text


def _lacks_parts(result: Result, problem: Problem) -> bool:
    """Whether the other parts of a series are what is missing: the check of one patch always lacks them."""
    return problem.stage is Stage.INTAKE and not problem.path and len(result.history.patches) == 1


def _finding(result: Result, finding: Finding, texts: Texts) -> dict[str, str]:
    hit = finding.hit
    place = f"{where(result, finding.patch, hit.span)}: " if hit.span.path else ""
    patch = f" (patch {number(result, finding.patch)})" if len(result.steps) > 1 else ""
    entry = {
        "status": STATUSES[finding.severity],
        "state": finding.severity.value,
        "context": finding.rule,
        "description": f"{place}{visible(hit.message)}{patch}",
    }
    text = texts.at(finding.patch, hit.span)[: LONGEST_LINE * 10]
    line = visible(text.decode("utf-8", "backslashreplace").expandtabs().strip())
    return {**entry, "srcline": cut(line, LONGEST_LINE)} if line else entry


def _problems(problems: tuple[Problem, ...]) -> Iterator[dict[str, str]]:
    """What was not analysed is no fault of the patch: it passes, and is told."""
    for problem in problems[:MOST_PROBLEMS]:
        yield {
            "status": PASS,
            "state": "not analysed",
            "context": problem.stage.value,
            "description": unanalysed(problem),
        }
    if len(problems) > MOST_PROBLEMS:
        yield {"status": PASS, "description": f"and {len(problems) - MOST_PROBLEMS} more places not analysed"}
