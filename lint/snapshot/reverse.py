"""A tree without patches that it holds already: ``b4 prep --check`` hands over commits of the checked out branch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lint.intake.model import Change, FilePatch, Hunk, HunkLine, Patch
from lint.snapshot.apply import Applied, apply_patch
from lint.snapshot.memory import EmptyTree
from lint.snapshot.overlay import base_of
from lint.snapshot.tree import Tree

_BACK = {
    Change.ADD: Change.DELETE,
    Change.DELETE: Change.ADD,
    Change.MODIFY: Change.MODIFY,
    Change.RENAME: Change.RENAME,
}
_KINDS = {"+": "-", "-": "+"}


def without(tree: Tree, patches: Sequence[Patch]) -> Tree | None:
    """The tree with the patches taken out again, the last one first; None unless each comes out whole, without fuzz."""
    if not patches or isinstance(base_of(tree), EmptyTree):
        return None
    for patch in reversed(patches):
        back = reverse(patch)
        if back is None:
            return None
        applied = apply_patch(tree, back)
        if len(applied.problems) > _moved(applied):
            return None
        tree = applied.tree
    return tree


def reverse(patch: Patch) -> Patch | None:
    """The patch that undoes a patch; None for what shows no content to go back to."""
    if any(one.binary or one.change not in _BACK for one in patch.files):
        return None
    return replace(patch, files=tuple(_file(one) for one in reversed(patch.files)))


def _moved(applied: Applied) -> int:
    """How many hunks only left the start or end of their file, which later patches that add there make them do."""
    return sum(not placed.exact and not placed.fuzz for file in applied.files for placed in file.placed)


def _file(one: FilePatch) -> FilePatch:
    return FilePatch(
        change=_BACK[one.change],
        old_path=one.new_path,
        new_path=one.old_path,
        old_mode=one.new_mode,
        new_mode=one.old_mode,
        hunks=tuple(_hunk(hunk) for hunk in one.hunks),
    )


def _hunk(hunk: Hunk) -> Hunk:
    return Hunk(
        old_start=hunk.new_start,
        old_length=hunk.new_length,
        new_start=hunk.old_start,
        new_length=hunk.old_length,
        section=hunk.section,
        lines=tuple(HunkLine(_KINDS.get(line.kind, line.kind), line.text) for line in hunk.lines),
    )
