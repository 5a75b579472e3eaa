"""Clauses for a SAT solver: literals with folded constants, and gates that are built once.

A literal is an int: a variable, negated when negative, ``TRUE`` or ``FALSE``. A tristate value is a ``Pair`` of
literals, "at least m" and "y"; then minimum, maximum and negation are plain gates on each side.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

TRUE = 1
FALSE = -1
Pair: TypeAlias = tuple[int, int]
PAIRS: dict[str, Pair] = {"n": (FALSE, FALSE), "m": (TRUE, FALSE), "y": (TRUE, TRUE)}


class Gates:
    """One incremental SAT solver and the gates that were built in it."""

    def __init__(self) -> None:
        from pysat.solvers import Minisat22

        self._sat: Any = Minisat22()
        self._built: dict[tuple[int, ...], int] = {}
        self.variables = 1
        self.clauses = 1
        self._sat.add_clause([TRUE])

    def new(self) -> int:
        """A fresh literal that nothing is known about."""
        self.variables += 1
        return self.variables

    def clause(self, *literals: int) -> None:
        """At least one of the literals is true."""
        if TRUE in literals:
            return
        self.clauses += 1
        self._sat.add_clause([literal for literal in literals if literal != FALSE] or [FALSE])

    def every(self, literals: Iterable[int]) -> int:
        """A literal that is true exactly when all of the given ones are."""
        kept: set[int] = set(literals)
        kept.discard(TRUE)
        if FALSE in kept:
            return FALSE
        if len(kept) < 2:
            return kept.pop() if kept else TRUE
        key = tuple(sorted(kept))
        gate = self._built.get(key)
        if gate is None:
            gate = FALSE if any(-literal in kept for literal in key) else self._every(key)
            self._built[key] = gate
        return gate

    def some(self, literals: Iterable[int]) -> int:
        """A literal that is true exactly when one of the given ones is."""
        return -self.every([-literal for literal in literals])

    def least(self, values: Iterable[Pair]) -> Pair:
        """The smallest of tristate values (``&&``)."""
        sides = tuple(zip(*values, strict=True))
        return (self.every(sides[0]), self.every(sides[1])) if sides else PAIRS["y"]

    def greatest(self, values: Iterable[Pair]) -> Pair:
        """The largest of tristate values (``||``)."""
        sides = tuple(zip(*values, strict=True))
        return (self.some(sides[0]), self.some(sides[1])) if sides else PAIRS["n"]

    def choose(self, test: int, then: int, otherwise: int) -> int:
        """``then`` where the test is true, ``otherwise`` elsewhere."""
        if test in (TRUE, FALSE) or then == otherwise:
            return then if test == TRUE or then == otherwise else otherwise
        return self.some((self.every((test, then)), self.every((-test, otherwise))))

    def solve(self, assumptions: Iterable[int], *, conflicts: int = 0) -> bool | None:
        """Whether the clauses can hold under the assumptions; None when the budget of conflicts ran out (0: none)."""
        if not conflicts:
            return bool(self._sat.solve(assumptions=list(assumptions)))
        self._sat.conf_budget(conflicts)
        answer = self._sat.solve_limited(assumptions=list(assumptions))
        return None if answer is None else bool(answer)

    def model(self) -> list[int]:
        """The literals that were true in the last satisfied question, by variable, from variable 1 on."""
        return list(self._sat.get_model() or ())

    def core(self) -> list[int]:
        """The assumptions that the last unsatisfied question needed, in no useful order."""
        return list(self._sat.get_core() or ())

    def close(self) -> None:
        """Gives the solver's memory back; nothing can be asked afterwards."""
        self._sat.delete()

    def _every(self, key: tuple[int, ...]) -> int:
        gate = self.new()
        for literal in key:
            self._sat.add_clause([-gate, literal])
        self._sat.add_clause([gate, *(-literal for literal in key)])
        self.clauses += len(key) + 1
        return gate


def negated(value: Pair) -> Pair:
    """Tristate negation: y and n change places, m stays."""
    return -value[1], -value[0]
