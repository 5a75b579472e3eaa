"""The facade, comments and includes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lint.cparse import facts_source
from lint.cparse.comments import comments
from lint.cparse.facts import facts
from lint.cparse.facts_source import Memo
from lint.cparse.includes import includes
from lint.logic import show

TEXT = b"""\
/* one
 * two */
#include <linux/a.h> // three
#ifdef CONFIG_X
# include "b.h"
#endif
#include MACRO
/* #include <no.h> */
int f(void)
{
	return g(1);
}
"""


def test_comments() -> None:
    found = comments(TEXT)
    assert [(c.line, c.end_line, c.text) for c in found] == [
        (1, 2, "/* one\n * two */"),
        (3, 3, "// three"),
        (8, 8, "/* #include <no.h> */"),
    ]
    assert all(TEXT[c.start :].startswith(c.text.encode()) for c in found)


def test_a_comment_without_end_and_one_in_a_string() -> None:
    assert [c.text for c in comments(b'"/* no */" /* yes')] == ["/* yes"]


@given(st.text("/*\n\"'\\ax", max_size=60))
def test_any_comments_are_read(text: str) -> None:
    for c in comments(text.encode()):
        assert text.encode()[c.start :].startswith(c.text.encode())


def test_includes() -> None:
    found = [(i.path, i.line, i.quoted, show(i.condition)) for i in includes(TEXT)]
    assert found == [("linux/a.h", 3, False, "1"), ("b.h", 5, True, "CONFIG_X")]


def test_the_facade_shares_everything() -> None:
    one = facts("a.c", TEXT)
    assert one is facts("a.c", bytes(bytearray(TEXT)))
    assert one is not facts("b.c", TEXT)
    assert (one.path, one.text, one.problems) == ("a.c", TEXT, ())
    assert [f.name for f in one.functions] == ["f"]
    assert len(one.comments) == 3
    assert len(one.includes) == 2
    assert one.pastes == ()
    assert {"f", "g", "CONFIG_X"} <= one.identifiers
    assert one.identifiers_on([11]) == {11: ("return", "g")}
    assert [(r.name, r.line, one.is_local(r)) for r in one.references({"g"})] == [("g", 11, False)]
    assert [c.name for c in one.calls()] == ["g"]
    assert len(one.stripped) == len(TEXT)
    assert one.conditions.at(5) == one.includes[1].condition


def test_what_is_too_large_is_a_problem_and_has_no_facts() -> None:
    large = facts("a.c", b"int x;\n" + b"1," * (facts_source.MAX_BYTES // 2))
    assert [p.message for p in large.problems] == ["larger than 32 MiB: not analysed"]
    assert large.references({"x"}) == ()


def test_the_memo_forgets_what_was_used_least() -> None:
    made: list[str] = []

    def make(path: str, text: bytes) -> str:
        made.append(path)
        return path

    memo = Memo(make, limit=10)
    for path in ("a", "b", "a", "c", "a", "b"):
        memo(path, b"1234")
    assert made == ["a", "b", "c", "b"]
