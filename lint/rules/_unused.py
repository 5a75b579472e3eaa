"""Who uses a name that is only a number or a switch: lines of code that are neither its definition nor a comment."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lint.cparse.facts_source import source
from lint.resolve import arch_of, is_host
from lint.snapshot.tree import Occurrence
from lint.state import State

_DIRECTIVE = re.compile(rb"\s*+#\s*+(define|undef|ifdef|ifndef)\s++(\w++)")
_CODE = (".c", ".h", ".S", ".s", ".lds", ".inc", ".rs")
_TEXTS = ("Documentation/", "LICENSES/", "MAINTAINERS", "CREDITS")


@dataclass(frozen=True, slots=True)
class Question:
    """Names of one thing, and who may use them: code of ``arch`` and of all (None: any code)."""

    names: tuple[str, ...]
    arch: str | None
    asked_by_ifdef: bool  # #ifdef NAME is a use


def is_used(state: State, question: Question, own: Collection[tuple[str, int]]) -> bool:
    """Whether something uses one of the names; ``own`` are path and line of definitions."""
    found = state.search(question.names)
    for name in question.names:
        for one in found[name]:
            if (one.path, one.line) not in own and _is_use(state, question, one, name):
                return True
    return False


def _is_use(state: State, question: Question, one: Occurrence, name: str) -> bool:
    arch = arch_of(one.path)
    if is_host(one.path) or one.path.startswith(_TEXTS) or (question.arch and arch not in (None, question.arch)):
        return False
    directive = _DIRECTIVE.match(one.text)
    if directive is not None:
        if directive[1] != b"define" and not question.asked_by_ifdef:
            return False
        if directive[1] == b"define" and directive[2].decode() in question.names:
            return False
    return _is_code(state, one, name)


def _is_code(state: State, one: Occurrence, name: str) -> bool:
    """Whether a word of a line is no comment; what is no C counts (makefiles read the numbers of offsets)."""
    if not one.path.endswith(_CODE):
        return not one.path.endswith((".rst", ".txt", ".md"))
    text = state.tree.read(one.path)
    if text is None:
        return False
    src = source(one.path, text)
    start = src.lines.start(one.line)
    end = src.uncommented.find(b"\n", start)
    return name.encode() in src.uncommented[start : end if end >= 0 else None]


def is_pasted_somewhere(state: State, short: str, prefixes: Collection[str], arch: str | None) -> bool:
    """Whether a macro is called with what is left of a name, and pastes one of the prefixes to it."""
    argument = re.compile(rb"\w\s*+\([^()]*(?<!\w)%b(?!\w)[^()]*\)" % re.escape(short.encode()))
    known: dict[str, bool] = {}
    for one in _elsewhere(state.search([short])[short], arch):
        file = state.facts(one.path) if argument.search(one.text) else None
        for call in file.calls(None, (one.line, one.line)) if file is not None else ():
            if short in call.arguments:
                if call.name not in known:
                    known[call.name] = _pastes(state, call.name, prefixes)
                if known[call.name]:
                    return True
    return False


def _pastes(state: State, macro: str, prefixes: Collection[str]) -> bool:
    define = re.compile(rb"\s*+#\s*+define\s++%b\(" % re.escape(macro.encode()))
    for path in dict.fromkeys(one.path for one in state.search([macro])[macro] if define.match(one.text)):
        file = state.facts(path)
        if file is not None and any(one.macro == macro and one.prefix in prefixes for one in file.pastes):
            return True
    return False


def _elsewhere(found: Collection[Occurrence], arch: str | None) -> Iterator[Occurrence]:
    for one in found:
        if one.path.endswith(_CODE) and not is_host(one.path) and (not arch or arch_of(one.path) in (None, arch)):
            yield one
