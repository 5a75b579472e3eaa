"""Answers of searches outlive a run, and a store that is broken is never in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from lint import cache_search
from lint.cache_search import FILE, SearchStore
from lint.snapshot.grep import Grepped
from lint.snapshot.search import SearchMemo
from lint.snapshot.tree import Occurrence

ODD = Occurrence("dir/ö\udcff.c", 12, b'\tif (a == "\xff\x00|b")')


def test_an_answer_comes_back_as_it_was(tmp_path: Path) -> None:
    plain = Occurrence("a.c", 1, b"")
    SearchStore(tmp_path, "tree").keep(("arch",), {"word": (plain, Occurrence("b.c", 2, b"word")), "none": ()})
    again = SearchStore(tmp_path, "tree").load(("arch",), ["word", "none", "unknown"])
    assert again == {"word": (plain, Occurrence("b.c", 2, b"word")), "none": ()}


def test_odd_bytes_survive(tmp_path: Path) -> None:
    SearchStore(tmp_path, "tree").keep((), {"b": (ODD,)})
    assert SearchStore(tmp_path, "tree").load((), ["b"]) == {"b": (ODD,)}


def test_other_trees_and_places_are_other_answers(tmp_path: Path) -> None:
    SearchStore(tmp_path, "tree").keep(("arch",), {"word": ()})
    assert SearchStore(tmp_path, "tree2").load(("arch",), ["word"]) == {}
    assert SearchStore(tmp_path, "tree").load((), ["word"]) == {}


def test_a_large_answer_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_search, "MAX_ANSWER", 10)
    SearchStore(tmp_path, "tree").keep((), {"word": (Occurrence("a.c", 1, b"x" * 20),)})
    assert SearchStore(tmp_path, "tree").load((), ["word"]) == {}


def test_a_file_that_is_no_database_is_replaced(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"not a database" * 100)
    store = SearchStore(tmp_path, "tree")
    store.keep((), {"word": ()})
    assert SearchStore(tmp_path, "tree").load((), ["word"]) == {"word": ()}


def test_a_store_that_grew_too_large_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    SearchStore(tmp_path, "tree").keep((), {"word": ()})
    monkeypatch.setattr(cache_search, "MAX_BYTES", 1)
    assert SearchStore(tmp_path, "tree").load((), ["word"]) == {}


def test_without_a_place_nothing_is_kept(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no directory")
    for store in (SearchStore(None, "tree"), SearchStore(blocked / "below", "tree")):
        store.keep((), {"word": ()})
        assert store.load((), ["word"]) == {}


def test_a_memo_searches_only_for_what_the_store_lacks(tmp_path: Path) -> None:
    asked: list[list[str]] = []

    def find(words: object, within: tuple[str, ...]) -> Grepped:
        assert isinstance(words, list)
        asked.append(words)
        return Grepped({word: [Occurrence("a.c", 1, word.encode())] for word in words})

    for wanted in (["one"], ["one", "two"], ["two"]):
        memo = SearchMemo(find)
        memo.remember(SearchStore(tmp_path, "tree"))
        assert list(memo.search(wanted)) == wanted
    assert asked == [["one"], ["two"]]


def test_a_truncated_answer_is_not_kept(tmp_path: Path) -> None:
    memo = SearchMemo(lambda words, within: Grepped({word: [] for word in words}, truncated=True))
    memo.remember(SearchStore(tmp_path, "tree"))
    memo.search(["word"])
    assert memo.problems
    assert SearchStore(tmp_path, "tree").load((), ["word"]) == {}
