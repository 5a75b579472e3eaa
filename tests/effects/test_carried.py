"""An edit that is carried over to another architecture gives what a parse gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from lint.effects.carried import carried
from lint.kconfig.model import Kconfig, Select, Symbol
from lint.kconfig.parse import parse_kconfig
from lint.kconfig.toolchain import TOOLCHAINS
from lint.snapshot.memory import MemoryTree
from tests.samples import read_base

FILES = read_base("many-archs")
PATH = "init/Kconfig"


def parsed(text: str, arch: str) -> Kconfig:
    return parse_kconfig(MemoryTree({**FILES, PATH: text.encode()}), arch, TOOLCHAINS["gcc"])


def plain(kconfig: Kconfig) -> dict[str, Symbol]:
    """The symbols, with selects in an order of their own."""
    return {
        name: replace(one, selected_by=_sorted(one.selected_by), implied_by=_sorted(one.implied_by))
        for name, one in kconfig.symbols.items()
    }


def _sorted(selects: Iterable[Select]) -> tuple[Select, ...]:
    return tuple(sorted(selects, key=lambda one: (one.path, one.line, one.target)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("&& !BROKEN", "|| !BROKEN", id="a-dependency"),
        pytest.param("config QUIET\n\tbool\n", "config QUIET\n\tbool\n\tselect BROKEN if SHARED\n", id="a-new-select"),
        pytest.param("config PLAIN\n", "config FRESH\n\tbool 'x'\n\timply QUIET\n\nconfig PLAIN\n", id="a-new-symbol"),
        pytest.param("config HAVE_SHARED\n\tbool\n", "config HAVE_SHARED\n\ttristate\n\tdefault m\n", id="a-type"),
    ],
)
@pytest.mark.parametrize("arch", ["b", "c"])
def test_it_is_what_a_parse_gives(old: str, new: str, arch: str) -> None:
    text = FILES[PATH].decode()
    assert old in text
    changed = text.replace(old, new)
    found = carried(parsed(text, arch), parsed(text, "a"), parsed(changed, "a"), {PATH})
    assert found is not None
    assert plain(found) == plain(parsed(changed, arch))


def test_a_select_that_goes() -> None:
    text = FILES[PATH].decode()
    more = text.replace('bool "Plain"\n', 'bool "Plain"\n\tselect QUIET\n')
    found = carried(parsed(more, "b"), parsed(more, "a"), parsed(text, "a"), {PATH})
    assert found is not None
    assert plain(found) == plain(parsed(text, "b"))


def test_a_symbol_that_goes_is_left_to_the_parser() -> None:
    text = FILES[PATH].decode()
    less = text.replace("config QUIET\n\tbool\n", "")
    assert carried(parsed(text, "b"), parsed(text, "a"), parsed(less, "a"), {PATH}) is None


def test_files_that_an_architecture_does_not_read_change_nothing() -> None:
    text = FILES[PATH].decode()
    base = parsed(text, "b")
    assert carried(base, base, base, {"drivers/Kconfig"}) is base
