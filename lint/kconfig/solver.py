"""Questions about all configurations of an architecture at once, decided exactly instead of by samples.

Atoms of a formula that Kconfig does not decide are free: ``?text``, and ``defined(NAME)`` unless NAME is a CONFIG
macro. ``CONFIG_X`` of an int, hex or string symbol says that autoconf.h defines it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lint.kconfig.encode import Encoder
from lint.kconfig.model import Compare, Kconfig, Type
from lint.kconfig.sat_gates import FALSE, TRUE, Gates
from lint.kconfig.witness import Witness
from lint.logic import And, Atom, Formula, Not, Or, atoms, both, negate

# A question that needs more search than this is answered with "possible": nothing is called constant for it.
_CONFLICTS = 200_000


class Solver:
    """One Kconfig and the SAT solver that knows it; encodes only what the questions so far depended on.

    ``free`` symbols may have any value whatever their entries say (what only a compiler decides, for instance).
    """

    def __init__(self, kconfig: Kconfig, free: Collection[str] = ()) -> None:
        self.kconfig = kconfig
        self._gates = Gates()
        self._encoder = Encoder(kconfig, self._gates, free)
        self._unknown: dict[str, int] = {}
        self._constants: dict[str, str | None] = {}
        self._seen: set[int] = set()

    def witness(self, formula: Formula, *, given: Mapping[str, str] | None = None) -> dict[str, str] | None:
        """A configuration in which the formula holds, or None: the symbols that matter, with ``y``, ``m`` or ``n``.

        ``given`` fixes symbols beforehand. The settings that are named first force the formula; after them come the
        symbols of the formula itself and what those cannot do without.
        """
        goal = self._literal(formula)
        fixed = self._given(given or {})
        if goal == FALSE or FALSE in fixed or self._gates.solve([goal, *fixed], conflicts=_CONFLICTS) is not True:
            return None
        names = [name for atom in dict.fromkeys(atoms(formula)) if (name := self._symbol_of(atom)) is not None]
        return Witness(self._gates, self._encoder, self._unknown.values()).shrink(goal, fixed, names)

    def possible(self, formula: Formula, *, given: Mapping[str, str] | None = None) -> bool:
        """Whether the formula holds in some configuration that has the given values."""
        goal = self._literal(formula)
        fixed = self._given(given or {})
        if goal == FALSE or FALSE in fixed:
            return False
        if not fixed and goal in self._seen:
            return True
        return self._gates.solve([goal, *fixed], conflicts=_CONFLICTS) is not False

    def configuration(self, formula: Formula) -> dict[str, str] | None:
        """All that has to be set for a configuration in which the formula holds, or None: ``y`` and ``m`` alone."""
        goal = self._literal(formula)
        if goal == FALSE or self._gates.solve([goal], conflicts=_CONFLICTS) is not True:
            return None
        true = frozenset(literal for literal in self._gates.model() if literal > 0)
        values: dict[str, str] = {}
        for name in self._encoder.inputs:
            some, yes = self._encoder.value(name)
            if some in true:
                values[name] = "y" if yes in true else "m"
        return values

    def comparison(self, expr: Compare) -> Formula:
        """An atom that is true exactly where Kconfig takes a comparison to be."""
        name = f"?{expr.op} {expr.left} {expr.right} compared"
        if name not in self._unknown:
            self._unknown[name] = self._encoder.comparison(expr)
        return Atom(name)

    def implies(self, premise: Formula, conclusion: Formula) -> bool:
        """Whether the conclusion holds in every configuration in which the premise does."""
        return not self.possible(both((premise, negate(conclusion))))

    def constant(self, symbol: str) -> str | None:
        """``y``, ``m`` or ``n`` when no configuration gives the symbol anything else; None for all others.

        A symbol that is defined nowhere is n. int, hex and string symbols are never constant here.
        """
        if symbol not in self._constants:
            self._constants[symbol] = self._constant(symbol)
        return self._constants[symbol]

    def close(self) -> None:
        """Frees the solver; nothing can be asked afterwards."""
        self._gates.close()

    def _constant(self, symbol: str) -> str | None:
        known = self.kconfig.symbols.get(symbol)
        if known is not None and known.definitions and known.type not in (Type.BOOL, Type.TRISTATE):
            return None
        some, yes = self._encoder.value(symbol)
        values = {"n": [-some], "m": [some, -yes], "y": [yes]}
        found = [value for value, literals in values.items() if self._happens(self._gates.every(literals))]
        return found[0] if len(found) == 1 else None

    def _happens(self, literal: int) -> bool:
        """Whether the literal is true in some configuration; every configuration found is remembered for the others."""
        if literal in (TRUE, FALSE) or literal in self._seen:
            return literal != FALSE
        answer = self._gates.solve([literal], conflicts=_CONFLICTS)
        if answer:
            self._seen.update(self._gates.model())
        return answer is not False

    def _given(self, values: Mapping[str, str]) -> list[int]:
        literals = []
        for name in sorted(values):
            some, yes = self._encoder.value(name)
            literals += {"y": [yes], "m": [some, -yes], "n": [-some]}.get(values[name], [])
        return literals

    def _literal(self, formula: Formula) -> int:
        done: dict[int, int] = {}
        stack = [formula]
        while stack:
            part = stack[-1]
            waiting = [child for child in _operands(part) if id(child) not in done]
            if waiting and id(part) not in done:
                stack.extend(waiting)
                continue
            stack.pop()
            if isinstance(part, bool):
                done[id(part)] = TRUE if part else FALSE
            elif isinstance(part, Atom):
                done[id(part)] = self._atom(part.name)
            elif isinstance(part, Not):
                done[id(part)] = -done[id(part.operand)]
            else:
                gate = self._gates.every if isinstance(part, And) else self._gates.some
                done[id(part)] = gate([done[id(child)] for child in part.operands])
        return done[id(formula)]

    def _atom(self, atom: str) -> int:
        name = self._symbol_of(atom)
        if name is None:
            if atom not in self._unknown:
                self._unknown[atom] = self._gates.new()
            return self._unknown[atom]
        if not _macro(atom).endswith(f"{name}_MODULE"):
            return self._encoder.macro(name)
        some, yes = self._encoder.value(name)
        return self._gates.every((some, -yes))

    def _symbol_of(self, atom: str) -> str | None:
        """The symbol that an atom speaks of; ``CONFIG_X_MODULE`` is X, unless there is a symbol X_MODULE."""
        macro = _macro(atom)
        if not macro.startswith("CONFIG_"):
            return None
        name = macro.removeprefix("CONFIG_")
        if name.endswith("_MODULE") and not self.kconfig.defines(name):
            return name.removesuffix("_MODULE")
        return name


def _macro(atom: str) -> str:
    inner = atom.removeprefix("defined(")
    return inner.removesuffix(")") if inner != atom else atom


def _operands(formula: Formula) -> tuple[Formula, ...]:
    if isinstance(formula, (And, Or)):
        return formula.operands
    return (formula.operand,) if isinstance(formula, Not) else ()
