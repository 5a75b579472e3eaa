"""Options that a patch takes away, and the new ones that are the same by another name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from lint.change import Change
from lint.config_uses import CODE_SUFFIXES, is_makefile
from lint.kconfig.scan import is_kconfig_file
from lint.kconfig.statements import Statement, statements
from lint.snapshot.apply import FileChange

_TYPES = frozenset({"bool", "boolean", "tristate", "int", "hex", "string", "def_bool", "def_tristate"})
_OUTSIDE = frozenset({"choice", "endchoice", "menu", "endmenu", "if", "endif", "source", "comment"})
_HELP = re.compile(r"[ \t]*(?:---)?help(?:---)?[ \t]*")
# Alike names alone prove nothing; with nearly the same definition they are one option.
_ALIKE_NAME = 0.6
_ALIKE_BODY = 0.8
_FEWEST_HELP_WORDS = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """One config entry as it is written: its statements without the first line, and the words of its help text."""

    symbol: str
    path: str
    line: int
    prompt: str
    body: tuple[Statement, ...]
    help: tuple[str, ...]


def gone_options(change: Change) -> list[Entry]:
    """The entries with a prompt that the change removes, where no entry of the symbol is left anywhere."""
    found: dict[str, Entry] = {}
    for file in _kconfig_files(change):
        kept = {one.symbol for one in entries(file.new_path, file.after)}
        for entry in entries(file.old_path, file.before):
            if entry.prompt and entry.symbol not in kept and entry.line in file.removed:
                found.setdefault(entry.symbol, entry)
    defined = change.after.kconfig_text.entries if found else frozenset()
    return [entry for symbol, entry in found.items() if symbol not in defined]


def new_name(change: Change, old: Entry) -> Entry | None:
    """The option that the change adds in the place of one that goes; None when it adds none that is the same."""
    known = change.before.kconfig_text.entries
    best: tuple[int, float] = (0, 0.0)
    chosen: Entry | None = None
    for file in _kconfig_files(change):
        for entry in entries(file.new_path, file.after):
            if entry.line not in file.added or entry.symbol in known or not entry.prompt:
                continue
            near = _ratio(old.symbol, entry.symbol)
            rank = (_evidence(change, old, entry, near), near)
            if rank[0] and rank > best:
                best, chosen = rank, entry
    return chosen


def takes_over(entry: Entry) -> bool:
    """Whether an option is on by default, whatever else is set."""
    for one in entry.body:
        words = [token.text for token in one.tokens]
        if words == ["y"] and one.word in ("default", "def_bool", "def_tristate"):
            return True
    return False


def entries(path: str, text: bytes | None) -> Iterator[Entry]:
    """Every config entry of a Kconfig file."""
    if not text or not is_kconfig_file(path):
        return
    lines = text.decode("utf-8", "replace").split("\n")
    found = statements(text)
    starts = [index for index, one in enumerate(found) if one.word in ("config", "menuconfig") or one.word in _OUTSIDE]
    for index, following in zip(starts, [*starts[1:], len(found)], strict=True):
        first = found[index]
        if first.word in _OUTSIDE or not first.owner:
            continue
        body = found[index + 1 : following]
        end = found[following].line - 1 if following < len(found) else len(lines)
        prompt = next((one.tokens[0].text for one in body if _is_prompt(one)), "")
        yield Entry(first.owner, path, first.line, prompt, body, _help(lines[first.line : end]))


def _kconfig_files(change: Change) -> list[FileChange]:
    return [
        file
        for file in change.files
        if not file.fragment and not file.binary and (is_kconfig_file(file.old_path) or is_kconfig_file(file.new_path))
    ]


def _is_prompt(one: Statement) -> bool:
    return (one.word in _TYPES or one.word == "prompt") and bool(one.tokens) and one.tokens[0].quoted


def _help(lines: list[str]) -> tuple[str, ...]:
    start = next((number for number, line in enumerate(lines, 1) if _HELP.fullmatch(line)), len(lines))
    return tuple(word for line in lines[start:] for word in line.split())


def _evidence(change: Change, old: Entry, new: Entry, near: float) -> int:
    """How many things say that two entries are the same option: prompt, help, definition, users."""
    same_prompt = _plain(old.prompt) == _plain(new.prompt)
    same_help = len(old.help) >= _FEWEST_HELP_WORDS and old.help == new.help
    said = [" ".join([one.word, *(token.text for token in one.tokens)]) for one in old.body]
    says = [" ".join([one.word, *(token.text for token in one.tokens)]) for one in new.body]
    same_body = near >= _ALIKE_NAME and _ratio(said, says) >= _ALIKE_BODY
    return same_prompt + same_help + same_body + _is_swapped(change, old.symbol, new.symbol)


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _ratio(one: str | list[str], other: str | list[str]) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _is_swapped(change: Change, old: str, new: str) -> bool:
    """Whether the users of the old name use the new one now, on lines that say the same otherwise."""
    word = re.compile(rb"\bCONFIG_%b(_MODULE)?\b" % old.encode())
    swapped = rb"CONFIG_%b\1" % new.encode()
    for file in change.files:
        if not (is_makefile(file.path) or file.path.endswith(CODE_SUFFIXES)) or file.before is None:
            continue
        gone = {line for _, line in change.removed_lines(file) if word.search(line)}
        if gone and {word.sub(swapped, line).strip() for line in gone} & {
            line.strip() for _, line in change.added_lines(file)
        }:
            return True
    return False
