"""The index of headers answers as a search would."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from lint.kconfig.toolchain import TOOLCHAINS
from lint.snapshot.headers import HeaderWords, is_indexed, pack
from lint.snapshot.memory import MemoryTree
from lint.snapshot.open import open_tree
from lint.snapshot.overlay import Entry, OverlayTree
from lint.snapshot.tree import Tree
from lint.state import Knowledge, State
from tests.kernels import kernel_tree

FILES = {
    "include/linux/a.h": b"int foo(void);\n/* foo, foo_bar */\n#define FOO foo()\n",
    "include/linux/b.h": b"struct foo_bar { int foo; };\r\nlast",
    "arch/x/include/asm/c.h": b"#define foo_bar 1\n",
    "arch/x/kernel/d.c": b"foo();\n",
    "drivers/e.h": b"foo\n",
    "include/binary.h": b"\0foo\n",
}
WORDS = ["foo", "foo_bar", "FOO", "last", "1", "nowhere", "fo", "bar"]


def _index(files: dict[str, bytes]) -> HeaderWords:
    return HeaderWords(io.BytesIO(pack([path for path in sorted(files) if is_indexed(path)], files.get)))


def _state(tree: Tree) -> State:
    return State(tree, Knowledge(next(iter(TOOLCHAINS.values()))))


def test_the_index_answers_as_a_search_does() -> None:
    found = _index(FILES).search(WORDS, FILES.get, 10)
    searched = MemoryTree(FILES).search(WORDS)
    assert found == {word: tuple(one for one in searched[word] if is_indexed(one.path)) for word in WORDS}
    assert found["foo"]


def test_a_word_of_many_headers_is_an_everyday_one() -> None:
    found = _index(FILES).search(["foo", "FOO"], FILES.get, 1)
    assert found["foo"] is None
    assert found["FOO"] is not None


@pytest.mark.parametrize("damage", [b"", b"kmiglint", b"x" * 5000])
def test_what_is_no_index_is_refused(damage: bytes) -> None:
    with pytest.raises(ValueError, match=r"^$"):
        HeaderWords(io.BytesIO(damage))


def test_a_cut_index_is_refused() -> None:
    whole = pack(["include/a.h"], FILES.get)
    with pytest.raises(ValueError, match=r"^$"):
        HeaderWords(io.BytesIO(whole[:200]))


def test_words_with_letters_of_no_name_are_nowhere() -> None:
    assert _index(FILES).files("ö") == ()
    assert _index(FILES).files("a b") == ()
    assert _index(FILES).files("") == ()


def test_a_state_looks_at_the_changed_headers_too() -> None:
    base = MemoryTree(FILES)
    changed = OverlayTree(
        base,
        {
            "include/linux/a.h": Entry("100644", b"\nint foo_bar;\n"),
            "include/linux/b.h": None,
            "include/new.h": Entry("100644", b"foo\n"),
            "drivers/e.h": Entry("100644", b"foo foo_bar\n"),
        },
    )
    knowledge = Knowledge(next(iter(TOOLCHAINS.values())))
    before, after = State(base, knowledge), State(changed, knowledge)
    for state in (after, before, after):
        searched = state.search(WORDS)
        expected = {word: tuple(one for one in searched[word] if is_indexed(one.path)) for word in WORDS}
        assert state.headers(WORDS) == expected


@pytest.mark.kernel
def test_a_real_index_answers_as_git_grep_does(tmp_path: Path) -> None:
    tree = open_tree(kernel_tree("6.12"), None)
    words = ["partition_sched_domains", "kfree", "seccomp", "ARRAY_SIZE", "no_such_word_at_all"]
    searched = tree.search(words, ("arch", "include"))
    expected = {word: tuple(one for one in searched[word] if is_indexed(one.path)) for word in words}
    assert _state(tree).headers(words) == expected
