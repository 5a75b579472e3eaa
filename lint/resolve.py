"""Which definitions a name can mean at a place, and for which architectures a place is built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lint.cparse.model import Definition, Kind, Reference, Use
from lint.logic import And, Atom, Formula, Not, atoms, both, either, negate
from lint.state import State

# Programs of the build host, and test programs: other headers, another libc.
HOST = ("tools/", "scripts/", "usr/", "samples/", "Documentation/", "LICENSES/")
SOURCES = (".c", ".h", ".S", ".s", ".lds", ".inc")
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
    """Whether a file belongs to programs that are not the kernel."""
    return path.startswith(HOST) or "/tools/" in path or "/boot/" in path or "/vdso" in path


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
        if wanted is not Space.MEMBER and file.is_local(reference):
            continue
        yield reference


def _needs(use: Use, wanted: Space) -> bool:
    if wanted is Space.MEMBER:
        return use is Use.MEMBER
    if wanted is Space.TAG:
        return use is Use.TAG
    return use in (Use.PLAIN, Use.CALL, Use.MACRO_BODY)


@dataclass(frozen=True, slots=True)
class Built:
    """An architecture that builds a line, with a configuration that shows it."""

    arch: str
    witness: Mapping[str, str]
    proven: bool


def built(state: State, path: str, condition: Formula, archs: tuple[str, ...]) -> Built | None:
    """The first of ``archs`` for which a configuration builds a line of ``path`` that stands under ``condition``.

    ``proven`` is False when that hangs on something that is not known (a macro that may or may not be defined, a
    file that no Makefile was found to build).
    """
    own = arch_of(path)
    whole = both([state.gating.condition(path), condition])
    strict = _without_guesses(whole, sign=True)
    candidates = [arch for arch in archs if own is None or own == arch]
    for formula, proven in ((strict, True), (whole, False)):
        if formula is False or (not proven and formula == strict):
            continue
        for arch in candidates:
            witness = state.solver(arch).witness(formula) if any(True for _ in atoms(formula)) else {}
            if witness is not None:
                return Built(arch, _symbols_only(witness), proven)
    return None


def _without_guesses(formula: Formula, *, sign: bool) -> Formula:
    """The formula with every test that is not understood decided against being built."""
    if isinstance(formula, bool):
        return formula
    if isinstance(formula, Atom):
        return formula if formula.name.startswith("CONFIG_") else not sign
    if isinstance(formula, Not):
        return negate(_without_guesses(formula.operand, sign=not sign))
    parts = [_without_guesses(part, sign=sign) for part in formula.operands]
    return both(parts) if isinstance(formula, And) else either(parts)


def _symbols_only(witness: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in witness.items() if "(" not in name and not name.startswith("?")}
