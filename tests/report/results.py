"""Results made by hand: real patches of the sample notation, with findings that no rule has to yield."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lint.errors import Problem, Stage
from lint.finding import Confidence, Finding, Hit, Related, Scope, Severity, Side, Span
from lint.history import apply_history
from lint.intake.model import History, Mail, Series
from lint.kconfig.toolchain import TOOLCHAINS
from lint.result import Result
from lint.snapshot.memory import MemoryTree
from lint.snapshot.open import TreeInfo
from lint.state import Knowledge
from tests.samples import parse_sample

TREE = TreeInfo("git", "7.2.13", "0123456789abcdef0123456789abcdef01234567")
HEADER, PTRACE = "arch/toy/include/asm/thread_info.h", "arch/toy/kernel/ptrace.c"
RULES = ("removed-name-still-used", "unused-flag-definition")
SERIES = (Path(__file__).parent / "fixtures" / "series.diff").read_text("utf-8")
STILL_USED = Hit(
    Span(PTRACE, 6, 32, 49),
    "TIF_SYSCALL_TRACE is removed from arch/toy/include/asm/thread_info.h and still used in arch/toy",
    symbols=("TIF_SYSCALL_TRACE",),
    related=(Related(Span(HEADER, 5, side=Side.BEFORE), "removed here"),),
    arch=("toy",),
    witness={"TOY_TRACE": "y", "MODULES": "n"},
    function="syscall_trace_enter",
    suggestion="test_syscall_work(SYSCALL_TRACE)",
)
HERE = Hit(Span(PTRACE, 5, 25, 46), "a comment that says nothing", function="syscall_trace_enter")
UNUSED = Hit(Span(HEADER, 5), "TIF_NOTIFY_RESUME is added and nothing uses it", symbols=("TIF_NOTIFY_RESUME",))


def finding(hit: Hit, patch: int = 1, severity: Severity = Severity.ERROR, rule: str = RULES[0]) -> Finding:
    return Finding(rule, severity, Confidence.HIGH, Scope.SERIES, patch, hit)


FINDINGS = (
    finding(STILL_USED),
    finding(UNUSED, severity=Severity.WARNING, rule=RULES[1]),
    finding(HERE, patch=2, severity=Severity.NOTE, rule=RULES[1]),
)
PROBLEMS = (
    Problem(Stage.APPLY, "hunk 2 of 3 does not apply", "arch/toy/kernel/signal.c", 120, 2),
    Problem(Stage.CPARSE, "a brace is never closed", "kernel/a.c", 7),
    Problem(Stage.CPARSE, "a brace is never closed", "kernel/b.c", 9),
)


def result(
    findings: Sequence[Finding] = (),
    *,
    problems: Sequence[Problem] = (),
    sample: str = SERIES,
    suppressed: int = 0,
    tree: TreeInfo = TREE,
    archs: tuple[str, ...] = ("toy",),
    broken: bool = False,
) -> Result:
    parsed = parse_sample(sample)
    applied = apply_history(MemoryTree(parsed.base), parsed.patches, (), archs, Knowledge(TOOLCHAINS["gcc"]))
    assert not applied.problems
    cover = Mail("[PATCH v3 0/2] toy: move to generic entry", message_id="cover@example.org")
    one = Series("toy: move to generic entry", 3, len(parsed.patches), cover, parsed.patches, "sample")
    return Result(
        tree=tree,
        history=History((one,) if parsed.patches else ()),
        steps=applied.steps,
        findings=tuple(findings),
        problems=tuple(problems),
        suppressed=suppressed,
        broken=broken,
        rules=RULES,
    )
