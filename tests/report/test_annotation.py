"""Where findings stand once all patches are applied."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lint.finding import Hit, Related, Side, Span
from lint.report.annotation import MOST_RELATED, Place, Places, carry, evidence
from tests.report.results import HEADER, PTRACE, STILL_USED, finding, result

SAMPLE = """\
@@ one
== a.c
 int one;
-int two;
-int three;
+int TWO;
 int four;
== gone.c
 int gone;
== old.c
 int here;
@@ two
== a.c
+int zero;
 int one;
-int TWO;
 int four;
== gone.c
-int gone;
== new.c
+int new;
"""


def place(line: int, side: Side = Side.AFTER, patch: int = 1, path: str = "a.c") -> Place:
    return Places(result(sample=SAMPLE)).carried(patch, Span(path, line, 5, 8, side))


@pytest.mark.parametrize(
    ("line", "side", "patch", "at"),
    [
        pytest.param(1, Side.AFTER, 1, Place("a.c", 2, 5, 8, b"int one;"), id="moved-down-by-a-later-patch"),
        pytest.param(3, Side.AFTER, 1, Place("a.c", 3, 5, 8, b"int four;"), id="moved-down-and-up"),
        pytest.param(2, Side.AFTER, 1, Place("a.c", 3, exact=False), id="removed-by-a-later-patch"),
        pytest.param(1, Side.BEFORE, 1, Place("a.c", 2, 5, 8, b"int one;"), id="before-and-kept"),
        pytest.param(3, Side.BEFORE, 1, Place("a.c", 3, exact=False), id="before-and-removed"),
        pytest.param(1, Side.AFTER, 2, Place("a.c", 1, 5, 8, b"int zero;"), id="in-the-last-patch"),
        pytest.param(2, Side.BEFORE, 2, Place("a.c", 3, exact=False), id="removed-by-the-last-patch"),
        pytest.param(0, Side.AFTER, 1, Place("a.c", 0), id="the-file-as-a-whole"),
    ],
)
def test_places(line: int, side: Side, patch: int, at: Place) -> None:
    assert place(line, side, patch) == at


def test_a_file_that_goes_is_named_as_a_whole() -> None:
    assert place(1, path="gone.c") == Place("gone.c", 0, exact=False)


def test_an_untouched_file_stays_as_it_is() -> None:
    assert place(1, path="old.c") == Place("old.c", 1, 5, 8, b"int here;")
    assert place(7, path="unknown.c") == Place("unknown.c", 7, 5, 8)


def test_a_finding_without_a_place_stands_at_the_first_file_of_its_patch() -> None:
    places = Places(result(sample=SAMPLE))
    assert places.of(finding(Hit(Span("", 0), "x"), patch=2)) == Place("a.c", 0, exact=False)


@settings(deadline=None)
@given(st.lists(st.sampled_from(" +-"), max_size=40))
def test_carry_follows_every_line_of_an_edit(kinds: list[str]) -> None:
    before = [number for number, kind in enumerate(kinds) if kind in " -"]
    after = [number for number, kind in enumerate(kinds) if kind in " +"]
    removed = [line for line, number in enumerate(before, start=1) if kinds[number] == "-"]
    added = [line for line, number in enumerate(after, start=1) if kinds[number] == "+"]
    for line, number in enumerate(before, start=1):
        at, kept = carry(line, removed, added)
        assert kept == (kinds[number] == " ")
        if kept:
            assert after[at - 1] == number
        else:  # the first added line of the same block, or the first kept line after it
            start = max((n for n in range(number) if kinds[n] == " "), default=-1)
            following = [n for n in after if n > start]
            assert at == (1 + after.index(following[0]) if following else len(after) + 1)


def test_evidence() -> None:
    made = result()
    one = finding(replace(STILL_USED, arch=("toy", "zoo")))
    assert list(evidence(made, one, Places(made))) == [
        f"{HEADER}:5 (before patch 1/2): removed here",
        "shown by CONFIG_MODULES=n CONFIG_TOY_TRACE=y",
        "for toy, zoo",
        "suggestion: test_syscall_work(SYSCALL_TRACE)",
        "patch 1/2: toy: thread_info: Remove the syscall trace flag, which generic entry keeps elsewhere now",
    ]


def test_evidence_that_a_later_patch_moves_or_removes() -> None:
    made = result(sample=SAMPLE)
    related = tuple(Related(Span("a.c", line), "x") for line in (0, 1, 2))
    assert list(evidence(made, finding(Hit(Span("a.c", 1), "y", related=related)), Places(made)))[:3] == [
        "a.c: x",
        "a.c:2: x",
        "a.c:2 (after patch 1/2): x",
    ]


def test_much_evidence_is_counted() -> None:
    made = result(sample="== a.c\n+int a;\n")
    one = finding(Hit(Span("a.c", 1), "x", related=(Related(Span(PTRACE, 1), "y"),) * (MOST_RELATED + 2)))
    assert list(evidence(made, one, Places(made)))[-1] == "and 2 more places"
