"""The catalogue of rules, and the explanation of one of them, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from lint.report.samples import shown
from lint.report.screen import PIPE, Screen
from lint.report.text import LOUD, painted
from lint.report.visible import fold, source

if TYPE_CHECKING:
    from lint.rule import Rule

DIFF = {"+": "green", "-": "red"}


def catalogue(rules: Sequence[Rule], screen: Screen = PIPE) -> str:
    """One line per rule: id, severity, confidence, summary; in columns."""
    return painted(_catalogue(rules, screen), screen)


def explanation(rule: Rule, screen: Screen = PIPE) -> str:
    """Why a rule exists, a bad and a good sample as diffs, its source, and how to switch it off."""
    return painted(_explanation(rule, screen), screen)


def as_json(rules: Sequence[Rule]) -> str:
    """All that is known of the rules, as a JSON array of objects."""
    return json.dumps([_record(rule) for rule in rules], indent=2, ensure_ascii=False) + "\n"


def _catalogue(rules: Sequence[Rule], screen: Screen) -> Iterator[Text]:
    longest = max((len(rule.id) for rule in rules), default=0)
    for rule in rules:
        severity, confidence = rule.severity.value, rule.confidence.value
        lead = f"{rule.id:<{longest}}  {severity:<7}  {confidence:<6}  "
        first, *rest = fold(lead + rule.documentation.summary, len(lead), screen.width)
        end = longest + 2 + len(severity)
        yield Text.assemble((first[:longest], "bold"), (first[longest:end], LOUD[severity]), first[end:])
        for line in rest:
            yield Text(line)


def _explanation(rule: Rule, screen: Screen) -> Iterator[Text]:
    severity, about = rule.severity.value, rule.documentation
    yield Text.assemble(
        (rule.id, "bold"), "  ", (severity, LOUD[severity]), f", {rule.confidence.value} confidence, since {rule.since}"
    )
    yield Text()
    yield from _paragraph("", about.summary, screen)
    for title, text, sample in (("Why", about.why, ""), ("Bad", about.bad, rule.bad), ("Good", about.good, rule.good)):
        yield Text()
        yield from _paragraph(title, text, screen)
        if sample.strip():
            yield Text()
            yield from _diff(sample)
    yield Text()
    yield from _paragraph("Source", about.source, screen)
    yield from _paragraph("Switch it off", f"kmiglint check --ignore {rule.id} ...", screen)


def _paragraph(title: str, text: str, screen: Screen) -> Iterator[Text]:
    lead = f"{title}: " if title else ""
    first, *rest = fold(lead + text, 0, min(screen.width or 80, 100))
    yield Text.assemble((first[: len(lead)], "bold"), first[len(lead) :])
    for line in rest:
        yield Text(line)


def _diff(sample: str) -> Iterator[Text]:
    for line in shown(sample):
        if line.kind != "line":
            yield Text(f"    {'patch: ' if line.kind == 'patch' else ''}{line.text}", "bold")
            continue
        pointer = ("  > " if line.reported else "    ", "bold red")
        yield Text.assemble(pointer, (f"{line.text[:1]} {source(line.text[1:].encode())}", DIFF.get(line.text[:1], "")))


def _record(rule: Rule) -> dict[str, str]:
    about = rule.documentation
    return {
        "rule": rule.id,
        "severity": rule.severity.value,
        "confidence": rule.confidence.value,
        "since": rule.since,
        "summary": about.summary,
        "why": about.why,
        "what_is_bad": about.bad,
        "bad": rule.bad,
        "what_is_good": about.good,
        "good": rule.good,
        "source": about.source,
    }
