from __future__ import annotations

import pytest

from lint.report.visible import cut, fold, json_safe, source, visible, width, window


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("plain größer 漢字", "plain größer 漢字", id="letters-stay"),
        pytest.param("\x1b[31mred", "\\x1b[31mred", id="terminal-escape"),
        pytest.param("a\nb\rc\td", "a\\x0ab\\x0dc\\x09d", id="line-ends"),
        pytest.param("\x9b2J\x7f", "\\x9b2J\\x7f", id="c1-and-del"),
        pytest.param("a\u202eb\u2066c\u061c", "a\\u202eb\\u2066c\\u061c", id="bidi"),
        pytest.param("a\u200bb\ufeff\xad", "a\\u200bb\\ufeff\\xad", id="zero-width"),
        pytest.param("\U000e0041\udc80", "\\U000e0041\\udc80", id="tags-and-surrogates"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_json_safe_uses_the_escapes_of_json() -> None:
    assert json_safe('"a\u202e\x7f\U000e0041"\n') == '"a\\u202e\\u007f\\udb40\\udc41"\n'


@pytest.mark.parametrize(
    ("text", "start", "shown"),
    [
        pytest.param(b"\tx", 0, "        x", id="tab-at-start"),
        pytest.param(b"abc\tx", 0, "abc     x", id="tab-to-the-next-stop"),
        pytest.param(b"\tx", 5, "   x", id="piece-of-a-line"),
        pytest.param("漢\tx".encode(), 0, "漢      x", id="wide-characters-take-two-cells"),
        pytest.param(b"\xe9\tx", 0, "\\xe9    x", id="not-utf-8"),
        pytest.param(b"a\x1b[0m", 0, "a\\x1b[0m", id="escapes"),
    ],
)
def test_source(text: bytes, start: int, shown: str) -> None:
    assert source(text, start) == shown


def test_width_counts_cells() -> None:
    assert [width(text) for text in ("abc", "漢字", "e\u0301", "größer")] == [3, 4, 1, 6]


def test_cut_leaves_an_ellipsis() -> None:
    assert [cut("abcdef", 6), cut("abcdef", 5), cut("漢字漢字", 5)] == ["abcdef", "abcd…", "漢字…"]


def test_window_keeps_columns() -> None:
    assert window("0123456789", 0, 5) == "0123…"
    assert window("0123456789", 4, 6) == "…56789"
    assert window("漢字漢字", 2, 10) == "… 漢字"
    assert window("漢字漢字", 3, 10) == "…漢字"
    assert window("ab", 4, 6) == ""


def test_fold_breaks_between_words_only() -> None:
    text = "see arch/arm64/include/asm/thread_info.h-and-more for it"
    assert fold(text, 2, 20) == ["see", "  arch/arm64/include/asm/thread_info.h-and-more", "  for it"]
    assert fold(text, 2, None) == [text]
