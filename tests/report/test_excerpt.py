from __future__ import annotations

import pytest

from lint.finding import Side, Span
from lint.report.excerpt import Excerpts
from tests.report.results import result

SAMPLE = """\
== a.c
 one
-two
-three
+TWO
 four

+five
 six
-seven
== gone.c
-int gone;
-int too;
== new.c
+int new;
"""


def rows(line: int, side: Side, context: int = 2, path: str = "a.c") -> list[str]:
    found = Excerpts(result(sample=SAMPLE)).around(1, Span(path, line, side=side), context)
    return [f"{'>' if row.place else ''}{row.mark}{row.number} {row.text.decode()}" for row in found]


@pytest.mark.parametrize(
    ("line", "side", "shown"),
    [
        pytest.param(2, Side.AFTER, ["-2 two", "-3 three", ">+2 TWO", "|3 four"], id="added-after-removed"),
        pytest.param(3, Side.AFTER, ["-3 three", "+2 TWO", ">|3 four", "|4 ", "+5 five"], id="kept"),
        pytest.param(6, Side.AFTER, ["+5 five", ">|6 six", "-7 seven"], id="last-kept-line-and-blank-edge"),
        pytest.param(1, Side.AFTER, [">|1 one", "-2 two", "-3 three"], id="first"),
        pytest.param(3, Side.BEFORE, ["|1 one", "-2 two", ">-3 three", "+2 TWO", "|4 four"], id="removed"),
        pytest.param(4, Side.BEFORE, ["-3 three", "+2 TWO", ">|4 four", "|5 ", "+5 five"], id="kept-as-it-was"),
        pytest.param(7, Side.BEFORE, ["+5 five", "|6 six", ">-7 seven"], id="removed-at-the-end"),
        pytest.param(8, Side.BEFORE, [], id="beyond-the-end"),
        pytest.param(0, Side.AFTER, [], id="whole-file"),
    ],
)
def test_rows(line: int, side: Side, shown: list[str]) -> None:
    assert rows(line, side) == shown


def test_a_deleted_and_a_new_file() -> None:
    assert rows(2, Side.BEFORE, path="gone.c") == ["-1 int gone;", ">-2 int too;"]
    assert rows(1, Side.AFTER, path="gone.c") == []
    assert rows(1, Side.AFTER, path="new.c") == [">+1 int new;"]


def test_without_context_only_the_place() -> None:
    assert rows(2, Side.AFTER, context=0) == [">+2 TWO"]
