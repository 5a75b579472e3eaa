"""What people read. The golden files are the reports as they are meant to look: read them when one changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lint.errors import Problem, Stage
from lint.finding import Hit, Related, Severity, Side, Span
from lint.report.screen import PIPE, Screen
from lint.report.text import render
from lint.snapshot.open import TreeInfo
from tests.report.results import FINDINGS, HEADER, PROBLEMS, PTRACE, STILL_USED, UNUSED, finding, result

GOLDEN = Path(__file__).parent / "golden"
TERMINAL = Screen(80)


def body(hit: Hit, screen: Screen = PIPE, patch: int = 1, sample: str | None = None) -> list[str]:
    """The lines of one finding, below its headline and its place."""
    one = finding(hit, patch)
    whole = render(result([one]) if sample is None else result([one], sample=sample), screen)
    return whole.split("\n\n")[0].splitlines()[2:]


@pytest.mark.parametrize(("name", "screen"), [("terminal", TERMINAL), ("pipe", PIPE)])
def test_golden(name: str, screen: Screen) -> None:
    shown = render(result(FINDINGS, problems=PROBLEMS, suppressed=3), screen)
    assert shown == (GOLDEN / f"{name}.txt").read_text("utf-8")


def test_colours_change_no_character() -> None:
    from rich.text import Text

    made = result(FINDINGS, problems=PROBLEMS)
    coloured = render(made, Screen(80, colour=True))
    assert "\x1b[1;31merror" in coloured
    plain = "".join(f"{line.rstrip()}\n" for line in Text.from_ansi(coloured).plain.splitlines())
    assert plain == render(made, TERMINAL)


def test_no_line_is_wider_than_the_terminal() -> None:
    from lint.report.visible import width

    assert all(width(line) <= 80 for line in render(result(FINDINGS, problems=PROBLEMS), TERMINAL).splitlines())


def test_carets_stand_under_the_span_after_tabs() -> None:
    rows = body(replace(STILL_USED, related=(), witness={}, suggestion=None))
    at = next(index for index, row in enumerate(rows) if "^" in row)
    start, end = rows[at].index("^"), rows[at].rindex("^") + 1
    assert rows[at - 1][start:end] == "TIF_SYSCALL_TRACE"


def test_carets_stand_under_wide_characters() -> None:
    rows = body(Hit(Span(PTRACE, 5, 37, 43), "x"), patch=2)
    at = next(index for index, row in enumerate(rows) if "^" in row)
    assert rows[at - 1].endswith("/* größer 漢字 */")
    assert rows[at].count("^") == 4
    assert rows[at].index("^") == rows[at - 1].index("漢")


def test_a_place_without_columns_has_a_pointer() -> None:
    assert [row for row in body(UNUSED) if row.startswith(">")] == [
        ">   5 + #define TIF_NOTIFY_RESUME       8       /* callback before returning to user */"
    ]


def test_a_place_before_the_patch_is_a_removed_line() -> None:
    rows = body(Hit(Span(HEADER, 5, side=Side.BEFORE), "x"))
    assert [row[:7] for row in rows] == ["    4 |", ">   5 -", "    5 +", "    6 |"]


def test_evidence_on_a_line_that_is_shown_already_is_not_shown_twice() -> None:
    rows = body(replace(UNUSED, related=(Related(Span(HEADER, 4), "the flag before"),)))
    assert rows[-1] == f"     ::: {HEADER}:4: the flag before"


@pytest.mark.parametrize(
    "span",
    [Span("no/such/file.c", 3), Span(HEADER, 999), Span(HEADER, 0), Span("", 0)],
    ids=lambda span: repr(span.path),
)
def test_a_place_without_text_is_named_all_the_same(span: Span) -> None:
    assert body(Hit(span, "x")) == []


def test_evidence_in_a_removed_line_that_is_shown_already_is_not_shown_twice() -> None:
    rows = body(replace(UNUSED, related=(Related(Span(HEADER, 5, side=Side.BEFORE), "this went"),)))
    assert rows[-1] == f"     ::: {HEADER}:5: this went"


def test_evidence_in_an_earlier_patch_is_shown_as_that_patch_has_it() -> None:
    related = Related(Span(HEADER, 5, side=Side.BEFORE), "an earlier patch removes it", patch=1)
    assert body(Hit(Span(PTRACE, 5), "x", related=(related,)), patch=2)[-2:] == [
        f"     ::: {HEADER}:5: an earlier patch removes it (patch 1/2)",
        "    5 - #define TIF_SYSCALL_TRACE       8       /* syscall trace active */",
    ]


def test_a_patch_alone_is_not_numbered() -> None:
    assert "(patch" not in render(result([finding(Hit(Span("a.c", 1), "x"))], sample="== a.c\n+int a;\n"))


def test_what_hides_or_moves_is_escaped() -> None:
    sample = "@@ \x1b]0;title\x07 \u202e\n== a.c\n+int \x1b[2J;\n@@ two\n== b.c\n+int b;\n"
    hit = Hit(
        Span("a.c", 1), "m\x1b[1m", function="f\x9b", suggestion="s\x07\n\x1b", witness={"A": "\u202e"},
        related=(Related(Span("p\x1b", 1), "n\u2066"),),
    )  # fmt: skip
    problem = Problem(Stage.INTAKE, "\x1b[0m", "x\x07")
    shown = render(result([finding(hit)], sample=sample, problems=[problem]))
    assert not [char for char in shown if not char.isprintable() and char != "\n"]


def test_very_long_lines_are_cut_around_the_place() -> None:
    line = b"int a = " + b"x" * 1000 + b"NAME" + b"y" * 100_000
    sample = f"== a.c\n+{line.decode()}\n"
    rows = body(Hit(Span("a.c", 1, 1009, 1013), "x"), TERMINAL, sample=sample)
    assert all(len(row) <= 80 for row in rows)
    start = rows[1].index("^")
    assert rows[0][start : start + 4] == "NAME"
    assert rows[1].count("^") == 4


def test_nothing_found_says_what_was_checked() -> None:
    assert render(result()) == "nothing found: 2 patches checked by 2 rules against Linux 7.2.13 for toy\n"
    without = render(result(tree=TreeInfo("none", "", "")))
    assert without == "nothing found: 2 patches checked by 2 rules without a kernel tree\n"


def test_notes_only() -> None:
    shown = render(result([finding(UNUSED, severity=Severity.NOTE)]))
    assert shown.startswith("note[removed-name-still-used] ")
    assert shown.endswith("\n2 patches, 1 note\n")


def test_all_suppressed() -> None:
    assert render(result(suppressed=2)) == "2 patches, nothing found; 2 suppressed\n"


def test_many_problems_are_counted_not_listed() -> None:
    lines = render(result(problems=[Problem(Stage.CPARSE, f"odd {n}", f"f{n}.c", n) for n in range(200)])).splitlines()
    assert lines[0] == "not analysed:"
    assert lines[11] == "  and 190 more: see --format json"
    assert lines[-1].endswith("; 200 places could not be analysed")
    assert len(lines) == 14


def test_many_related_places_are_counted() -> None:
    related = tuple(Related(Span(f"f{n}.c", 1), "used here") for n in range(20))
    assert body(replace(UNUSED, related=related))[-1] == "     ::: and 12 more places: see --format json"


def test_the_machine_is_not_named() -> None:
    assert "/home" not in render(result(problems=[Problem(Stage.INTAKE, "no patch in it", "/home/me/x.mbox")]))
