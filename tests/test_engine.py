"""The engine: stamps, scopes, order, and rules that break."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace

import pytest

from lint.change import Change
from lint.engine import BISECT, INTERNAL, Judgement, judge
from lint.finding import Confidence, Hit, Scope, Severity, Span
from lint.history import AppliedHistory, apply_history
from lint.kconfig.toolchain import TOOLCHAINS
from lint.rule import Documentation, Rule, parse_documentation
from lint.snapshot.memory import MemoryTree
from lint.snapshot.tree import Occurrence
from lint.state import Knowledge
from tests.samples import parse_sample

THREE_STEPS = """\
@@ first
== a.c
 kept
+bad
@@ second
== a.c
 kept
 bad
+more
@@ third
== a.c
 kept
-bad
+good
 more
"""


def applied(text: str) -> AppliedHistory:
    sample = parse_sample(text)
    return apply_history(MemoryTree(sample.base), sample.patches, (), (), Knowledge(TOOLCHAINS["gcc"]))


def rule(check: Callable[[Change], Iterator[Hit]], rule_id: str = "probe") -> Rule:
    documentation = Documentation("s", "w", "b", "g", "o")
    return Rule(rule_id, Severity.WARNING, Confidence.HIGH, "0.1", "", "", check, lambda change: (), documentation)


def added(word: bytes, severity: Severity | None = None) -> Callable[[Change], Iterator[Hit]]:
    def check(change: Change) -> Iterator[Hit]:
        for file in change.files:
            for line, text in change.added_lines(file):
                if text == word:
                    yield Hit(Span(file.path, line), f"{word.decode()} here", (word.decode(),), severity=severity)

    return check


def run(text: str, *rules: Rule) -> Judgement:
    history = applied(text)
    return judge(history.steps, history.between, rules)


def test_nothing_to_say() -> None:
    assert run(THREE_STEPS, rule(added(b"absent"))) == Judgement((), False)


def test_an_empty_history_is_judged() -> None:
    assert judge((), lambda first, last: pytest.fail("asked"), [rule(added(b"x"))]).findings == ()


def test_what_stays_is_a_defect_of_the_series() -> None:
    (finding,) = run(THREE_STEPS, rule(added(b"more"))).findings
    assert (finding.patch, finding.scope, finding.severity) == (2, Scope.SERIES, Severity.WARNING)
    assert "mends" not in finding.hit.message


def test_what_a_later_patch_mends_is_a_bisection_break_and_names_that_patch() -> None:
    (finding,) = run(THREE_STEPS, rule(added(b"bad"))).findings
    assert (finding.patch, finding.scope) == (1, Scope.STEP)
    assert finding.hit.message == "bad here (until patch 3/3 mends it)"


def test_what_breaks_a_build_until_a_later_patch_is_the_finding_of_the_bisection_rule() -> None:
    breaking = replace(rule(added(b"bad")), severity=Severity.ERROR, breaks_build=True)
    (finding,) = run(THREE_STEPS, breaking, rule(lambda change: iter(()), BISECT)).findings
    assert (finding.rule, finding.origin, finding.scope) == (BISECT, "probe", Scope.STEP)
    assert finding.hit.message == "bad here (probe until patch 3/3 mends it)"


@pytest.mark.parametrize(
    "milder",
    [
        replace(rule(added(b"bad")), severity=Severity.ERROR),
        replace(rule(added(b"bad")), severity=Severity.WARNING, breaks_build=True),
        replace(rule(added(b"bad", Severity.NOTE)), severity=Severity.ERROR, breaks_build=True),
    ],
    ids=["breaks no build", "warning", "unproven"],
)
def test_what_breaks_no_build_keeps_its_rule(milder: Rule) -> None:
    (finding,) = run(THREE_STEPS, milder, rule(lambda change: iter(()), BISECT)).findings
    assert (finding.rule, finding.origin) == ("probe", "")


def test_what_stays_broken_keeps_its_rule() -> None:
    breaking = replace(rule(added(b"more")), severity=Severity.ERROR, breaks_build=True)
    (finding,) = run(THREE_STEPS, breaking, rule(lambda change: iter(()), BISECT)).findings
    assert finding.rule == "probe"


def test_where_only_the_end_counts_a_mended_hit_is_none() -> None:
    found = run(THREE_STEPS, replace(rule(added(b"bad")), at_end=True), replace(rule(added(b"more")), at_end=True))
    assert [finding.patch for finding in found.findings] == [2]


def test_the_last_patch_cannot_be_mended() -> None:
    (finding,) = run(THREE_STEPS, rule(added(b"good"))).findings
    assert (finding.patch, finding.scope) == (3, Scope.SERIES)


def test_a_hit_can_be_milder_than_its_rule_but_not_harsher() -> None:
    assert run(THREE_STEPS, rule(added(b"more", Severity.NOTE))).findings[0].severity is Severity.NOTE
    assert run(THREE_STEPS, rule(added(b"more", Severity.ERROR))).findings[0].severity is Severity.WARNING


def test_a_broken_rule_is_one_finding_a_patch_and_the_others_go_on() -> None:
    def broken(change: Change) -> Iterator[Hit]:
        raise KeyError("secret content")
        yield

    judgement = run(THREE_STEPS, rule(broken, "breaks"), rule(added(b"more")))
    assert judgement.broken
    internal = [finding for finding in judgement.findings if finding.rule == INTERNAL]
    assert [finding.patch for finding in internal] == [1, 2, 3]
    assert all("breaks" in finding.hit.message and "KeyError" in finding.hit.message for finding in internal)
    assert all("secret" not in finding.hit.message for finding in internal)
    assert [finding.patch for finding in judgement.findings if finding.rule == "probe"] == [2]


def test_equal_hits_are_one_with_all_architectures() -> None:
    def twice(change: Change) -> Iterator[Hit]:
        yield Hit(Span("a.c", 1), "x", arch=("riscv",))
        yield Hit(Span("a.c", 1), "x", arch=("arm64",))

    history = applied("== a.c\n+new\n")
    (finding,) = judge(history.steps, history.between, [rule(twice)]).findings
    assert finding.hit.arch == ("arm64", "riscv")


def test_findings_come_in_the_order_of_patches_severity_and_place() -> None:
    def several(change: Change) -> Iterator[Hit]:
        yield Hit(Span("b.c", 2), "late")
        yield Hit(Span("a.c", 9), "mild", severity=Severity.NOTE)
        yield Hit(Span("a.c", 3), "early")

    history = applied("== a.c\n+new\n")
    findings = judge(history.steps, history.between, [rule(several)]).findings
    assert [finding.hit.message for finding in findings] == ["early", "late", "mild"]


def test_the_words_of_all_rules_are_searched_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    history = applied(THREE_STEPS)
    asked: list[list[str]] = []

    def search(words: Collection[str], within: Collection[str] = ()) -> dict[str, tuple[Occurrence, ...]]:
        asked.append(list(words))
        return {}

    monkeypatch.setattr(history.steps[0].before, "search", search)
    probe = rule(added(b"more"))
    named = Rule(
        "named",
        probe.severity,
        probe.confidence,
        "0.1",
        "",
        "",
        probe.check,
        lambda c: [c.patch.title],
        probe.documentation,
    )
    judge(history.steps, history.between, [named])
    assert asked == [["first", "second", "third"]]


def test_a_longer_change_is_told_as_one() -> None:
    whole = applied(THREE_STEPS).between(0, 2)
    (file,) = whole.files
    assert (file.before, file.after) == (b"kept\n", b"kept\ngood\nmore\n")
    assert (file.removed, file.added) == (frozenset(), frozenset({2, 3}))


def test_a_documentation_without_a_heading_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks Good, Source"):
        parse_documentation("x", "Summary.\n\nWhy: because\nBad: this\n")
