"""The Kconfig files of all architectures as text."""

from __future__ import annotations

from lint.kconfig.textual import KconfigText, read_file, read_tree
from lint.snapshot.memory import MemoryTree
from lint.snapshot.overlay import Entry, OverlayTree

FILES = {
    "arch/one/Kconfig": b"config A\n\tdef_bool y\n\tselect B\n\tselect B if X\n\tselect C\n",
    "lib/Kconfig.debug": b"  menuconfig B\n\tbool\n\tselect D\n",
    "lib/b.c": b"config C\n",
}


def test_entries_of_all_architectures_count() -> None:
    tree = MemoryTree(FILES)
    assert KconfigText(tree, read_tree(tree)).entries == {"A", "B"}


def test_selects_are_counted_and_followed() -> None:
    tree = MemoryTree(FILES)
    text = KconfigText(tree, read_tree(tree))
    assert text.selects["A"] == {"B": 2, "C": 1}
    assert text.reach(["A"]) == {"B", "C", "D"}
    assert text.always == {"A"}


def test_changed_files_stand_for_those_of_the_base() -> None:
    base = MemoryTree(FILES)
    changed = {"arch/one/Kconfig": Entry("100644", b"config NEW\n"), "lib/Kconfig.debug": None, "x.c": None}
    tree = OverlayTree(base, changed)
    assert KconfigText(tree, read_tree(base)).entries == {"NEW"}


def test_odd_text_is_no_error() -> None:
    assert read_file(b"select X\nconfig\n\xff config Y\nconfig Z extra").entries == ("Z",)
