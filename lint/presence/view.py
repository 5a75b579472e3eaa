"""What one unit sees for one architecture: its headers with their conditions, and what those define."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from lint.cparse.facts import FileFacts
from lint.cparse.model import Definition, Kind
from lint.includes.graph import Reached
from lint.logic import And, Atom, Formula, Not, atoms, both, either, negate
from lint.resolve import HOST, Space, arch_of, definitions_in, space
from lint.snapshot.overlay import base_of
from lint.snapshot.tree import Tree
from lint.state import State

MODULE = "defined(MODULE)"
_DEPTH = 4
_MOST_DEFINITIONS = 40
_COMPARED = re.compile(r"\?\(?(\w+) (==|<|>) (\w+)\)?\Z")
_INTEGER = re.compile(r"\(?\s*(0[xX][0-9a-fA-F]+|\d+)[uUlL]*\s*\)?\Z")
_FLAG = re.compile(rb"-D[ ]?([A-Za-z_]\w*+)")
# What every unit of the kernel can rely on (include/linux/compiler_types.h, Makefile) or never sees.
_ALWAYS = frozenset({"__KERNEL__", "__GNUC__", "__OPTIMIZE__", "__STDC__"})
_NEVER = frozenset(
    {
        "__cplusplus",
        "__CHECKER__",
        "__GENKSYMS__",
        "__clang__",
        "__INTEL_COMPILER",
        "__BINDGEN__",
        "__GENERATING_BOUNDS_H",
    }
)
_ASSEMBLER = frozenset({"__ASSEMBLY__", "__ASSEMBLER__"})


@dataclass(frozen=True, slots=True)
class Offer:
    """One definition or declaration that the unit can see, and under which condition."""

    definition: Definition
    condition: Formula

    @property
    def promises(self) -> bool:
        """Whether it only says that another object has it."""
        return self.definition.kind in (Kind.DECLARATION, Kind.EXTERN)


class View:
    """A source file (or a header on its own), for one architecture, in one state of the tree.

    Conditions are formulas over CONFIG symbols and ``defined(MODULE)``; what is not known is an atom that begins with
    ``?`` or ``defined(``.
    """

    def __init__(self, state: State, unit: str, arch: str) -> None:
        self.state = state
        self.unit = unit
        self.arch = arch
        self._files: dict[str, list[str]] = {}
        self._macros: dict[str, tuple[Offer, ...]] = {}
        self._pending: set[str] = set()
        self._settled: dict[tuple[Formula, int], Formula] = {}

    @cached_property
    def reached(self) -> Reached:
        """The headers that the unit includes."""
        return self.state.includes.reached(self.unit, self.arch)

    def reaches(self, path: str) -> bool:
        """Whether a file is the unit itself or among its headers."""
        return path == self.unit or path in self.reached

    def condition_of(self, path: str) -> Formula:
        """When the unit sees a file."""
        return True if path == self.unit else self.reached.condition(path)

    def offers(self, name: str, wanted: Space, *, promised: bool = True) -> tuple[Offer, ...]:
        """All definitions of a name in the unit and its headers, and declarations when ``promised``; settled."""
        return tuple(
            Offer(item, self.settled(both((self.condition_of(item.path), item.condition))))
            for item in self._definitions(name, wanted, promised=promised)
        )

    def _definitions(self, name: str, wanted: Space, *, promised: bool) -> Iterator[Definition]:
        for path in self.files_with(name):
            if not self._may_define(path, name):
                continue
            if promised:
                file = self.state.facts(path)
                found = file.definitions_of(name) if file is not None else ()
                yield from (item for item in found if space(item.kind) is wanted)
            else:
                yield from definitions_in(self.state, path, name, wanted)

    def files_with(self, name: str) -> list[str]:
        """The unit and those of its headers that hold a word."""
        if name not in self._files:
            word = name.encode("ascii", "replace")
            self._files[name] = [path for path, text in self._texts if word in text]
        return self._files[name]

    def _may_define(self, path: str, name: str) -> bool:
        """A cheap first look at the lines with a word: most only use it."""
        text = self.state.tree.read(path) or b""
        word = name.encode("ascii", "replace")
        at = text.find(word)
        while at >= 0:
            start = text.rfind(b"\n", 0, at) + 1
            end = text.find(b"\n", at)
            line = text[start : end if end >= 0 else len(text)]
            after = text[at + len(word) : at + len(word) + 1]
            if line[:1] in (b" ", b"\t"):
                before = text[at - 1 : at]
                whole = not (before.isalnum() or before == b"_") and not (after.isalnum() or after == b"_")
                following = text[at + len(word) : at + len(word) + 20].lstrip(b" \t")[:1]
                if whole and (following in b",=;[:}\n/" or line.lstrip()[:1] == b"#"):
                    return True
            elif line[:1] not in (b"*", b"/"):
                return True
            at = text.find(word, at + 1)
        return False

    @cached_property
    def _texts(self) -> tuple[tuple[str, bytes], ...]:
        read = self.state.tree.read
        return tuple((path, text) for path in (self.unit, *self.reached) if (text := read(path)) is not None)

    def settled(self, formula: Formula, depth: int = _DEPTH) -> Formula:
        """A condition with every macro test in it replaced by what decides it, as far as that is known."""
        if isinstance(formula, bool):
            return formula
        key = formula, depth
        if key not in self._settled:
            self._settled[key] = self._settle(formula, depth)
        return self._settled[key]

    def _settle(self, formula: Formula, depth: int) -> Formula:
        if isinstance(formula, bool):
            return formula
        if isinstance(formula, Atom):
            return self._atom(formula, depth)
        if isinstance(formula, Not):
            return negate(self.settled(formula.operand, depth))
        parts = [self.settled(part, depth) for part in formula.operands]
        return both(parts) if isinstance(formula, And) else either(parts)

    def _atom(self, atom: Atom, depth: int) -> Formula:
        name = atom.name
        if name.startswith("CONFIG_") or name == MODULE:
            return atom
        if name.startswith("defined("):
            return self._defined(atom, name[8:-1], depth)
        if name.startswith("?arch("):
            return name == f"?arch({self.arch})"
        compared = _COMPARED.match(name)
        if compared is not None:
            return self._comparison(atom, compared[1], compared[2], compared[3], depth)
        if name.startswith("?") and name[1:].isidentifier():
            return self._values(atom, name[1:], lambda value: value != 0, depth)
        return atom

    def _defined(self, atom: Atom, macro: str, depth: int) -> Formula:
        if macro in _ALWAYS:
            return True
        if macro in _NEVER:
            return False
        if macro in _ASSEMBLER:
            return self.unit.endswith((".S", ".s", ".lds"))
        if macro.startswith("CONFIG_"):
            return Atom(macro)
        if depth == 0 or macro in self._pending:
            return atom
        found = self._macro_offers(macro, depth)
        if not found:
            # what only asks whether it is defined itself is the guard of a header
            return atom if not self.macros(macro) and self._may_be_given(macro) else False
        return either(offer.condition for offer in found)

    def _macro_offers(self, macro: str, depth: int) -> tuple[Offer, ...]:
        """The ``#define`` lines of a macro that do not themselves ask whether it is defined."""
        if macro not in self._macros:
            self._pending.add(macro)
            try:
                own = f"defined({macro})"
                found = [
                    Offer(item, self.settled(both((self.condition_of(item.path), item.condition)), depth - 1))
                    for item in self.macros(macro)
                    if own not in atoms(item.condition)
                ]
            finally:
                self._pending.discard(macro)
            if self._pending:
                return tuple(found)  # what was asked on the way to something else may lack a part of it
            self._macros[macro] = tuple(found)
        return self._macros[macro]

    def macros(self, name: str) -> list[Definition]:
        """The ``#define`` lines of a name that the unit can meet, without the work of reading whole files."""
        found: list[Definition] = []
        for path in self.files_with(name):
            file = self.state.facts(path)
            if file is not None:
                found += (_macro(file, macro.name, macro.line) for macro in file.source.macros if macro.name == name)
        return found[:_MOST_DEFINITIONS]

    def _may_be_given(self, macro: str) -> bool:
        """Whether the compiler or its command line may define a macro that no header defines."""
        return macro.startswith("__") or macro in given_macros(self.state)

    def _comparison(self, atom: Atom, left: str, op: str, right: str, depth: int) -> Formula:
        if left.isdigit() and right.isidentifier():
            left, right, op = right, left, {"<": ">", ">": "<"}.get(op, op)
        number = _integer(right)
        if number is None:
            return atom
        if left.startswith("CONFIG_"):
            return atom
        tests = {"==": number.__eq__, "<": number.__gt__, ">": number.__lt__}
        return self._values(atom, left, lambda value: bool(tests[op](value)), depth)

    def _values(self, atom: Atom, name: str, holds: object, depth: int) -> Formula:
        """When a macro with a number for a value passes a test; the atom itself when some value is no number."""
        if depth == 0 or name in self._pending or not callable(holds):
            return atom
        found = self._macro_offers(name, depth)
        if not found:
            return atom if self._may_be_given(name) else bool(holds(0))
        parts: list[Formula] = []
        defined: list[Formula] = []
        for offer in found:
            value = _integer(self._value_of(offer.definition))
            if value is None:
                return atom
            defined.append(offer.condition)
            if holds(value):
                parts.append(offer.condition)
        if holds(0):
            parts.append(negate(either(defined)))
        return either(parts)

    def _value_of(self, macro: Definition) -> str:
        return macro.value.strip()

    def visible(self, definitions: Sequence[Definition]) -> list[Definition]:
        """Those of some definitions that stand in the unit or its headers."""
        return [one for one in definitions if self.reaches(one.path)]


def given_macros(state: State) -> frozenset[str]:
    """The macros that some makefile of the base tree defines on a command line."""
    base = base_of(state.tree)
    found: tuple[str, ...] = state.kept_of_base(("given macros",), tuple, lambda: _given(base))
    return frozenset(found)


def _given(tree: Tree) -> tuple[str, ...]:
    names: set[bytes] = set()
    for path in tree.list():
        if path.rpartition("/")[2].startswith(("Makefile", "Kbuild")) and not path.startswith(HOST[:1]):
            names.update(_FLAG.findall(tree.read(path) or b""))
    return tuple(sorted(name.decode() for name in names))


def _macro(file: FileFacts, name: str, line: int) -> Definition:
    macro = next(one for one in file.source.macros if one.name == name and one.line == line)
    body = file.source.stripped[macro.body : macro.end].decode("latin-1").replace("\\\n", " ")
    return Definition(
        Kind.MACRO,
        name,
        file.path,
        line,
        1,
        line,
        macro.start,
        macro.end,
        params=macro.params,
        value=" ".join(body.split()),
        condition=file.conditions.at(line),
    )


def _integer(text: str) -> int | None:
    found = _INTEGER.match(text.strip())
    return (
        int(found[1], 0)
        if found and not (found[1].startswith("0") and found[1].isdigit() and len(found[1]) > 1)
        else None
    )


def is_foreign(path: str, arch: str) -> bool:
    """Whether a file belongs to another architecture."""
    own = arch_of(path)
    return own is not None and own != arch


def without_module(formula: Formula, value: bool) -> Formula:
    """The formula for built-in code, or for a module: what ``MODULE`` tests, decided."""
    return replace_atoms(formula, {MODULE: value})


def replace_atoms(formula: Formula, known: dict[str, bool]) -> Formula:
    """The formula with some atoms decided."""
    if isinstance(formula, bool):
        return formula
    if isinstance(formula, Atom):
        return known.get(formula.name, formula)
    if isinstance(formula, Not):
        return negate(replace_atoms(formula.operand, known))
    parts = [replace_atoms(part, known) for part in formula.operands]
    return both(parts) if isinstance(formula, And) else either(parts)
