"""What the Kconfig lines of a patch say themselves: the entries that they belong to, and the symbols that they name."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lint.change import Change
from lint.config_uses import is_symbol
from lint.kconfig.scan import is_kconfig_file
from lint.kconfig.statements import Statement, statements

_ENTRY = ("config", "menuconfig")
_TYPES = frozenset({"bool", "boolean", "tristate", "int", "hex", "string", "prompt"})
# What says nothing of other symbols when the entry that it stands in has a prompt: users decide then as before.
_OWN_BUSINESS = frozenset({"default", "range", "select", "imply", "def_bool", "def_tristate"})


@dataclass(frozen=True, slots=True)
class OwnLines:
    """``entries`` are the config entries with a changed statement, ``named`` all symbols on changed statements.

    ``reaches_out`` tells whether some changed statement can move other symbols for good: not a new or removed option
    with all that it says, no default or select of an option, no prompt text, range or help. ``leaves`` are options that
    select nothing and are otherwise visible now: those move others only where some entry names them.
    """

    entries: frozenset[str]
    named: frozenset[str]
    reaches_out: bool
    leaves: frozenset[str] = frozenset()


def own_lines(change: Change) -> OwnLines:
    """The changed statements of all Kconfig files of a change that applied."""
    entries: set[str] = set()
    named: set[str] = set()
    leaves: set[str] = set()
    reaches_out = False
    for file in change.files:
        if file.fragment or file.binary or not (is_kconfig_file(file.old_path) or is_kconfig_file(file.new_path)):
            continue
        whole = [_by_entry(text) for text in (file.before or b"", file.after or b"")]
        for side, (path, lines) in enumerate(((file.old_path, file.removed), (file.new_path, file.added))):
            if not lines or not is_kconfig_file(path):
                continue
            for one in _changed((file.before, file.after)[side], lines):
                entries.update([one.owner] if one.owner else [])
                named.update(_symbols(one))
                own, other = whole[side].get(one.owner, []), whole[1 - side].get(one.owner, [])
                if _reaches_out(one, own, other):
                    leaf = one.word == "depends" and _is_leaf([*own, *other])
                    leaves.update([one.owner] if leaf else [])
                    reaches_out = reaches_out or not leaf
    return OwnLines(frozenset(entries), frozenset(entries | named), reaches_out, frozenset(leaves))


def _is_leaf(entry: list[Statement]) -> bool:
    """Whether users decide on an option that brings nothing along."""
    return _has_prompt(entry) and not any(one.word in ("select", "imply") for one in entry)


def _has_prompt(entry: list[Statement]) -> bool:
    return any(one.word in _TYPES and any(token.quoted for token in one.tokens[:1]) for one in entry)


def _by_entry(text: bytes) -> dict[str, list[Statement]]:
    found: dict[str, list[Statement]] = {}
    for one in statements(text):
        found.setdefault(one.owner, []).append(one)
    return found


def _changed(text: bytes | None, lines: Collection[int]) -> Iterator[Statement]:
    for one in statements(text or b""):
        if any(number in lines for number in range(one.line, one.end_line + 1)):
            yield one


def _symbols(one: Statement) -> Iterator[str]:
    if one.word not in _TYPES and one.word not in ("source", "menu", "comment", "mainmenu"):
        yield from (token.text for token in one.tokens if is_symbol(token) and token.text not in ("if", "on"))


def _reaches_out(one: Statement, own: list[Statement], other: list[Statement]) -> bool:
    if one.word in ("range", "source", "comment", "option", "mainmenu", "endmenu", "endchoice", "endif"):
        return one.word in ("source", "endif", "endmenu")
    if not one.owner:
        return True
    prompted = _has_prompt(own)
    if not other:  # the entry comes or goes as a whole
        return not prompted and any(s.word in ("select", "imply") for s in own)
    if one.word in _ENTRY:
        return False
    if one.word in _TYPES:
        return len(one.tokens) > 1 or not prompted or not any(s.word in _TYPES and s.tokens[:1] for s in other)
    return not (prompted and one.word in _OWN_BUSINESS)
