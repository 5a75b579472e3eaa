"""Whether a condition of untouched code or makefiles changes its truth, and in which configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from lint.effects.model import WITNESS
from lint.effects.reach import Claim, Reach, symbols_of
from lint.effects.truth import replaced, symbol_of, truth
from lint.errors import Stage
from lint.logic import Formula, atoms, both, negate

MOST_QUESTIONS = 100

Question: TypeAlias = tuple[Formula, Formula]
"""A condition, and what encloses it."""


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
        self._constants = {name: reach.constants(name)[0] for name in reach.followed}

    def of(self, own: Formula, outer: Formula = True, what: str = "") -> Flip | None:
        """How ``own`` flips where ``outer`` may hold both before and after; None when it does nowhere.

        A condition over macros that are no CONFIG symbols is only answered where their value does not matter.
        ``what`` names it in a problem.
        """
        return self.between((own, outer), (own, outer), what)

    def between(self, old: Question, new: Question, what: str = "") -> Flip | None:
        """The same for a condition that is another one after the patch: each with what encloses it."""
        for was in (False, True):
            claim = _claim(old, new, was)
            shown = [pair.name for pair in self._reach.comparison.pairs if claim(pair.before, pair.after)]
            if shown:
                return Flip(was, not was, tuple(shown), {})
        if isinstance(old[0], bool) and old[0] is new[0]:
            return None
        if any(symbol_of(atom) is None for atom in atoms(both([old[0], new[0]]))):
            return None
        if self._left <= 0:
            self._reach.notes.add(
                Stage.KCONFIG,
                f"{self._reach.arch}: only the presets were asked about some conditions and objects: the solver was"
                f" asked {MOST_QUESTIONS} times already",
            )
            return None
        self._left -= 1
        return self._asked(old, new, what)

    def _asked(self, old: Question, new: Question, what: str) -> Flip | None:
        """Translated into the symbols after the patch where they were constants before, else state by state."""
        names = symbols_of(both([*old, *new])) & self._constants.keys()
        fixed = {name: value for name in names if (value := self._constants[name]) is not None}
        for was in (True, False):
            then, now = (old[0], negate(new[0])) if was else (negate(old[0]), new[0])
            if len(fixed) == len(names):
                question = both([new[1], replaced(old[1], fixed), replaced(then, fixed), now])
                solver = self._reach.after
                if not solver.possible(question):
                    continue
            else:
                solver, rival = (
                    (self._reach.before, self._reach.after) if was else (self._reach.after, self._reach.before)
                )
                one, other = (old, new) if was else (new, old)
                question = both([one[1], one[0]])
                if (
                    not solver.possible(question)
                    or rival.possible(both([other[1], other[0]]))
                    or not rival.possible(other[1])
                ):
                    continue
            claim = _claim(old, new, was)
            witness = self._reach.proven(solver, question, symbols_of(both([*old, *new])), _replayed(claim), what)
            if witness is not None:
                return Flip(was, not was, (WITNESS,), witness)
        return None


def _replayed(claim: Callable[[Mapping[str, str], Mapping[str, str]], bool]) -> Claim:
    """The same question of two evaluated configurations."""
    return lambda before, after: claim(before.values, after.values)


def _claim(old: Question, new: Question, was: bool) -> Callable[[Mapping[str, str], Mapping[str, str]], bool]:
    """Whether two configurations show that the condition was this, and is the opposite now."""

    def shows(before: Mapping[str, str], after: Mapping[str, str]) -> bool:
        return (
            truth(old[0], before) is was
            and truth(new[0], after) is (not was)
            and truth(old[1], before) is not False
            and truth(new[1], after) is not False
        )

    return shows
