"""Words of flags as the tree declares them: which name is which bit, under which condition, how wide a word is."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from lint.cparse.facts import FileFacts
from lint.cparse.model import Definition, Kind
from lint.logic import And, Atom, Formula, Not, atoms, both, truth
from lint.migrations.model import Word
from lint.state import State

MAX_DEPTH = 12  # macros that stand for macros
MAX_ATOMS = 10
MAX_BIT = 4096
_INCLUDE_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Flag:
    """One bit number of a word. ``fallback``: it is only another flag's name, or defined unless somebody else did."""

    name: str
    bit: int
    path: str
    line: int
    column: int
    condition: Formula
    fallback: bool


@dataclass(frozen=True, slots=True)
class Reserved:
    """The bits (first and last) that a generic header leaves to architectures, and where it says so."""

    first: int
    last: int
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class FlagWord:
    """All bits of one word that one header sees: its own and those of what it includes."""

    word: Word
    path: str
    flags: tuple[Flag, ...]
    reserved: Reserved | None
    member: Definition | None


def flag_word(state: State, path: str, arch: str | None, word: Word) -> FlagWord:
    """The bits of a word as a header of an architecture (None: of all) sees them."""
    found = list(_headers(state, path, arch, word.bit_prefix))
    known: dict[str, Definition] = {}
    for file, _ in found:
        for item in file.definitions.items:
            if item.kind in (Kind.MACRO, Kind.ENUMERATOR) and item.params is None:
                known.setdefault(item.name, item)
    implicit: dict[str, int | None] = {}
    for file, _ in found:
        implicit.update(enumerator_values(file, known))
    defined = frozenset(item.name for file, _ in found for item in file.definitions.items if item.kind is Kind.MACRO)
    flags = [f for file, under in found for f in _flags(file, under, word, known, implicit, defined)]
    members = (
        item
        for file, _ in found
        for item in file.definitions_of(word.member)
        if item.kind is Kind.MEMBER and item.scope == word.struct
    )
    reserved = (r for file, _ in found[1:] if (r := _reserved(file)) is not None)
    own = _reserved(found[0][0]) if found else None
    return FlagWord(word, path, tuple(flags), next(reserved, own), next(members, None))


def width(member: Definition | None) -> int | None:
    """The bits of a member by its type: 0 for ``long``, which is as wide as the machine; None when not known."""
    words = set(re.findall(r"\w+", member.type)) if member is not None else set()
    if words & {"u64", "__u64", "uint64_t", "atomic64_t"} or (member is not None and "long long" in member.type):
        return 64
    if words & {"long", "ulong", "atomic_long_t"}:
        return 0
    if words & {"u32", "__u32", "uint32_t"}:
        return 32
    if words & {"u16", "__u16", "short"}:
        return 16
    if words & {"u8", "__u8", "char"}:
        return 8
    return 32 if words & {"int", "unsigned", "signed"} else None


_CASTS = frozenset({"UL", "ULL", "U", "_UL", "_ULL", "_U", "_AC", "UL_"})
_BITS = frozenset({"BIT", "BIT_ULL", "_BITUL", "_BITULL", "_BIT"})
_NUMBER = re.compile(r"(0[xX][0-9a-fA-F]+|[0-9]+)[uUlL]*\Z")
_TOKEN = re.compile(r"\s*(\w+|<<|\S)")
_NAME = re.compile(r"[A-Za-z_]\w*\Z")


def evaluate(text: str, value_of: Callable[[str], int | None]) -> int | None:
    """The value of a constant expression of ``+ - << |`` and masks of one bit; None for anything else."""
    if len(text) > 400:
        return None
    tokens = _TOKEN.findall(text)
    if not tokens or len(tokens) > 80:
        return None
    value, rest = _sum(tokens, value_of, 0)
    return value if not rest else None


_LEVELS = (("|",), ("<<",), ("+", "-"))


def _sum(
    tokens: list[str], value_of: Callable[[str], int | None], level: int, depth: int = 0
) -> tuple[int | None, list[str]]:
    if depth > MAX_DEPTH:
        return None, []
    if level == len(_LEVELS):
        return _operand(tokens, value_of, depth)
    left, rest = _sum(tokens, value_of, level + 1, depth)
    while rest and rest[0] in _LEVELS[level]:
        mark = rest[0]
        right, rest = _sum(rest[1:], value_of, level + 1, depth)
        if left is None or right is None or (mark == "<<" and not 0 <= right <= MAX_BIT):
            return None, rest
        left = (
            left | right
            if mark == "|"
            else left << right
            if mark == "<<"
            else left + (right if mark == "+" else -right)
        )
    return left, rest


def _operand(tokens: list[str], value_of: Callable[[str], int | None], depth: int) -> tuple[int | None, list[str]]:
    if not tokens:
        return None, []
    head, rest = tokens[0], tokens[1:]
    if head == "(":
        value, rest = _sum(rest, value_of, 0, depth + 1)
        return (value, rest[1:]) if rest[:1] == [")"] else (None, rest)
    if number := _NUMBER.match(head):
        digits = number[1]
        octal = len(digits) > 1 and digits[0] == "0" and digits.isdigit()
        return (
            int(digits, 8) if octal and not set(digits) & set("89") else int(digits, 0) if not octal else None
        ), rest
    if head in _BITS | _CASTS and rest[:1] == ["("]:
        value, rest = _sum(rest[1:], value_of, 0, depth + 1)
        if rest[:1] == [","] and len(rest) > 2:
            rest = rest[2:]
        if rest[:1] != [")"] or value is None or (head in _BITS and not 0 <= value <= MAX_BIT):
            return None, rest
        return (1 << value if head in _BITS else value), rest[1:]
    if _NAME.match(head) and rest[:1] != ["("]:
        return value_of(head), rest
    return None, rest


def resolver(known: Mapping[str, Definition], implicit: Mapping[str, int | None]) -> Callable[[str], int | None]:
    """What a name stands for, through macros that stand for others; ``implicit`` holds counted enumerators."""
    busy: list[str] = []

    def value_of(name: str) -> int | None:
        if name in implicit:
            return implicit[name]
        item = known.get(name)
        if item is None or item.params is not None or not item.value or name in busy or len(busy) > MAX_DEPTH:
            return None
        busy.append(name)
        try:
            return evaluate(item.value, value_of)
        finally:
            busy.pop()

    return value_of


def enumerator_values(file: FileFacts, known: Mapping[str, Definition]) -> dict[str, int | None]:
    """The value of every enumerator of a file; None where it is not known or hangs on a condition."""
    values: dict[str, int | None] = {}
    last: Definition | None = None
    base: Formula = True
    for item in file.definitions.items:
        if item.kind is not Kind.ENUMERATOR:
            continue
        if last is None or last.scope != item.scope or b"}" in file.stripped[last.start : item.start]:
            last, base = None, item.condition
        if item.value:
            values[item.name] = evaluate(item.value, resolver(known, values))
        else:
            before = values.get(last.name) if last is not None else -1
            # What is counted from an enumerator that is not always there is not the same number everywhere.
            steady = last is None or last.condition in (base, item.condition)
            values[item.name] = before + 1 if before is not None and steady else None
        last = item
    return values


def is_alias(value: str) -> bool:
    """Whether a macro's body is nothing but another name."""
    return _NAME.match(value.strip("() ")) is not None


# Numbers about a word, which are no flags of it.
_COUNTS = frozenset(
    {"NR", "NUM", "LAST", "FIRST", "MAX", "MIN", "COUNT", "SHIFT", "MASK", "BITS", "WIDTH", "SIZE", "LEN", "END"}
    | {"START", "NONE", "ALL", "RESERVED", "UNUSED", "OFFSET"}
)


def is_count(name: str) -> bool:
    """Whether a name says that it counts or covers flags (``..._MAX``, ``NR_...``) instead of being one."""
    return bool(_COUNTS & set(name.upper().split("_")))


def _flags(
    file: FileFacts,
    under: Formula,
    word: Word,
    known: Mapping[str, Definition],
    implicit: Mapping[str, int | None],
    defined: frozenset[str],
) -> Iterator[Flag]:
    value_of = resolver(known, implicit)
    for item in file.definitions.items:
        if item.kind not in (Kind.MACRO, Kind.ENUMERATOR) or item.params is not None:
            continue
        if not item.name.startswith(word.bit_prefix) or item.name == word.bit_prefix or is_count(item.name):
            continue
        bit = evaluate(item.value, value_of) if item.kind is Kind.MACRO else implicit.get(item.name)
        if bit is not None and 0 <= bit <= MAX_BIT:
            condition = both((under, item.condition))
            fallback = is_alias(item.value) or _is_fallback(condition, item.name) or _unreachable(condition, defined)
            yield Flag(item.name, bit, item.path, item.line, item.column, condition, fallback)


def _is_fallback(condition: Formula, name: str) -> bool:
    parts = condition.operands if isinstance(condition, And) else (condition,)
    return any(isinstance(part, Not) and part.operand == Atom(f"defined({name})") for part in parts)


def _unreachable(condition: Formula, defined: frozenset[str]) -> bool:
    """Whether a line asks for a macro (``#ifdef HAVE_...``) that none of the headers together defines."""
    parts = condition.operands if isinstance(condition, And) else (condition,)
    for part in parts:
        if isinstance(part, Atom) and part.name.startswith("defined("):
            name = part.name[len("defined(") : -1]
            if not name.startswith(("_", "CONFIG_")) and name not in defined:
                return True
    return False


_RESERVED = re.compile(
    r"bits?\s*\[?\s*([0-9]{1,3})\s*(?:-|\.\.+|to|through|:)\s*([0-9]{1,3})\s*\]?[^.;]{0,30}?\b(?:reserved|free|left|meant)"
    r"\b[^.;]{0,40}?\barch",
    re.IGNORECASE,
)


def _reserved(file: FileFacts) -> Reserved | None:
    if b"rch" not in file.text:
        return None
    for comment in file.comments:
        if match := _RESERVED.search(comment.text):
            first, last = sorted((int(match[1]), int(match[2])))
            return Reserved(first, last, file.path, comment.line)
    return None


def _headers(state: State, path: str, arch: str | None, prefix: str) -> Iterator[tuple[FileFacts, Formula]]:
    """A header and the headers below it that hold names of a prefix, with the condition of being included."""
    pending: list[tuple[str, Formula, int]] = [(path, True, 0)]
    seen = {path}
    while pending:
        one, under, depth = pending.pop(0)
        text = state.tree.read(one)
        if text is None or (depth and prefix.encode() not in text):
            continue
        file = state.facts(one)
        if file is None:
            continue
        yield file, under
        for include in file.includes if depth < _INCLUDE_DEPTH else ():
            target = next((p for p in _targets(include.path, one, arch) if state.tree.exists(p)), None)
            if target is not None and target not in seen:
                seen.add(target)
                pending.append((target, both((under, include.condition)), depth + 1))


def _targets(name: str, includer: str, arch: str | None) -> Iterable[str]:
    if ".." not in name:
        if arch:
            yield f"arch/{arch}/include/{name}"
        yield f"include/{name}"
        if name.startswith("asm/"):
            yield f"include/asm-generic/{name.removeprefix('asm/')}"
        yield posixpath.join(posixpath.dirname(includer), name)


def satisfiable(formula: Formula) -> bool:
    """Whether some truth values of its atoms make a formula true; True when there are too many atoms to try."""
    names = sorted(set(atoms(formula)))
    if len(names) > MAX_ATOMS:
        return True
    return any(truth(formula, dict(zip(names, row, strict=True))) for row in product((True, False), repeat=len(names)))


def possible(state: State, archs: Iterable[str], formula: Formula) -> bool:
    """Whether a configuration of one of the architectures makes a formula true; without any, whether some values do."""
    if not satisfiable(formula):
        return False
    archs = tuple(archs)
    if not archs or not any(name.removeprefix("defined(").startswith("CONFIG_") for name in atoms(formula)):
        return True
    return any(state.solver(arch).possible(formula) for arch in archs)
