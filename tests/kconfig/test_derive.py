"""A Kconfig that is derived from that of another state is what a parse of its own gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from lint.kconfig.derive import derived
from lint.kconfig.model import Kconfig, Select, Symbol
from lint.kconfig.parse import parse_kconfig
from lint.kconfig.toolchain import GCC
from lint.snapshot.memory import MemoryTree

FILES: Mapping[str, str] = {
    "scripts/Kconfig.include": "cc-option = $(success,$(CC) -Werror $(1))\nsuccess = $(shell,{ $(1); } && echo y)\n",
    "Kconfig": """\
source "scripts/Kconfig.include"

config MODULES
	bool "Modules"
	modules

source "arch/$(SRCARCH)/Kconfig"

if ONE
source "drivers/Kconfig"
endif
""",
    "arch/one/Kconfig": """\
config ONE
	def_bool y
	select SUMS if CC_NEW

config CC_NEW
	def_bool $(cc-option,-fnew)

choice
	prompt "Speed"

config FAST
	bool "Fast"

config SLOW
	bool "Slow"

endchoice
""",
    "drivers/Kconfig": """\
menu "Drivers"
	visible if FAST

config SUMS
	tristate "Sums"
	depends on MODULES

config UART
	bool "Port"
	select SUMS
	default m

source "drivers/more/Kconfig"
endmenu
""",
    "drivers/more/Kconfig": "config MORE\n\tbool 'More'\n\tdepends on UART\n\tselect SUMS\n",
}


def tree(*edits: tuple[str, str, str]) -> MemoryTree:
    files = dict(FILES)
    for path, old, new in edits:
        assert old in files.get(path, ""), path
        files[path] = files.get(path, "").replace(old, new)
    return MemoryTree({path: text.encode() for path, text in files.items()})


def derive(*edits: tuple[str, str, str], added: Mapping[str, str] | None = None) -> tuple[Kconfig | None, Kconfig]:
    """The derived Kconfig, and the parsed one."""
    before, after = tree(), tree(*edits)
    if added:
        after = MemoryTree({**{path: after.read(path) or b"" for path in FILES}, **_encoded(added)})
    paths = {path for path, *_ in edits} | set(added or ())
    return derived(parse_kconfig(before, "one"), before, after, paths, GCC), parse_kconfig(after, "one")


def _encoded(files: Mapping[str, str]) -> dict[str, bytes]:
    return {path: text.encode() for path, text in files.items()}


def plain(kconfig: Kconfig) -> dict[str, Symbol]:
    """The symbols that something says of, with selects in an order of their own."""
    return {
        name: replace(one, selected_by=_sorted(one.selected_by), implied_by=_sorted(one.implied_by))
        for name, one in kconfig.symbols.items()
        if one.definitions or one.selected_by or one.implied_by
    }


def _sorted(selects: Iterable[Select]) -> tuple[Select, ...]:
    return tuple(sorted(selects, key=lambda one: (one.path, one.line, one.target)))


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(("drivers/Kconfig", "depends on MODULES", "depends on MODULES || !FAST"), id="a-dependency"),
        pytest.param(("drivers/Kconfig", "\tselect SUMS\n", ""), id="a-select-goes"),
        pytest.param(("arch/one/Kconfig", "def_bool y\n", "def_bool y\n\tselect MORE\n"), id="a-select-comes"),
        pytest.param(("drivers/Kconfig", "config UART", "config NEW\n\tint 'x'\n\nconfig UART"), id="a-symbol-comes"),
        pytest.param(("drivers/more/Kconfig", "config MORE", "config LESS"), id="a-symbol-goes"),
        pytest.param(("drivers/more/Kconfig", "'More'", "'More' if $(cc-option,-fmore)"), id="the-compiler-is-asked"),
        pytest.param(("arch/one/Kconfig", "-fnew", "-fnewer"), id="another-answer"),
        pytest.param(("arch/one/Kconfig", "endchoice", "config MEDIUM\n\tbool 'm'\nendchoice"), id="a-member"),
        pytest.param(("arch/one/Kconfig", "endchoice", "endchoice\nconfig SUMS\n\tdefault n\n"), id="another-entry"),
        pytest.param(("drivers/Kconfig", "default m", "default 7 what"), id="a-line-that-is-none"),
        pytest.param(("drivers/Kconfig", "config UART", "if SLOW\nendif\nmenu 'x'\nendmenu\nconfig UART"), id="blocks"),
    ],
)
def test_it_is_what_a_parse_gives(edit: tuple[str, str, str]) -> None:
    found, parsed = derive(edit)
    assert found is not None
    assert plain(found) == plain(parsed)
    assert parsed.symbols.keys() <= found.symbols.keys()
    assert (found.choices, found.files, found.problems) == (parsed.choices, parsed.files, parsed.problems)
    assert (found.modules, found.unknown_commands) == (parsed.modules, parsed.unknown_commands)


def test_a_new_file_is_read_where_it_is_sourced() -> None:
    edit = ("drivers/Kconfig", 'source "drivers/more', 'source "drivers/new/Kconfig"\nsource "drivers/more')
    found, parsed = derive(edit, added={"drivers/new/Kconfig": "config NEW\n\tbool 'New'\n\tdepends on SUMS\n"})
    assert found is not None
    assert plain(found) == plain(parsed)
    assert set(found.files) == set(parsed.files)


def test_files_that_an_architecture_does_not_read_change_nothing() -> None:
    base = parse_kconfig(tree(), "one")
    assert derived(base, tree(), tree(), {"arch/two/Kconfig"}, GCC) is base


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(("drivers/Kconfig", "visible if FAST", "visible if SLOW"), id="around-another-file"),
        pytest.param(("drivers/Kconfig", 'source "drivers/more/Kconfig"', ""), id="a-file-goes"),
        pytest.param(("scripts/Kconfig.include", "-Werror ", ""), id="a-macro"),
        pytest.param(("drivers/Kconfig", "endmenu\n", "endmenu\nhere := y\n"), id="a-new-macro"),
        pytest.param(("Kconfig", "\tmodules\n", ""), id="modules"),
        pytest.param(("arch/one/Kconfig", "endchoice", "endchoice\nchoice\nendchoice"), id="a-choice"),
    ],
)
def test_what_reaches_further_is_left_to_the_parser(edit: tuple[str, str, str]) -> None:
    assert derive(edit)[0] is None
