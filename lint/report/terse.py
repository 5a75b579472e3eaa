"""One line per finding in checkpatch's terse grammar, and nothing at all when there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lint.report.visible import visible

if TYPE_CHECKING:
    from lint.finding import Finding
    from lint.result import Result


def render(result: Result) -> str:
    """``path:line: WARNING:rule-id: text`` for every finding."""
    return "".join(f"{_line(finding)}\n" for finding in result.findings)


def _line(finding: Finding) -> str:
    span = finding.hit.span
    text = f"{finding.severity.value.upper()}:{finding.rule}: {visible(finding.hit.message)}"
    return f"{visible(span.path)}:{span.line}: {text}" if span.path else text
