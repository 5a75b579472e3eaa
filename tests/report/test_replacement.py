from __future__ import annotations

import pytest

from lint.report.annotation import Place
from lint.report.replacement import replacement

TEXT = b"\tselect GENERIC_ENTYR if MMU"
LINE = Place("a.c", 3, text=TEXT)


@pytest.mark.parametrize(
    ("place", "suggestion", "edit"),
    [
        pytest.param(LINE, "select GENERIC_ENTRY if MMU", (9, 22, "GENERIC_ENTRY"), id="one-word"),
        pytest.param(
            LINE, "\tselect GENERIC_ENTRY if MMU\n", (9, 22, "GENERIC_ENTRY"), id="blanks-around-do-not-count"
        ),
        pytest.param(LINE, "select GENERIC_ENTYR if MMU", None, id="nothing-changes"),
        pytest.param(LINE, "select GENERIC_ENTRY if FOO", None, id="two-words"),
        pytest.param(LINE, "GENERIC_ENTRY", None, id="not-the-line"),
        pytest.param(LINE, "drop this line", None, id="prose"),
        pytest.param(LINE, "", None, id="empty"),
        pytest.param(LINE, None, None, id="none"),
        pytest.param(Place("a.c", 3, text=TEXT, exact=False), "select GENERIC_ENTRY if MMU", None, id="line-is-gone"),
        pytest.param(Place("a.c", 1, text=b""), "x", None, id="empty-line"),
        pytest.param(Place("a.c", 1, text=b"  "), "x", None, id="blank-line"),
        pytest.param(Place("a.c", 1, text="/* größer */ A".encode()), "/* größer */ B", (16, 17, "B"), id="bytes"),
    ],
)
def test_replacement(place: Place, suggestion: str | None, edit: tuple[int, int, str] | None) -> None:
    assert replacement(place, suggestion) == edit
