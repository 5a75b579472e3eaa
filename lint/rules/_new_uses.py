"""The names that a change uses anew, and that nothing in their own file explains."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lint.change import Change, is_source
from lint.cparse.facts import FileFacts
from lint.cparse.model import Kind, Reference, Use
from lint.resolve import Site, is_declared
from lint.snapshot.apply import FileChange

ORDINARY = (Use.PLAIN, Use.CALL, Use.MACRO_BODY)
# Words of the language and of its compilers; kernel headers define none of them.
LEAST_LETTERS = 6  # of a member's name that is looked for in the whole tree
_WORDS = """
auto break case char const continue default do double else enum extern float for goto if inline int long register
restrict return short signed sizeof static struct switch typedef union unsigned void volatile while asm typeof
typeof_unqual bool true false nullptr constexpr alignas alignof static_assert thread_local defined
_Alignas _Alignof _Atomic _Bool _Complex _Generic _Noreturn _Static_assert _Thread_local __auto_type __asm
__attribute __const __extension__ __inline __int128 __label__ __restrict __signed __typeof __volatile __alignof
"""
LANGUAGE = frozenset(_WORDS.split())
# Made by the compiler (__func__, __x86_64__, __builtin_expect) or by the linker for a section of that name.
_MADE = re.compile(r"__\w+__\Z|__(?:builtin|sync|atomic|start|stop)_\w+\Z|__?asan_\w+\Z")
_OPENING = {b")": b"(", b"]": b"[", b"}": b"{"}
_BRACKET = re.compile(rb"[()\[\]{};]")
_JUMP = re.compile(rb"\bgoto\s++\Z")  # labels are looked up on their own
_ATTRIBUTE = re.compile(rb"(?:__attribute(?:__)?|__asm__|__asm|\basm(?:[\s\\]+(?:volatile|goto|inline))*)[\s\\]*\(")


def new_uses(change: Change) -> tuple[Site, ...]:
    """Uses of ordinary names on added lines of C files that their file neither defines nor used before.

    Locals, parameters, keywords, names of the compiler and operands of attributes are none.
    """
    return change.kept(new_uses, lambda: tuple(_new_uses(change)))


def _new_uses(change: Change) -> Iterator[Site]:
    for file in change.files:
        facts = _readable(change, file)
        if facts is None:
            continue
        wanted = _wanted(change, file, facts)
        if not wanted:
            continue
        for reference in facts.references(wanted):
            if reference.line in file.added and reference.use in ORDINARY and is_open(facts, reference):
                yield Site(file.new_path, reference)


def new_members(change: Change) -> Iterator[Site]:
    """Accesses on added lines to members with a telling name that their file did not hold before.

    Everyday words are left out: somewhere in a kernel there is a structure with such a member.
    """
    for file in change.files:
        facts = _readable(change, file)
        if facts is None:
            continue
        before = change.before.facts(file.old_path) if file.before is not None else None
        names = {name for names in facts.identifiers_on(file.added).values() for name in names if _is_telling(name)}
        names -= before.identifiers if before is not None else set()
        for reference in facts.references(sorted(names)):
            declared = any(item.kind is Kind.MEMBER for item in facts.definitions_of(reference.name))
            is_built = reference.line in file.added and reference.condition is not False
            if reference.use is Use.MEMBER and is_built and not declared:
                yield Site(file.new_path, reference)


def _is_telling(name: str) -> bool:
    return len(name) >= LEAST_LETTERS and "_" in name.strip("_")


def is_open(facts: FileFacts, reference: Reference) -> bool:
    """Whether a name has to come from outside of its file: nothing in it declares or defines it."""
    if reference.condition is False or any(
        item.kind not in (Kind.MEMBER, Kind.TAG) for item in facts.definitions_of(reference.name)
    ):
        return False
    offset = facts.source.lines.start(reference.line) + reference.column - 1
    if in_attribute(facts, offset) or _JUMP.search(facts.stripped, max(0, offset - 40), offset):
        return False
    if reference.use is Use.MACRO_BODY:
        return True
    if not reference.function:
        return _in_initialiser(facts, offset) and not is_declared(facts, reference)
    return not facts.is_local(reference)


def in_attribute(facts: FileFacts, offset: int) -> bool:
    """Whether an offset is inside an attribute, or inside assembly where other names count."""
    text = facts.stripped
    start = max(0, offset - 4000)
    begin = max(text.rfind(b";", start, offset), text.rfind(b"}", start, offset)) + 1
    return any(_encloses(text, found.end() - 1, offset) for found in _ATTRIBUTE.finditer(text, begin or start, offset))


def _encloses(text: bytes, opening: int, offset: int) -> bool:
    """Whether the parenthesis at ``opening`` is still open at ``offset``."""
    inside = text[opening:offset]
    return inside.count(b"(") > inside.count(b")")


def _readable(change: Change, file: FileChange) -> FileFacts | None:
    """The facts of a C file of which all is known."""
    if not file.new_path.endswith((".c", ".h")) or file.after is None or not file.added or file.fragment:
        return None
    return change.after.facts(file.new_path)


def _wanted(change: Change, file: FileChange, facts: FileFacts) -> list[str]:
    """The names on added lines that may have to come from outside: the file did not use them that way before."""
    names = {name for names in facts.identifiers_on(file.added).values() for name in names}
    names = {name for name in names if name not in LANGUAGE and not _MADE.match(name)}
    before = change.before.facts(file.old_path) if file.before is not None and is_source(file.old_path) else None
    if before is None:
        return sorted(names)
    shared = names & before.identifiers
    known = {
        reference.name
        for reference in before.references(sorted(shared))
        if reference.use in (*ORDINARY, Use.DEFINED, Use.PASTE) and _is_outside(before, reference)
    }
    return sorted(names - known)


def _is_outside(facts: FileFacts, reference: Reference) -> bool:
    """Whether a use shows that a name is known in its file: it is no local, and no parameter of a prototype."""
    if reference.use in (Use.DEFINED, Use.PASTE, Use.MACRO_BODY):
        return True
    if reference.function:
        return not facts.is_local(reference)
    return not is_declared(facts, reference)


def _in_initialiser(facts: FileFacts, offset: int) -> bool:
    """Whether a place outside of functions is in a value: behind ``=``, and inside of no parentheses.

    Anywhere else a name may be one that is being declared, or an argument that a macro makes something of.
    """
    code = facts.source.code
    closed: list[bytes] = []
    for found in reversed(list(_BRACKET.finditer(code, max(0, offset - 20_000), offset))):
        mark = found[0]
        if mark in b")]}":
            if mark == b"}" and not closed and code[found.end() : offset].lstrip()[:1] not in (b",", b"}"):
                return b"=" in code[found.end() : offset]
            closed.append(_OPENING[mark])
        elif mark == b";":
            if not closed:
                return b"=" in code[found.end() : offset]
        elif closed and closed[-1] == mark:
            closed.pop()
        elif mark == b"(":
            return False
        elif mark == b"{" and not closed:
            before = code[max(0, found.start() - 200) : found.start()].rstrip()[-1:]
            if before == b"=":
                return True
            if before not in (b",", b"{", b")"):
                return False
    return b"=" in code[max(0, offset - 200) : offset]
