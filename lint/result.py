"""What a run found, ready for any report."""

from __future__ import annotations

from dataclasses import dataclass

from lint.change import Change
from lint.effects.model import Effect
from lint.errors import Problem
from lint.finding import Finding, Severity, Side
from lint.intake.model import History, Patch, Series
from lint.snapshot.open import TreeInfo


@dataclass(frozen=True)
class Result:
    """Findings in order, what could not be analysed, and the states they are about.

    ``suppressed`` counts findings that were filtered out; ``broken`` tells that a rule or the tool itself failed;
    ``rules`` are the ids of the rules that ran; ``effects`` are there when they were asked for.
    """

    tree: TreeInfo
    history: History
    steps: tuple[Change, ...]
    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...]
    suppressed: int
    broken: bool
    rules: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()

    @property
    def series(self) -> Series | None:
        """The series that the report names: the first with a cover letter or a numbered subject, or else the first."""
        chosen = (s for s in self.history.series if s.cover is not None or any(p.number for p in s.patches))
        return next(chosen, next(iter(self.history.series), None))

    def patch(self, index: int) -> Patch:
        """The patch with this index (from 1)."""
        return self.steps[index - 1].patch

    def text(self, index: int, path: str, side: Side) -> bytes | None:
        """A file's content before or after a patch; hunks alone, padded with empty lines, for what did not apply."""
        step = self.steps[index - 1]
        for file in step.files:
            if side is Side.AFTER and file.new_path == path and file.after is not None:
                return file.after
            if side is Side.BEFORE and file.old_path == path and file.before is not None:
                return file.before
        return (step.after if side is Side.AFTER else step.before).tree.read(path)

    def worst(self) -> Severity | None:
        """The most severe level of any finding."""
        return min((finding.severity for finding in self.findings), key=lambda s: s.rank, default=None)
