"""The last lines of the report for people: what was found, and what could not be analysed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from lint.report.json_report import portable
from lint.report.screen import Screen
from lint.report.visible import fold, visible

if TYPE_CHECKING:
    from lint.errors import Problem
    from lint.result import Result

MOST_PROBLEMS = 10
MOST_ARCHS = 4


def summary(result: Result, screen: Screen) -> Iterator[Text]:
    """The problems, at most ten lines of them, then one line of counts."""
    yield from _problems(result, screen)
    last, style = _counts(result) if result.findings or result.suppressed else _clean(result)
    for line in fold(last, 2, screen.width):
        yield Text(line, style)


def plural(count: int, what: str) -> str:
    """``1 patch``, ``2 patches``."""
    if count == 1:
        return f"1 {what}"
    return f"{count} {what}es" if what.endswith("ch") else f"{count} {what}s"


def _problems(result: Result, screen: Screen) -> Iterator[Text]:
    if not result.problems:
        return
    groups: dict[tuple[str, str], list[Problem]] = {}
    for problem in result.problems:
        groups.setdefault((problem.stage.value, problem.message), []).append(problem)
    yield Text("not analysed:", "bold yellow")
    for (stage, message), group in list(groups.items())[:MOST_PROBLEMS]:
        where = _where(result, group[0])
        more = f" (and {plural(len(group) - 1, 'more place')})" if len(group) > 1 else ""
        for line in fold(f"  {stage}: {where}{visible(message)}{more}", 4, screen.width):
            yield Text(line)
    left = sum(map(len, list(groups.values())[MOST_PROBLEMS:]))
    if left:
        yield Text(f"  and {left} more: see --format json")
    yield Text()


def _where(result: Result, problem: Problem) -> str:
    parts = []
    if problem.patch and len(result.steps) > 1:
        parts.append(f"patch {visible(result.patch(problem.patch).number) or problem.patch}: ")
    if problem.path:
        parts.append(f"{visible(portable(problem.path))}{f':{problem.line}' if problem.line else ''}: ")
    return "".join(parts)


def _counts(result: Result) -> tuple[str, str]:
    found = Counter(finding.severity.value for finding in result.findings)
    parts = [plural(found[severity], severity) for severity in ("error", "warning", "note") if found[severity]]
    text = ", ".join((plural(len(result.history.patches), "patch"), *(parts or ["nothing found"])))
    if result.suppressed:
        text += f"; {result.suppressed} suppressed"
    if result.problems:
        text += f"; {plural(len(result.problems), 'place')} could not be analysed"
    return text, "bold"


def _clean(result: Result) -> tuple[str, str]:
    rules = f" by {plural(len(result.rules), 'rule')}" if result.rules else ""
    text = f"nothing found: {plural(len(result.history.patches), 'patch')} checked{rules}{_against(result)}"
    if result.problems:
        text += f"; {plural(len(result.problems), 'place')} could not be analysed"
    return text, "bold yellow" if result.problems else "bold green"


def _against(result: Result) -> str:
    if result.tree.kind == "none":
        return " without a kernel tree"
    kernel = f" against Linux {visible(result.tree.kernel)}" if result.tree.kernel else " against the tree"
    return kernel + _archs(result.steps[-1].archs if result.steps else ())


def _archs(archs: Sequence[str]) -> str:
    if not archs:
        return ""
    return f" for {', '.join(archs) if len(archs) <= MOST_ARCHS else plural(len(archs), 'architecture')}"
