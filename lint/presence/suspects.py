"""A cheap first look: which names may have no definition somewhere, judged from single lines of headers.

Most names have an unguarded definition that everyone includes; only the others are worth following.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import product

from lint.logic import And, Atom, Formula, Not, atoms, both, either, negate, truth
from lint.resolve import arch_of
from lint.snapshot.tree import Occurrence
from lint.state import State

_KEYWORDS = frozenset(
    [
        "auto",
        "break",
        "case",
        "char",
        "const",
        "continue",
        "default",
        "do",
        "double",
        "else",
        "enum",
        "extern",
        "float",
        "for",
        "goto",
        "if",
        "inline",
        "int",
        "long",
        "register",
        "restrict",
        "return",
        "short",
        "signed",
        "sizeof",
        "static",
        "struct",
        "switch",
        "typedef",
        "union",
        "unsigned",
        "void",
        "volatile",
        "while",
        "bool",
        "true",
        "false",
        "NULL",
        "define",
        "ifdef",
        "ifndef",
        "endif",
        "elif",
        "include",
        "undef",
        "error",
        "pragma",
        "defined",
        "u8",
        "u16",
        "u32",
        "u64",
        "s8",
        "s16",
        "s32",
        "s64",
        "__u8",
        "__u16",
        "__u32",
        "__u64",
        "size_t",
        "ssize_t",
        "loff_t",
        "typeof",
        "asm",
        "__asm__",
        "__attribute__",
        "__init",
        "__exit",
        "__iomem",
        "__user",
        "uint32_t",
        "uint8_t",
        "uint16_t",
        "uint64_t",
    ]
)
_SHORT = 3
# A name in more lines of headers than this has a definition for everyone.
_MOST_LINES = 3000
_MOST_ATOMS = 7


class Standing(IntEnum):
    """What a line of a header says of a name."""

    NOTHING = 0
    PROMISE = 1
    DEFINITION = 2


@dataclass(frozen=True, slots=True)
class Suspect:
    """A name that not everyone may have.

    ``promised``: a declaration is there for all, so that an object must define it. ``archs``: the architectures to ask
    first; ``lacking``: those whose headers do not have the name at all though others' do. ``mixed``: there is an
    unguarded definition too, which matters for a member of one structure only. ``given`` is when some header seems to
    define it.
    """

    name: str
    promised: bool
    archs: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    mixed: bool = False
    given: Formula = False


def is_worth_asking(name: str) -> bool:
    """Whether a word can be a name that headers define."""
    return len(name) > _SHORT and name not in _KEYWORDS and not name[0].isdigit()


def suspects(state: State, names: Collection[str], arch: str | None) -> dict[str, Suspect]:
    """Those of some names that seem to be guarded wherever headers define them.

    ``arch`` is the architecture of the using file; None for code of all.
    """
    wanted = [name for name in names if is_worth_asking(name)]
    found = state.headers(wanted)
    judged = ((name, _judge(state, name, found[name] or (), arch)) for name in wanted)
    return {name: suspect for name, suspect in judged if suspect is not None}


def _judge(state: State, name: str, places: tuple[Occurrence, ...], arch: str | None) -> Suspect | None:
    if not places or len(places) > _MOST_LINES:
        return None
    word = name.encode()
    conditions: dict[Standing, list[Formula]] = {Standing.PROMISE: [], Standing.DEFINITION: []}
    having: dict[str, bool] = {}
    generic: dict[str, None] = {}
    for one in places:
        own = arch_of(one.path)
        if not one.path.endswith(".h") or (arch is not None and own not in (None, arch)):
            continue
        standing = _standing(one.text, word)
        if standing is Standing.NOTHING:
            continue
        condition = True if is_free(state, one.path) else _lenient(_condition(state, one))
        if own is not None and arch is None:
            having[own] = having.get(own, False) or condition is True
            continue
        if "/asm-generic/" in one.path and arch is None:
            generic[one.path] = None
            if condition is True:
                continue
        conditions[standing].append(condition)
        if standing is Standing.DEFINITION and condition is not True and True in conditions[standing]:
            break
    if any(one is not True for one in conditions[Standing.DEFINITION]) and True in conditions[Standing.DEFINITION]:
        return Suspect(name, False, mixed=True)
    if covers(conditions[Standing.DEFINITION]):
        # for code of an architecture the header itself may stand under a condition
        return Suspect(name, False, (arch,)) if arch is not None and _is_arch_only(places, word) else None
    if covers(conditions[Standing.PROMISE]):
        return Suspect(name, True)
    if arch is not None or not (having or generic):
        given = either(conditions[Standing.DEFINITION])
        return Suspect(name, False, given=given) if any(conditions.values()) else None
    lacking = _lacking(state, word, having, generic)
    partly = tuple(one for one, free in having.items() if not free)
    if not lacking and not partly:
        return None
    return Suspect(name, False, (*lacking[:2], *partly[:2]), lacking)


def _is_arch_only(places: Iterable[Occurrence], word: bytes) -> bool:
    """Whether only headers of one architecture define a name."""
    own = [one for one in places if one.path.endswith(".h") and _standing(one.text, word) is not Standing.NOTHING]
    return all(arch_of(one.path) is not None for one in own)


def _lenient(formula: Formula) -> Formula:
    """A condition with tests of macros that are no CONFIG symbols taken to come out right."""
    return _replaced(formula, sign=True)


def _replaced(formula: Formula, *, sign: bool) -> Formula:
    if isinstance(formula, bool):
        return formula
    if isinstance(formula, Atom):
        return sign if formula.name.startswith("defined(") or "CONFIG_" not in formula.name else formula
    if isinstance(formula, Not):
        return negate(_replaced(formula.operand, sign=not sign))
    parts = [_replaced(part, sign=sign) for part in formula.operands]
    return both(parts) if isinstance(formula, And) else either(parts)


def covers(conditions: Iterable[Formula]) -> bool:
    """Whether one of the conditions holds, whatever their symbols are."""
    whole = either(conditions)
    if isinstance(whole, bool):
        return whole
    names = list(dict.fromkeys(atoms(whole)))
    if len(names) > _MOST_ATOMS:
        return False
    return all(truth(whole, dict(zip(names, row, strict=True))) for row in product((False, True), repeat=len(names)))


def _lacking(state: State, word: bytes, having: Iterable[str], generic: Iterable[str]) -> tuple[str, ...]:
    """The architectures that have neither a line of their own nor the generic header."""
    left = [arch for arch in state.architectures if arch not in having]
    for path in generic:
        name = path.rpartition("/asm-generic/")[2]
        place = "include/uapi" if path.startswith("include/uapi/") else "include"
        left = [arch for arch in left if _replaces(state, f"arch/{arch}/{place}/asm/{name}", path)]
    return tuple(left)


def _replaces(state: State, own: str, generic: str) -> bool:
    """Whether an architecture's own header stands in the place of the generic one, and does not include it."""
    text = state.tree.read(own)
    return text is not None and f"<asm-generic/{generic.rpartition('/asm-generic/')[2]}>".encode() not in text


def _standing(text: bytes, word: bytes) -> Standing:
    """Whether a line looks like a definition of a name, or like a declaration."""
    stripped = text.lstrip()
    if stripped[:1] == b"#":
        define = _DEFINE.match(stripped)
        if define is None or define[1] != word:
            return Standing.NOTHING
        rest = define[2].strip()
        return Standing.NOTHING if rest == word else Standing.DEFINITION
    if stripped[:1] in (b"*", b"/"):
        return Standing.NOTHING
    at = text.find(word)
    after = text[at + len(word) :].lstrip()
    if text[:1] in (b" ", b"\t"):
        enumerator = stripped.startswith(word) and after[:1] in (b",", b"=", b"")
        member = not stripped.startswith(word) and after[:1] in (b";", b"[", b":") and b"=" not in text[:at]
        return Standing.DEFINITION if enumerator or member else Standing.NOTHING
    if text.startswith((b"typedef", b"}", b"static", b"struct %b {" % word)) and b"(" not in text[:at]:
        return Standing.DEFINITION
    if after[:1] == b"(" or text.startswith(b"extern") or b"DECLARE_" in text[:at]:
        return Standing.PROMISE
    return Standing.NOTHING


_DEFINE = re.compile(rb"#\s*define\s+(\w++)(.*)")
_CONDITIONAL = re.compile(rb"^[ \t]*+#[ \t]*+(?:el)?if([^\n]*+(?:\\\n[^\n]*+)*+)", re.M)
_DECIDES = re.compile(rb"CONFIG_|\b[01]\b|\b(?:true|false)\b|/\*|\A[^A-Za-z_]*+\Z")


@lru_cache(maxsize=4096)
def _is_free(text: bytes) -> bool:
    return not any(_DECIDES.search(found[1]) for found in _CONDITIONAL.finditer(text))


def is_free(state: State, path: str) -> bool:
    """Whether no ``#if`` of a header asks for a configuration, or is a constant: cheaper than reading them."""
    return _is_free(state.tree.read(path) or b"")


def _condition(state: State, one: Occurrence) -> Formula:
    file = state.facts(one.path)
    return True if file is None else file.conditions.at(one.line)


def names_on(state: State, path: str, lines: Collection[int]) -> Iterator[str]:
    """The words of the code on some lines of a file that can be names from elsewhere, each once."""
    file = state.facts(path)
    if file is None or not lines:
        return
    seen: set[str] = set()
    for names in file.identifiers_on(lines).values():
        for name in names:
            if name not in seen and is_worth_asking(name):
                seen.add(name)
                yield name
