"""Who supplies what generic code takes from an architecture, and what one architecture lacks."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final

from lint.contract import Contract, Need
from lint.cparse.model import Definition, Kind
from lint.kconfig.scan import selectors
from lint.resolve import SOURCES, arch_of, is_host
from lint.snapshot.tree import Occurrence, Tree
from lint.state import State

# Where generic code may define what an architecture does not.
GENERIC: Final = ("include", "kernel", "lib", "mm", "init")
_VARIABLE: Final = re.compile(rb"\$[({]|#")


class Sort(StrEnum):
    """In which form generic code takes something."""

    HEADER = "header"
    NAME = "name"
    MEMBER = "member"


@dataclass(frozen=True, slots=True)
class Place:
    """Where an architecture supplies something; line 0 stands for the file."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that an architecture does not supply: ``struct`` is the tag that a member belongs to.

    ``needs`` are the uses in generic code, ``examples`` where other architectures have it.
    """

    sort: Sort
    name: str
    struct: str
    needs: tuple[Need, ...]
    examples: tuple[Place, ...]


def converted(tree: Tree, symbols: Iterable[str]) -> tuple[str, ...]:
    """The architectures whose own Kconfig selects one of the symbols, sorted."""
    return tuple(
        sorted({arch for s in symbols for one in selectors(tree, s) if (arch := arch_of(one.path)) is not None})
    )


def lacks(
    state: State, contract: Contract, arch: str, others: Collection[str], only: Collection[str] | None = None
) -> Iterator[Lack]:
    """Everything of a contract that the architecture lacks and that no generic fallback gives it.

    ``others`` are architectures that have what the contract asks for; without one that defines a name, nothing says
    that it is an architecture's to define. ``only``: the headers, names and members to ask about, None for all.
    """
    if only is not None:
        contract = _narrowed(contract, only)
    others = tuple(sorted(set(others) - {arch}))
    for header, needs in contract.headers.items():
        if not has_header(state, arch, header):
            examples = tuple(
                Place(path, 1) for one in others for path in _header_paths(one, header) if state.tree.exists(path)
            )
            yield Lack(Sort.HEADER, header, "", needs, examples)
    yield from _missing_names(state, contract, arch, others)
    yield from _missing_members(state, contract, arch, others)


def _narrowed(contract: Contract, only: Collection[str]) -> Contract:
    return replace(
        contract,
        headers={name: needs for name, needs in contract.headers.items() if name in only},
        names={name: needs for name, needs in contract.names.items() if name in only},
        members={name: needs for name, needs in contract.members.items() if name in only},
    )


def _missing_names(state: State, contract: Contract, arch: str, others: tuple[str, ...]) -> Iterator[Lack]:
    if not contract.names:
        return
    found = state.search(sorted(contract.names), sorted(f"arch/{one}/include" for one in (arch, *others)))
    asked = [name for name in contract.names if _asked(name, found[name], arch, contract.declared)]
    # Each of these answers several questions below with one search.
    state.search(asked, directories_of(state, (arch,)))
    absent = [name for name in asked if not any(True for _ in supplied(state, name, (arch,)))]
    state.search(absent, GENERIC)
    left = [name for name in absent if not fallback(state, name, arch)]
    state.search(left, directories_of(state, others))
    for name in left:
        examples = tuple(supplied(state, name, others))
        if examples:
            first = {arch_of(place.path): place for place in reversed(examples)}
            yield Lack(Sort.NAME, name, "", contract.names[name], tuple(first[one] for one in others if one in first))


def _asked(name: str, occurrences: Iterable[Occurrence], arch: str, declared: Collection[str]) -> bool:
    """A cheap first look: the headers of this architecture don't seem to define the name, those of another one do."""
    elsewhere = False
    for one in occurrences:
        if not one.path.endswith(SOURCES):
            continue
        own = arch_of(one.path) == arch
        if not _seems_to_define(one.text, name, prototype=not own):
            continue
        if own:
            return False
        elsewhere = True
    return elsewhere or name in declared


@lru_cache(maxsize=4096)
def _seems_to_define(text: bytes, name: str, *, prototype: bool) -> bool:
    word = name.encode()
    code = text.lstrip()
    if code.startswith(b"#"):
        return re.match(rb"#[ \t]*+define[ \t]++%b\b" % word, code) is not None
    if text[:1] in (b" ", b"\t", b"*", b"/") or (not prototype and text.rstrip().endswith(b";")):
        return False
    return re.search(rb"\b%b[ \t]*+(?:[(\[={]|$)" % word, text) is not None


def supplied(state: State, name: str, archs: tuple[str, ...]) -> Iterator[Place]:
    """Where architectures define a name, headers first; prototypes alone define nothing."""
    found = state.search([name], directories_of(state, archs))[name]
    paths = _paths(one for one in found if _may_define(one.text, name) and not _is_apart(one.path))
    for path in sorted(paths, key=lambda path: (not path.endswith(".h"), path)):
        for item in _definitions(state, path, name):
            if path.endswith(".h") or not item.static:
                yield Place(path, item.line)


def _is_apart(path: str) -> bool:
    """Programs that stand in arch/ and are no part of the kernel image."""
    return "/boot/" in path or "/tools/" in path


def fallback(state: State, name: str, arch: str) -> bool:
    """Whether generic code defines a name in a place that the architecture reaches."""
    found = state.search([name], GENERIC)[name]
    return any(
        True
        for path in _paths(one for one in found if _may_define(one.text, name))
        if _reaches(state, arch, path)
        for item in _definitions(state, path, name)
        if path.endswith(".h") or not item.static
    )


def _may_define(text: bytes, name: str) -> bool:
    """Whether a line can be where a name is defined, so that its file is worth parsing."""
    word = name.encode()
    code = text.strip()
    if code.startswith(b"#"):
        return re.match(rb"#[ \t]*+define[ \t]++%b\b" % word, code) is not None
    if text[:1] in (b" ", b"\t"):
        return name.isupper() and re.match(rb"%b[ \t]*+(?:[,=/}]|$)" % word, code) is not None
    if text[:1] in (b"*", b"/") or (code.endswith(b";") and re.search(rb"\b%b[ \t]*+\([^{]*+$" % word, code)):
        return False
    return re.search(rb"\b%b[ \t]*+[(=\[;:]|^[A-Z]\w*+\((?:[^()]*+,[ \t]*+)?%b[,) \t]" % (word, word), code) is not None


def _definitions(state: State, path: str, name: str) -> Iterator[Definition]:
    file = state.facts(path)
    for item in file.definitions_of(name) if file is not None else ():
        if item.kind not in (Kind.DECLARATION, Kind.EXTERN, Kind.MEMBER):
            yield item


def _paths(occurrences: Iterable[Occurrence]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.path for one in occurrences if one.path.endswith(SOURCES)))


def directories_of(state: State, archs: tuple[str, ...]) -> tuple[str, ...]:
    """The directories that hold the code of architectures; another one may keep some for it (arch/x86/um)."""
    guests = [
        f"arch/{host}/{arch}"
        for host in state.architectures
        for arch in archs
        if state.tree.exists(f"arch/{host}/{arch}/Makefile")
    ]
    return tuple(sorted((*(f"arch/{arch}" for arch in archs), *guests)))


def _reaches(state: State, arch: str, path: str) -> bool:
    """Whether a generic header is for this architecture: those of asm-generic only where it takes them."""
    name = path.removeprefix("include/").removeprefix("uapi/")
    if not name.startswith("asm-generic/"):
        return not is_host(path)
    words = state.search([name], (f"arch/{arch}", "include"))[name]
    if any(b"include" in one.text and arch_of(one.path) in (None, arch) for one in words):
        return True
    header = f"asm/{name.removeprefix('asm-generic/')}"
    return not any(state.tree.exists(own) for own in _header_paths(arch, header)) and has_header(state, arch, header)


def _missing_members(state: State, contract: Contract, arch: str, others: tuple[str, ...]) -> Iterator[Lack]:
    if not contract.members:
        return
    found = state.search(sorted(contract.members), sorted(f"arch/{one}/include" for one in (arch, *others)))
    for name, needs in contract.members.items():
        lines = [one for one in found[name] if _seems_a_member(one.text, name)]
        theirs = _common(_paths(one for one in lines if arch_of(one.path) != arch), len(others))
        held: dict[str, list[Place]] = {}
        for path in theirs:
            for item in _members(state, path, name):
                held.setdefault(item.scope, []).append(Place(path, item.line))
        structs = [s for s, at in held.items() if s and 2 * len({arch_of(place.path) for place in at}) > len(others)]
        if not structs:
            continue
        ours = {item.scope for path in _paths(lines) if arch_of(path) == arch for item in _members(state, path, name)}
        for struct in structs:
            if struct not in ours and not _is_generic_member(state, name):
                yield Lack(Sort.MEMBER, name, struct, needs, tuple(held[struct]))
                break


def _common(paths: Iterable[str], archs: int) -> list[str]:
    """The files whose name most of the architectures have: a struct that all define stands in the same header."""
    named: dict[str, list[str]] = {}
    for path in paths:
        named.setdefault(path.partition("/include/")[2], []).append(path)
    return [path for same in named.values() if 2 * len({arch_of(one) for one in same}) > archs for path in same]


def _is_generic_member(state: State, name: str) -> bool:
    found = state.search([name], ("include",))[name]
    return any(
        True for path in _paths(o for o in found if _seems_a_member(o.text, name)) for _ in _members(state, path, name)
    )


def _seems_a_member(text: bytes, name: str) -> bool:
    return re.search(rb"(?<![.>])\b%b[ \t]*+[;:\[,)]" % name.encode(), text) is not None


def _members(state: State, path: str, name: str) -> Iterator[Definition]:
    file = state.facts(path)
    for item in file.definitions_of(name) if file is not None else ():
        if item.kind is Kind.MEMBER:
            yield item


def has_header(state: State, arch: str, header: str) -> bool:
    """Whether an architecture has ``asm/x.h``: its own file, or one that Kbuild makes for it."""
    if any(state.tree.exists(path) for path in _header_paths(arch, header)):
        return True
    name = header.removeprefix("asm/")
    lists = ((f"arch/{arch}/include/asm/Kbuild", "include/asm-generic/Kbuild", "include/asm-generic"),)
    uapi = (f"arch/{arch}/include/uapi/asm/Kbuild", "include/uapi/asm-generic/Kbuild", "include/uapi/asm-generic")
    for own, mandatory, generic in (*lists, uapi):
        made = _listed(state, own)
        if name in made.get("generated-y", ()):
            return True
        wanted = name in made.get("generic-y", ()) or name in _listed(state, mandatory).get("mandatory-y", ())
        if wanted and state.tree.exists(f"{generic}/{name}"):
            return True
    return False


def _header_paths(arch: str, header: str) -> tuple[str, ...]:
    paths = (f"arch/{arch}/include/{header}", f"arch/{arch}/include/uapi/{header}")
    return (*paths, f"arch/x86/um/{header}") if arch == "um" else paths


def _listed(state: State, path: str) -> dict[str, set[str]]:
    text = (state.tree.read(path) or b"").replace(b"\\\n", b" ")
    lists: dict[str, set[str]] = {}
    for line in text.split(b"\n"):
        head, mark, tail = line.partition(b"=")
        if mark:
            words = {word.decode("utf-8", "replace") for word in tail.split() if not _VARIABLE.match(word)}
            lists.setdefault(head.rstrip(b" \t+:").strip().decode("utf-8", "replace"), set()).update(words)
    return lists
