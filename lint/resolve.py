"""Which definitions a name can mean at a place, and for which architectures a place is built."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from lint.cparse.facts import FileFacts
from lint.cparse.model import Definition, Kind, Reference, Use
from lint.logic import And, Atom, Formula, Not, both, either, negate
from lint.state import State

# Programs of the build host, and test programs: other headers, another libc.
HOST = ("tools/", "scripts/", "usr/", "samples/", "Documentation/", "LICENSES/")
SOURCES = (".c", ".h", ".S", ".s", ".lds", ".inc")
_APART = re.compile(r"/(?:tools|boot|vdso\w*)/(?!.*\.h\Z)")
# A name that stands in more files than this is an everyday word, which text alone cannot resolve.
MANY_FILES = 400


class Space(StrEnum):
    """The name spaces of C, as far as text can tell them apart."""

    ORDINARY = "ordinary"
    MEMBER = "member"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Site:
    """One use of a name in a file."""

    path: str
    reference: Reference


@dataclass(frozen=True, slots=True)
class Names:
    """Everything that the tree says of one name: what it can mean and where it is used."""

    name: str
    definitions: tuple[Definition, ...]
    sites: tuple[Site, ...]


def space(kind: Kind) -> Space:
    """The name space that a definition of this kind lives in."""
    return Space.MEMBER if kind is Kind.MEMBER else Space.TAG if kind is Kind.TAG else Space.ORDINARY


def arch_of(path: str) -> str | None:
    """The architecture that a file belongs to (its directory below arch/); None for code of all architectures."""
    parts = path.split("/", 2)
    return parts[1] if len(parts) == 3 and parts[0] == "arch" else None


def is_host(path: str) -> bool:
    """Whether a file is linked apart from the kernel: host programs, boot loaders, what the vdso maps to user space."""
    return path.startswith(HOST) or (path.startswith("arch/") and _APART.search(path) is not None)


def is_local_to_file(definition: Definition) -> bool:
    """Whether only its own file can name it: static, or a macro or type of a source file that is no header."""
    if definition.path.endswith((".h", ".inc")):
        return False
    return definition.static or definition.kind not in (Kind.FUNCTION, Kind.VARIABLE, Kind.LABEL)


def is_visible(definition: Definition, path: str, arch: str | None) -> bool:
    """Whether code in ``path``, built for ``arch``, can mean this definition (headers are taken as included)."""
    if definition.path == path:
        return True
    if is_local_to_file(definition):
        return False
    if is_host(definition.path) != is_host(path):
        return False
    own = arch_of(definition.path)
    return own is None or own == (arch_of(path) or arch)


def look_up(state: State, name: str, wanted: Space) -> Names | None:
    """Definitions and uses of a name in the whole tree; None when it is too common to be resolved by text."""
    files: dict[str, None] = {}
    if state.headers([name])[name] is None:
        return None
    for occurrence in state.search([name])[name]:
        if occurrence.path.endswith(SOURCES):
            files[occurrence.path] = None
    if len(files) > MANY_FILES:
        return None
    found: list[Definition] = []
    sites: list[Site] = []
    for path in files:
        found += definitions_in(state, path, name, wanted)
        sites += (Site(path, reference) for reference in references_in(state, path, name, wanted))
    return Names(name, tuple(found), tuple(sites))


def definitions_in(state: State, path: str, name: str, wanted: Space) -> Iterator[Definition]:
    """The definitions of a name in one file; prototypes and extern declarations define nothing."""
    file = state.facts(path)
    for item in file.definitions_of(name) if file is not None else ():
        if space(item.kind) is wanted and item.kind not in (Kind.DECLARATION, Kind.EXTERN):
            yield item


def references_in(state: State, path: str, name: str, wanted: Space) -> Iterator[Reference]:
    """The uses of a name in one file that break when nothing defines it; declarations of it are none."""
    file = state.facts(path)
    if file is None:
        return
    own = {(item.line, item.column) for item in file.definitions_of(name)}
    for reference in file.references([name]):
        if (reference.line, reference.column) in own or not _needs(reference.use, wanted):
            continue
        if wanted is not Space.MEMBER and (file.is_local(reference) or is_declared(file, reference)):
            continue
        yield reference


_STATEMENT = re.compile(rb"[;{}]")
_NAMED = re.compile(rb"[A-Za-z_]\w*[\s*]*[\s*]\Z")
_NO_DECLARATION = re.compile(rb"\b(?:return|else|case|goto|sizeof|typeof)\s*\Z|=")


def is_declared(file: FileFacts, reference: Reference) -> bool:
    """Whether a name outside functions is only what a prototype calls a parameter, or a type its member."""
    if reference.use is not Use.PLAIN or reference.function:
        return False
    offset = file.source.lines.start(reference.line) + reference.column - 1
    before = file.stripped[max(0, offset - 2000) : offset]
    statement = _STATEMENT.split(before)[-1]
    following = file.stripped[offset + len(reference.name) : offset + len(reference.name) + 80].lstrip()[:1]
    return (
        following in (b",", b")", b"[", b":", b";")
        and _NAMED.search(statement) is not None
        and not _NO_DECLARATION.search(statement)
    )


def is_pasted_argument(state: State, site: Site) -> bool:
    """Whether the name is an argument that a macro only pastes into another name (``set_work(TRACE)``)."""
    file = state.facts(site.path)
    line = site.reference.line
    for call in file.calls(None, (max(1, line - 5), line)) if file is not None else ():
        for position, argument in enumerate(call.arguments):
            if argument == site.reference.name and _pastes(state, site.path, call.name, position):
                return True
    return False


def _pastes(state: State, path: str, macro: str, position: int, depth: int = 3) -> bool:
    """Whether some definition of a macro pastes its parameter at ``position``, itself or through another macro."""
    for definition in _macros(state, macro, path):
        file = state.facts(definition.path)
        if file is None or not definition.params or position >= len(definition.params):
            continue
        parameter = definition.params[position]
        if any(paste.macro == macro and paste.parameter == parameter for paste in file.pastes):
            return True
        for call in file.calls(None, (definition.line, definition.end_line)) if depth else ():
            for inner, argument in enumerate(call.arguments):
                if argument == parameter and call.name != macro and _pastes(state, path, call.name, inner, depth - 1):
                    return True
    return False


def _needs(use: Use, wanted: Space) -> bool:
    if wanted is Space.MEMBER:
        return use is Use.MEMBER
    if wanted is Space.TAG:
        return use is Use.TAG
    return use in (Use.PLAIN, Use.CALL, Use.MACRO_BODY)


@dataclass(frozen=True, slots=True)
class Built:
    """An architecture that builds a line (empty in a tree without arch/), with a configuration that shows it."""

    arch: str
    witness: Mapping[str, str]
    proven: bool


def built(state: State, path: str, condition: Formula, archs: tuple[str, ...]) -> Built | None:
    """The first of ``archs`` for which a configuration builds a line of ``path`` that stands under ``condition``.

    ``proven`` is False when that hangs on something that is not known (a macro that may or may not be defined, a
    file that no Makefile was found to build). Without architectures there is no Kconfig to ask, and only what stands
    under no condition is proven.
    """
    own = arch_of(path)
    candidates = tuple(arch for arch in archs if own is None or own == arch)
    whole = both([state.gating.condition(path), condition])
    for guess in (False, True):
        for arch in candidates or ((own or "",) if not state.architectures else ()):
            formula = _map(whole, partial(_decide, state, path, arch, guess), sign=True)
            witness = _witness(state, arch, formula)
            if witness is not None:
                return Built(arch, witness, not guess and (bool(state.architectures) or formula is True))
    return None


def _witness(state: State, arch: str, formula: Formula) -> dict[str, str] | None:
    if isinstance(formula, bool) or not state.architectures:
        return {} if formula is not False else None
    found = state.solver(arch).witness(formula)
    return None if found is None else {name: value for name, value in found.items() if name.isidentifier()}


def _map(formula: Formula, decide: Callable[[str, bool], Formula], *, sign: bool) -> Formula:
    """The formula with every atom replaced; ``sign`` tells whether being true there helps the whole to be true."""
    if isinstance(formula, bool):
        return formula
    if isinstance(formula, Atom):
        return decide(formula.name, sign)
    if isinstance(formula, Not):
        return negate(_map(formula.operand, decide, sign=not sign))
    parts = [_map(part, decide, sign=sign) for part in formula.operands]
    return both(parts) if isinstance(formula, And) else either(parts)


def _decide(state: State, path: str, arch: str, guess: bool, name: str, sign: bool) -> Formula:
    """What is known of an atom; what is not known is decided in favour of being built when ``guess``, else against."""
    if name.startswith("CONFIG_"):
        return Atom(name)
    macro = name.removeprefix("defined(").removesuffix(")") if name.startswith("defined(") else ""
    if macro in _ASSEMBLER:
        return Atom(name) if path.endswith((".h", ".inc")) else path.endswith((".S", ".s", ".lds"))
    if macro in _FREE:
        return Atom(name)
    if macro in _SETTLED:
        return _SETTLED[macro]
    if macro and not any(is_visible(item, path, arch or None) for item in _macros(state, macro, path, arch)):
        return False
    return sign if guess else not sign


# What the compiler and Kbuild define on the command line (Makefile: KBUILD_CPPFLAGS, KBUILD_CFLAGS_MODULE).
_ASSEMBLER = frozenset({"__ASSEMBLY__", "__ASSEMBLER__"})
_FREE = frozenset({"MODULE"})
_SETTLED: Mapping[str, bool] = {"__KERNEL__": True, "__cplusplus": False, "__CHECKER__": False, "__GENKSYMS__": False}


def _macros(state: State, name: str, path: str, arch: str = "") -> Iterator[Definition]:
    """The macros of this name in headers and sources that code in ``path`` can reach, for one architecture or any.

    Only files with a ``#define`` of it are worth parsing.
    """
    define = re.compile(rb"[ \t]*+#[ \t]*+define[ \t]++%b\b" % re.escape(name.encode()))
    own = arch_of(path) or arch
    near = "/".join(path.split("/")[:-1][:2]) or path
    places = {"include/", f"arch/{own}/" if own else "arch/", f"{near}/" if near != path else path}
    found = state.search([name], sorted(places))[name]
    for file in dict.fromkeys(one.path for one in found if define.match(one.text) and one.path.endswith(SOURCES)):
        yield from (item for item in definitions_in(state, file, name, Space.ORDINARY) if item.kind is Kind.MACRO)
