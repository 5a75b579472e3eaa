"""Which symbols a patch moves in some configuration: what the presets show, and what only the solver can tell."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from lint.change import Change
from lint.effects.compare import Comparison
from lint.effects.edits import edited, reaches_further
from lint.effects.expressions import Below, Mentions
from lint.effects.notes import Notes
from lint.effects.truth import symbol_of
from lint.errors import Stage
from lint.kconfig.evaluate import Configuration
from lint.kconfig.formulas import some
from lint.kconfig.model import Kconfig, Symbol
from lint.kconfig.replay import Part, proof
from lint.kconfig.scan import is_kconfig_file
from lint.kconfig.solver import Solver
from lint.logic import Formula, atoms, either

MOST_ASKED = 400
MOST_SYMBOLS = 60

Claim = Callable[[Configuration, Configuration], bool]


@dataclass(frozen=True)
class Reach:
    """A comparison with its solvers. What only the compiler decides is free: an older one may flip it.

    ``scope`` are the files and directories in which makefiles and code are looked for; empty means all.
    """

    change: Change
    comparison: Comparison
    notes: Notes = field(default_factory=Notes)
    scope: tuple[str, ...] = ()

    @property
    def arch(self) -> str:
        """The architecture that is asked about."""
        return self.comparison.arch

    @cached_property
    def mentions(self) -> Mentions:
        """Shared by all questions about expressions."""
        return Mentions()

    @cached_property
    def before(self) -> Solver:
        """All configurations before the patch."""
        return Solver(self.comparison.before, self.comparison.free[0])

    @cached_property
    def after(self) -> Solver:
        """All configurations after it."""
        return self.before if self.comparison.same else Solver(self.comparison.after, self.comparison.free[1])

    @property
    def asked(self) -> tuple[str, ...]:
        """The symbols that may change: those that do in a preset, those whose lines do, and what hangs on either."""
        return self._spread[0]

    @property
    def moved(self) -> tuple[str, ...]:
        """The symbols that change in some configuration, those that a preset shows first."""
        return self._spread[1]

    @cached_property
    def followed(self) -> tuple[str, ...]:
        """The moved symbols whose consequences in makefiles and code are looked for."""
        self.notes.cut(Stage.KCONFIG, f"{self.arch}: of the symbols that change", self.moved, MOST_SYMBOLS)
        return self.moved[:MOST_SYMBOLS]

    def constants(self, name: str) -> tuple[str | None, str | None]:
        """The only value that the symbol can have, before and after; None where it can have several."""
        return self.before.constant(name), self.after.constant(name)

    def visible(self, name: str) -> tuple[bool, bool]:
        """Whether users see a prompt of the symbol in some configuration, before and after."""
        old, new = prompts(self.comparison.before, name), prompts(self.comparison.after, name)
        return (
            old is not False and self.before.possible(old),
            new is not False and self.after.possible(new),
        )

    def proven(
        self, solver: Solver, formula: Formula, names: Collection[str], claim: Claim, what: str
    ) -> Mapping[str, str] | None:
        """A configuration in which the formula holds and that shows ``claim`` when both states are evaluated in it.

        ``names`` are the symbols that the claim looks at, besides those of the formula. None when the evaluator does
        not follow the solver, which becomes a problem about ``what``.
        """
        wanted = {*names, *symbols_of(formula)}
        wanted |= {name.removesuffix("_MODULE") for name in wanted}
        parts = self._parts(wanted)
        witness, holds = proof(solver, formula, lambda user: claim(*(part.evaluate(user) for part in parts)))
        if not holds:
            self.notes.add(
                Stage.KCONFIG,
                f"{what} on {self.arch} is not told: the solver says that it changes, and no configuration shows it",
            )
        return witness if holds else None

    def replay(self, names: Collection[str], user: Mapping[str, str]) -> tuple[Configuration, Configuration]:
        """What some symbols are in a configuration, before and after."""
        old, new = self._parts(names)
        return old.evaluate(user), new.evaluate(user)

    def _parts(self, names: Collection[str]) -> tuple[Part, Part]:
        comparison = self.comparison
        old = Part(comparison.before, names, comparison.free[0])
        return old, old if comparison.same else Part(comparison.after, names, comparison.free[1])

    @cached_property
    def below(self) -> Below:
        """The symbols that hang on others, after the patch."""
        return Below(self.comparison.after, self.mentions)

    @cached_property
    def _whole(self) -> bool:
        return any(
            reaches_further(file)
            for file in self.change.files
            if is_kconfig_file(file.path) or is_kconfig_file(file.old_path)
        )

    @cached_property
    def _spread(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if self.comparison.same:
            return (), ()
        first = self.comparison.changed() if self._whole else ()
        pending = list(
            dict.fromkeys((*first, *edited(self.change.files, self.comparison.before, self.comparison.after)))
        )
        old_below = Below(self.comparison.before, self.mentions) if self._whole else None
        asked: dict[str, None] = {}
        shown: dict[str, None] = {}
        hidden: dict[str, None] = {}
        while pending:
            if len(asked) + len(pending) > MOST_ASKED and asked:
                self.notes.add(
                    Stage.KCONFIG,
                    f"{self.arch}: so many symbols hang on what changes that {len(pending)} were not asked about:"
                    f" {pending[0]} and others",
                )
                break
            asked.update(dict.fromkeys(pending))
            self.comparison.prepare(pending)
            fresh = []
            for name in pending:
                if any(pair.differs(name) for pair in self.comparison.pairs):
                    shown[name] = None
                elif len(asked) <= MOST_ASKED and len(set(self.constants(name))) == 2:
                    hidden[name] = None
                else:
                    continue
                fresh.append(name)
            found = [other for name in fresh for other in self.below.of(name)]
            if old_below is not None:
                found += [other for name in fresh for other in old_below.of(name)]
            pending = [name for name in dict.fromkeys(found) if name not in asked]
        return tuple(asked), (*shown, *hidden)


def symbols_of(formula: Formula) -> set[str]:
    """The symbols that a formula names, without prefix; ``X_MODULE`` stays as it is."""
    return {name for atom in atoms(formula) if (name := symbol_of(atom)) is not None}


def prompts(kconfig: Kconfig, name: str) -> Formula:
    """When users see some prompt of the symbol."""
    symbol = kconfig.symbols.get(name)
    entries = symbol.definitions if symbol is not None else ()
    return either([some(entry.prompt_condition) for entry in entries if entry.prompt is not None])


def prompt_of(symbol: Symbol | None) -> str:
    """The text of the first prompt; empty without one."""
    entries = symbol.definitions if symbol is not None else ()
    return next((entry.prompt for entry in entries if entry.prompt is not None), "")
