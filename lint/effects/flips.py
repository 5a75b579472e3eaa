"""Whether a condition of untouched code or makefiles changes its truth, and in which configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lint.effects.model import WITNESS
from lint.effects.reach import Reach
from lint.effects.truth import replaced, symbol_of, truth
from lint.logic import Formula, atoms, both, negate

MOST_QUESTIONS = 100


@dataclass(frozen=True, slots=True)
class Flip:
    """The truth before and after, and the configurations that show it (``witness`` alone: by the assignment)."""

    before: bool
    after: bool
    configs: tuple[str, ...]
    witness: Mapping[str, str]


class Flips:
    """Asks the presets first, and the solver about what they leave open, as long as its questions last."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._left = MOST_QUESTIONS
        self._constants = {name: reach.constants(name)[0] for name in reach.moved}

    def of(self, own: Formula, outer: Formula = True) -> Flip | None:
        """How ``own`` flips where ``outer`` may hold both before and after; None when it does nowhere.

        A condition over macros that are no CONFIG symbols is only answered where their value does not matter.
        """
        for was in (False, True):
            shown = [
                pair.name
                for pair in self._reach.comparison.pairs
                if truth(own, pair.before.values) is was
                and truth(own, pair.after.values) is (not was)
                and truth(outer, pair.before.values) is not False
                and truth(outer, pair.after.values) is not False
            ]
            if shown:
                return Flip(was, not was, tuple(shown), {})
        if self._left <= 0 or any(symbol_of(atom) is None for atom in atoms(own)):
            return None
        self._left -= 1
        return self._asked(own, outer)

    def _asked(self, own: Formula, outer: Formula) -> Flip | None:
        names = {symbol_of(atom) for atom in atoms(both([own, outer]))} & self._constants.keys()
        fixed = {name: value for name in names if name is not None and (value := self._constants[name]) is not None}
        if len(fixed) == len(names):
            old, around = replaced(own, fixed), both([outer, replaced(outer, fixed)])
            for was in (True, False):
                then, now = (old, negate(own)) if was else (negate(old), own)
                witness = self._reach.after.witness(both([around, then, now]))
                if witness is not None:
                    return Flip(was, not was, (WITNESS,), witness)
            return None
        question = both([outer, own])
        for was, solver, rival in (
            (True, self._reach.before, self._reach.after),
            (False, self._reach.after, self._reach.before),
        ):
            if solver.possible(question) and not rival.possible(question) and rival.possible(outer):
                return Flip(was, not was, (WITNESS,), solver.witness(question) or {})
        return None
