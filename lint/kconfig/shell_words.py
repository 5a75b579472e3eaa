"""Splits a shell command into lists of pipelines of commands, without knowing what any of them means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MAX_GROUPS: Final = 8
_piece: Final = re.compile(
    r"(?P<space>[ \t\n]+)"
    r"|(?P<redirect>[0-9]?(?:>>|>&|>|<)&?)"
    r"|(?P<operator>&&|\|\||[;|&()])"
    r"|(?P<single>'[^']*')"
    r"|(?P<double>\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<escape>\\.)"
    r"|(?P<plain>[^ \t\n\"'\\<>;|&()]+)",
    re.DOTALL,
).match
_variable: Final = re.compile(r"\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\}|(\$))")
_escaped: Final = re.compile(r"\\([\\\"$`])")


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a pipeline: its words, or the steps of a group; ``quiet``: its output goes elsewhere."""

    words: tuple[str, ...]
    group: tuple[Step, ...] = ()
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A pipeline, and what joins it to the one before: ``;``, ``&&`` or ``||``; ``negated`` by a leading ``!``."""

    joint: str
    pipeline: tuple[Command, ...]
    negated: bool = False


class NotCovered(Exception):
    """The command uses more of the shell than is covered here."""


def steps(command: str, variables: Mapping[str, str]) -> tuple[Step, ...]:
    """The pipelines of a command with quotes and variables resolved; ``$1`` to ``$9`` stay as they are.

    Raises NotCovered for command substitution, control structures and anything else.
    """
    return _List(_words(command, variables)).read(())


def _words(command: str, variables: Mapping[str, str]) -> list[tuple[str, bool]]:
    result: list[tuple[str, bool]] = []
    i, open_word = 0, False
    while i < len(command):
        match = _piece(command, i)
        if match is None:
            raise NotCovered("a quote is not closed")
        i, kind, text = match.end(), match.lastgroup, match.group()
        if kind == "space":
            open_word = False
            continue
        if kind in ("operator", "redirect"):
            if text == "(" and open_word:
                raise NotCovered("command substitution or a function")
            result.append((text, True))
            open_word = False
            continue
        if kind == "single":
            text = text[1:-1]
        elif kind == "double":
            text = _escaped.sub(r"\1", _expand(text[1:-1], variables))
        elif kind == "escape":
            text = text[1:]
        else:
            if "`" in text:
                raise NotCovered("command substitution")
            if text in ("{", "}", "!") and not open_word:
                result.append((text, True))
                continue
            expanded = _expand(text, variables)
            if not expanded and not open_word:
                continue
            text = expanded
        if open_word:
            result[-1] = (result[-1][0] + text, False)
        else:
            result.append((text, False))
        open_word = True
    return result


def _expand(text: str, variables: Mapping[str, str]) -> str:
    if "$" not in text:
        return text
    return _variable.sub(lambda m: "0" if m.group(3) else variables.get(m.group(1) or m.group(2), ""), text)


class _List:
    def __init__(self, words: list[tuple[str, bool]]) -> None:
        self._words = words
        self._i = 0
        self._depth = 0

    def read(self, ends: tuple[str, ...]) -> tuple[Step, ...]:
        found: list[Step] = []
        joint = ";"
        while True:
            if self._operator() in ends or self._i >= len(self._words):
                return tuple(found)
            found.append(self._pipeline(joint))
            sign = self._operator()
            if sign in ("&&", "||", ";"):
                joint = sign
                self._i += 1
            elif sign is not None and sign not in ends:
                raise NotCovered(f"'{sign}'")

    def _operator(self) -> str | None:
        if self._i < len(self._words):
            text, operator = self._words[self._i]
            return text if operator else None
        return None

    def _pipeline(self, joint: str) -> Step:
        negated = False
        while self._operator() == "!":
            negated = not negated
            self._i += 1
        commands = [self._command()]
        while self._operator() == "|":
            self._i += 1
            commands.append(self._command())
        return Step(joint, tuple(commands), negated)

    def _command(self) -> Command:
        group: tuple[Step, ...] = ()
        opened = self._operator()
        if opened in ("{", "("):
            self._depth += 1
            if self._depth > MAX_GROUPS:
                raise NotCovered("groups nested too deeply")
            self._i += 1
            closer = "}" if opened == "{" else ")"
            group = self.read((closer,))
            if self._operator() != closer:
                raise NotCovered("a group is not closed")
            self._i += 1
            self._depth -= 1
        words: list[str] = []
        quiet = False
        while self._i < len(self._words):
            text, operator = self._words[self._i]
            if not operator or (text in ("!", "{", "}") and words):
                words.append(text)
                self._i += 1
            elif text[-1] in "<>&" and text not in ("&", "&&"):
                self._i += 1
                if self._i >= len(self._words) or self._words[self._i][1]:
                    raise NotCovered("a redirection without its file")
                quiet = quiet or text in (">", "1>", ">>")
                self._i += 1
            else:
                break
        if not words and not group:
            raise NotCovered("an empty command")
        if words and group:
            raise NotCovered("words behind a group")
        return Command(tuple(words), group, quiet)
