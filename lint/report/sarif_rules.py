"""A rule as SARIF describes it: what it catches, why, and samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lint.report.markdown import section
from lint.report.rules import explanation

if TYPE_CHECKING:
    from lint.rule import Rule

PROBLEM_SEVERITY = {"error": "error", "warning": "warning", "note": "recommendation"}
TAGS = ("linux-kernel", "maintainability")


def descriptor(rule: Rule) -> dict[str, Any]:
    """The reporting descriptor of a rule; ``precision`` and ``problem.severity`` are what code scanning sorts by."""
    about = rule.documentation
    return {
        "id": rule.id,
        "shortDescription": {"text": about.summary},
        "fullDescription": {"text": about.why},
        "help": {"text": explanation(rule), "markdown": "\n".join(list(section(rule))[2:])},
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {
            "tags": list(TAGS),
            "precision": rule.confidence.value,
            "problem.severity": PROBLEM_SEVERITY[rule.severity.value],
        },
    }
