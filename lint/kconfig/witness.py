"""Of a whole configuration, the few settings that explain why a formula holds in it."""

from __future__ import annotations

from collections.abc import Iterable

from lint.kconfig.encode import Encoder
from lint.kconfig.sat_gates import TRUE, Gates

MOST = 8
_TRIALS = 400


class Witness:
    """Shrinks the model that ``gates`` has just found; ``unknown`` are literals that Kconfig does not decide."""

    def __init__(self, gates: Gates, encoder: Encoder, unknown: Iterable[int]) -> None:
        self._gates = gates
        self._encoder = encoder
        self._true = frozenset(literal for literal in gates.model() if literal > 0)
        self._free = [literal if literal in self._true else -literal for literal in unknown]

    def shrink(self, goal: int, fixed: list[int], support: list[str]) -> dict[str, str]:
        """The settings that force ``goal`` (given ``fixed``), the symbols of ``support``, and what those need.

        At most ``MOST`` entries, in the same order for the same questions.
        """
        cone = self._cone(support)
        settings = {name: self._held(name) for name in cone if name in self._encoder.inputs}
        forcing = self._forcing(goal, fixed, settings)
        if forcing is None:
            settings = {name: self._held(name) for name in cone}
            forcing = self._forcing(goal, fixed, settings) or []
        chosen = dict.fromkeys(name for name in support if self._held(name))
        result = {name: self._text(name) for name in (*forcing, *chosen)}
        needed = [goal, *fixed, *(literal for name in result for literal in self._held(name))]
        for name in cone:
            if len(result) >= MOST:
                break
            held = self._held(name)
            if name in result or name not in self._encoder.inputs or self._text(name) == "n":
                continue
            if self._gates.solve([*needed, -held[0]]) is False and self._gates.solve([-held[0]]):
                result[name] = self._text(name)
        return dict(list(result.items())[:MOST])

    def _forcing(self, goal: int, fixed: list[int], settings: dict[str, list[int]]) -> list[str] | None:
        """The fewest of the settings that leave no way around the goal; None when all of them do not suffice."""
        if goal == TRUE:
            return []
        base = [-goal, *fixed, *self._others()]
        assumed = [literal for held in settings.values() for literal in held]
        if self._gates.solve([*base, *assumed]):
            return None
        core = set(self._gates.core())
        kept = [name for name, held in settings.items() if not core.isdisjoint(held)]
        # What lies far from the formula is dropped first: the nearest reason is the one that people look for.
        for name in tuple(reversed(kept))[:_TRIALS]:
            if name not in kept:
                continue
            fewer = [other for other in kept if other != name]
            if self._gates.solve([*base, *(literal for other in fewer for literal in settings[other])]) is False:
                core = set(self._gates.core())
                kept = [other for other in fewer if not core.isdisjoint(settings[other])]
        return kept

    def _others(self) -> list[int]:
        typed = self._encoder.typed()
        return [*self._free, *(literal if literal in self._true else -literal for literal in typed)]

    def _cone(self, support: list[str]) -> list[str]:
        """Everything that the symbols depend on, nearest first."""
        seen = dict.fromkeys(support)
        queue = list(seen)
        for name in queue:
            for other in self._encoder.references(name):
                if other not in seen:
                    seen[other] = None
                    queue.append(other)
        return queue

    def _held(self, name: str) -> list[int]:
        """The literals of the value that the symbol has in the model; none for a symbol that cannot vary."""
        some, yes = self._encoder.value(name)
        if self._is(yes):
            literals: tuple[int, ...] = (yes,)
        else:
            literals = (some, -yes) if self._is(some) else (-some,)
        return [literal for literal in literals if abs(literal) != TRUE]

    def _text(self, name: str) -> str:
        some, yes = self._encoder.value(name)
        return "y" if self._is(yes) else "m" if self._is(some) else "n"

    def _is(self, literal: int) -> bool:
        return literal in self._true if literal > 0 else -literal not in self._true
