"""What the effects leave out, so that no limit is silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from lint.errors import Problem, Stage

_NAMED = 3


@dataclass(frozen=True)
class Notes:
    """Problems in the order in which they came up, each once."""

    _found: dict[Problem, None] = field(default_factory=dict)

    def add(self, stage: Stage, message: str, path: str = "") -> None:
        """Say what was left out, and where."""
        self._found[Problem(stage, message, path)] = None

    def cut(self, stage: Stage, what: str, all_of_it: Sequence[str], most: int) -> None:
        """Say which of these come after the first ``most``, if any do; ``what`` begins the sentence."""
        left = all_of_it[most:]
        if left:
            self.add(stage, f"{what}, {most} of {len(all_of_it)} were followed: not {named(left)}")

    @property
    def problems(self) -> tuple[Problem, ...]:
        """All of them."""
        return tuple(self._found)


def named(names: Sequence[str]) -> str:
    """The first few, and how many more there are."""
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
