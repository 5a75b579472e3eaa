"""Positions in a file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lint.snapshot.lines import Lines, split_lines


def test_lines_end_in_lf_only() -> None:
    assert split_lines(b"a\rb\r\n\n\x0cc") == [b"a\rb\r\n", b"\n", b"\x0cc"]
    lines = Lines(b"a\rb\r\n\n\x0cc")
    assert [lines.text(number) for number in range(5)] == [b"", b"a\rb", b"", b"\x0cc", b""]
    assert len(lines) == 3


def test_an_empty_file() -> None:
    lines = Lines(b"")
    assert (len(lines), lines.at(0), lines.offset(1), lines.text(1)) == (0, (1, 1), 0, b"")


@given(st.lists(st.sampled_from([b"a", b"\n", b"\r", b"bc"])).map(b"".join))
def test_offsets_and_places_are_each_others_inverse(content: bytes) -> None:
    lines = Lines(content)
    for offset in range(len(content)):
        line, column = lines.at(offset)
        assert lines.offset(line, column) == offset
        assert line == content[:offset].count(b"\n") + 1
    assert b"".join(split_lines(content)) == content
    assert len(lines) == len(split_lines(content))
