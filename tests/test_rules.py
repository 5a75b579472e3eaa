"""Every rule against its own samples and its cases: the reported lines equal the marked lines exactly."""

from __future__ import annotations

from pathlib import Path

import pytest

from lint.engine import BISECT, judge
from lint.finding import Finding
from lint.history import apply_history
from lint.kconfig.toolchain import TOOLCHAINS
from lint.migrations.model import shipped
from lint.rule import Rule
from lint.rules import RULES
from lint.snapshot.memory import MemoryTree
from lint.state import Knowledge
from tests.samples import Mark, parse_sample

CASES = Path(__file__).parent / "cases"
MINIMUM = 12


def findings(rule: Rule, text: str) -> tuple[tuple[Finding, ...], frozenset[Mark]]:
    """What one rule says of a sample, and what it must say."""
    sample = parse_sample(text)
    archs = tuple(sample.options.get("arch", "").split())
    tree, knowledge = MemoryTree(sample.base), Knowledge(TOOLCHAINS["gcc"])
    applied = apply_history(tree, sample.patches, shipped(), archs, knowledge, sample.covers)
    assert not applied.problems, applied.problems
    behind = [other for other in RULES if other.breaks_build] if rule.id == BISECT else []
    judgement = judge(applied.steps, applied.between, [rule, *behind])
    assert not judgement.broken, [finding.hit.message for finding in judgement.findings]
    return tuple(finding for finding in judgement.findings if finding.rule == rule.id), sample.marks


def reported(found: tuple[Finding, ...]) -> frozenset[Mark]:
    return frozenset(Mark(f.patch, f.hit.span.path, f.hit.span.line, f.hit.span.side.value) for f in found)


def assert_exact(rule: Rule, text: str) -> None:
    found, marks = findings(rule, text)
    said = "\n".join(f"{f.hit.span.path}:{f.hit.span.line}: {f.hit.message}" for f in found)
    assert reported(found) == marks, said
    assert all(finding.hit.message and not finding.hit.message.endswith(".") for finding in found)


def cases(rule: Rule) -> list[Path]:
    return sorted((CASES / rule.id).glob("*.diff"), key=lambda path: (not path.name.startswith("clean-"), path.name))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.id))
def test_good_sample_is_silent(rule: Rule) -> None:
    found, marks = findings(rule, rule.good)
    assert not marks, "a good sample marks nothing"
    assert not found, [finding.hit.message for finding in found]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.id))
def test_bad_sample_is_reported_exactly(rule: Rule) -> None:
    assert findings(rule, rule.bad)[1], "a bad sample marks what must be reported"
    assert_exact(rule, rule.bad)


@pytest.mark.parametrize(
    ("rule", "case"),
    [pytest.param(rule, case, id=f"{rule.id}/{case.stem}") for rule in RULES for case in cases(rule)],
)
def test_case(rule: Rule, case: Path) -> None:
    text = case.read_text("utf-8")
    marks = parse_sample(text).marks
    assert bool(marks) != case.name.startswith("clean-"), "a clean case marks nothing, every other one does"
    assert_exact(rule, text)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.id))
def test_cases_are_enough_and_mostly_clean(rule: Rule) -> None:
    found = cases(rule)
    clean = [case for case in found if case.name.startswith("clean-")]
    assert len(found) >= MINIMUM
    assert 2 * len(clean) >= len(found)
    assert len(clean) < len(found)
