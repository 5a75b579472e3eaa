"""Configurations that lie in the tree: the defconfigs of architectures, fragments, those of tests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lint.change import Change
from lint.snapshot.tree import Occurrence
from lint.state import State

_PATH = re.compile(r"(?:arch/[^/]+/configs/|kernel/configs/).|.*(?:_defconfig|\.config|/\.?kunitconfig|/config)\Z")
_SETTING = re.compile(rb"[ \t]*+(?:#[ \t]*+)?CONFIG_(?P<name>[A-Za-z0-9_]++)(?:=(?P<value>.*+)| is not set\b.*+)\Z")


@dataclass(frozen=True, slots=True)
class Setting:
    """A line of a configuration that says something of a symbol; ``value`` is ``n`` for what is not set."""

    symbol: str
    value: str
    path: str
    line: int


def is_defconfig(path: str) -> bool:
    """Whether a file is a configuration, or a part of one, by its name and place."""
    return _PATH.match(path) is not None


def settings_of(state: State, symbol: str) -> list[Setting]:
    """What the configurations of a state say of a symbol, by file and line."""
    word = f"CONFIG_{symbol}"
    found = (_setting(one) for one in state.search([word])[word] if is_defconfig(one.path))
    return [one for one in found if one is not None and one.symbol == symbol]


def added_settings(change: Change) -> Iterator[Setting]:
    """What the change adds to configurations."""
    for file in change.files:
        if not file.binary and is_defconfig(file.new_path):
            yield from _settings(file.new_path, change.added_lines(file))


def removed_settings(change: Change) -> Iterator[Setting]:
    """What the change removes from configurations."""
    for file in change.files:
        if not file.binary and is_defconfig(file.old_path):
            yield from _settings(file.old_path, change.removed_lines(file))


def _settings(path: str, lines: Iterable[tuple[int, bytes]]) -> Iterator[Setting]:
    for number, text in lines:
        if found := _SETTING.match(text.rstrip()):
            yield Setting(found["name"].decode("ascii"), _value(found), path, number)


def _setting(one: Occurrence) -> Setting | None:
    found = _SETTING.match(one.text.rstrip())
    return Setting(found["name"].decode("ascii"), _value(found), one.path, one.line) if found else None


def _value(found: re.Match[bytes]) -> str:
    return "n" if found["value"] is None else found["value"].decode("utf-8", "replace")
