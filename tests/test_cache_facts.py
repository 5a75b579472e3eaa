"""Facts of files outlive a run, by content, and a store that is broken is never in the way."""

from __future__ import annotations

import pickle
import sqlite3
from pathlib import Path

import pytest

from lint import cache_facts
from lint.cache_facts import FILE, FactStore
from lint.cparse.conditions import Conditions
from lint.cparse.definitions import definitions
from lint.cparse.model import Definitions

TEXT = b"#ifdef CONFIG_A\nint a(void);\n#else\n#define a() 0\n#endif\nstruct s { int m; };\n"


def _made() -> Definitions:
    return definitions("include/a.h", TEXT)


def _refused() -> Definitions:
    raise AssertionError("it is known")


def test_what_was_kept_comes_back_equal(tmp_path: Path) -> None:
    store = FactStore(tmp_path)
    made = store.kept("definitions", "include/a.h", "01ab", Definitions, _made)
    store.flush()
    assert FactStore(tmp_path).kept("definitions", "include/a.h", "01ab", Definitions, _refused) == made == _made()


def test_conditions_answer_as_before(tmp_path: Path) -> None:
    store = FactStore(tmp_path)
    made = Conditions.of(TEXT)
    store.kept("conditions", "a.h", "01", Conditions, lambda: made)
    store.flush()
    again = FactStore(tmp_path).kept("conditions", "a.h", "01", Conditions, lambda: Conditions((), ()))
    assert [again.at(line) for line in range(1, 8)] == [made.at(line) for line in range(1, 8)]


@pytest.mark.parametrize(
    ("kind", "path", "blob"), [("other", "a.h", "01"), ("definitions", "b.h", "01"), ("definitions", "a.h", "02")]
)
def test_another_kind_path_or_content_is_another_fact(tmp_path: Path, kind: str, path: str, blob: str) -> None:
    store = FactStore(tmp_path)
    store.kept("definitions", "a.h", "01", Definitions, _made)
    store.flush()
    assert FactStore(tmp_path).kept(kind, path, blob, Definitions, Definitions) == Definitions()


def test_what_has_no_name_is_not_kept(tmp_path: Path) -> None:
    store = FactStore(tmp_path)
    store.kept("definitions", "a.h", "", Definitions, _made)
    store.flush()
    assert FactStore(tmp_path).kept("definitions", "a.h", "", Definitions, Definitions) == Definitions()


def test_another_type_is_made_anew(tmp_path: Path) -> None:
    store = FactStore(tmp_path)
    store.kept("kind", "a.h", "01", tuple, lambda: ("a",))
    store.flush()
    assert FactStore(tmp_path).kept("kind", "a.h", "01", Definitions, _made) == _made()


def test_foreign_classes_are_refused(tmp_path: Path) -> None:
    store = FactStore(tmp_path)
    store.kept("kind", "a.h", "01", tuple, tuple)
    store.flush()
    with sqlite3.connect(tmp_path / FILE) as database:
        database.execute("UPDATE facts SET value = ?", (b"." + pickle.dumps((Path("x"),)),))
    assert FactStore(tmp_path).kept("kind", "a.h", "01", tuple, lambda: ("made",)) == ("made",)


@pytest.mark.parametrize("damage", [b"", b"z", b".", b"znonsense", None, "text", 3])
def test_damaged_values_are_made_anew(tmp_path: Path, damage: object) -> None:
    store = FactStore(tmp_path)
    store.kept("kind", "a.h", "01", tuple, tuple)
    store.flush()
    with sqlite3.connect(tmp_path / FILE) as database:
        database.execute("UPDATE facts SET value = ?", (damage,))
    assert FactStore(tmp_path).kept("kind", "a.h", "01", tuple, lambda: ("made",)) == ("made",)


def test_large_facts_are_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_facts, "MAX_FACT", 10)
    store = FactStore(tmp_path)
    store.kept("definitions", "a.h", "01", Definitions, _made)
    store.flush()
    assert FactStore(tmp_path).kept("definitions", "a.h", "01", Definitions, Definitions) == Definitions()


def test_without_a_place_everything_is_made(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no directory")
    for store in (FactStore(None), FactStore(blocked / "below")):
        assert store.kept("definitions", "a.h", "01", Definitions, _made) == _made()
        store.flush()
