from __future__ import annotations

from lint.finding import Hit, Span
from lint.report.terse import render
from tests.report.results import FINDINGS, PROBLEMS, finding, result


def test_one_line_per_finding_in_the_grammar_of_checkpatch() -> None:
    assert render(result(FINDINGS, problems=PROBLEMS, suppressed=1)).splitlines() == [
        "arch/toy/kernel/ptrace.c:6: ERROR:removed-name-still-used: TIF_SYSCALL_TRACE is removed from "
        "arch/toy/include/asm/thread_info.h and still used in arch/toy",
        "arch/toy/include/asm/thread_info.h:5: WARNING:unused-flag-definition: "
        "TIF_NOTIFY_RESUME is added and nothing uses it",
        "arch/toy/kernel/ptrace.c:5: NOTE:unused-flag-definition: a comment that says nothing",
    ]


def test_silent_when_clean() -> None:
    assert render(result(problems=PROBLEMS)) == ""


def test_one_line_whatever_a_message_holds() -> None:
    shown = render(result([finding(Hit(Span("a\nb.c", 1), "c\nd\x1b"))]))
    assert shown == "a\\x0ab.c:1: ERROR:removed-name-still-used: c\\x0ad\\x1b\n"


def test_a_finding_without_a_place() -> None:
    assert render(result([finding(Hit(Span("", 0), "broke"))])) == "ERROR:removed-name-still-used: broke\n"
