"""What a rule is: an id, a level, samples and a pure function from a Change to hits."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from lint.change import Change
from lint.finding import Confidence, Hit, Severity

Check = Callable[[Change], Iterator[Hit]]
Words = Callable[[Change], Iterable[str]]

HEADINGS = ("Why", "Bad", "Good", "Source")


@dataclass(frozen=True, slots=True)
class Documentation:
    """The docstring of a rule's module, taken apart; ``summary`` is its first sentence."""

    summary: str
    why: str
    bad: str
    good: str
    source: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    ``words`` names what the check is going to search for, so that one search serves a whole series. ``breaks_build``
    tells that its errors stop a build, so that one that a later patch mends is a bisection break. ``at_end`` tells
    that only the end of a series counts: what a later patch mends is not reported. ``mended`` is the severity of what
    a later patch mends, where that is milder than the rule's own.
    """

    id: str
    severity: Severity
    confidence: Confidence
    since: str
    bad: str
    good: str
    check: Check
    words: Words
    documentation: Documentation
    breaks_build: bool = False
    at_end: bool = False
    mended: Severity | None = None


def rule(
    rule_id: str,
    severity: Severity,
    confidence: Confidence,
    *,
    since: str,
    bad: str,
    good: str,
    words: Words = lambda change: (),
    breaks_build: bool = False,
    at_end: bool = False,
    mended: Severity | None = None,
) -> Callable[[Check], Rule]:
    """Declare the decorated check as a rule; its module's docstring becomes the documentation.

    Raises ValueError when the docstring lacks a summary or one of the headings.
    """

    def declare(check: Check) -> Rule:
        text = inspect.cleandoc(sys.modules[check.__module__].__doc__ or "")
        documentation = parse_documentation(rule_id, text)
        return Rule(
            rule_id, severity, confidence, since, bad, good, check, words, documentation, breaks_build, at_end, mended
        )

    return declare


def parse_documentation(rule_id: str, text: str) -> Documentation:
    """Split a rule's docstring at its headings; raises ValueError naming the rule when a part is missing."""
    parts: dict[str, list[str]] = {"Summary": []}
    current = "Summary"
    for line in text.splitlines():
        head, colon, rest = line.partition(":")
        if colon and head in HEADINGS:
            current = head
            parts[current] = [rest.strip()]
        else:
            parts[current].append(line.strip())
    folded = {name: " ".join(line for line in lines if line).strip() for name, lines in parts.items()}
    missing = [name for name in ("Summary", *HEADINGS) if not folded.get(name)]
    if missing:
        raise ValueError(f"rule {rule_id}: its docstring lacks {', '.join(missing)}")
    return Documentation(*(folded[name] for name in ("Summary", *HEADINGS)))
