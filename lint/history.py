"""A history applied to a tree: the state before and after each patch, and the change between any two of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from lint.change import Change
from lint.errors import Problem
from lint.intake.model import Change as FileAction
from lint.intake.model import FilePatch, Mail, Patch
from lint.migrations.model import Migration
from lint.snapshot.apply import FileChange, apply_patch
from lint.snapshot.reverse import without
from lint.snapshot.tree import Tree
from lint.state import Knowledge, State

_NO_COVERS: Mapping[int, Mail] = MappingProxyType({})


@dataclass(frozen=True)
class AppliedHistory:
    """All steps, in order, with what did not apply."""

    steps: tuple[Change, ...]
    problems: tuple[Problem, ...]

    def between(self, first: int, last: int) -> Change:
        """The change from before step ``first`` to after step ``last`` (counted from 0), told as one."""
        if first == last:
            return self.steps[first]
        start, end = self.steps[first], self.steps[last]
        paths = dict.fromkeys(
            p for step in self.steps[first : last + 1] for f in step.files for p in (f.old_path, f.new_path)
        )
        return Change(
            patch=start.patch,
            before=start.before,
            after=end.after,
            files=tuple(_differences(start.before.tree, end.after.tree, [path for path in paths if path])),
            migrations=start.migrations,
            archs=start.archs,
            previous=start.previous,
            cover=start.cover,
            touched=start.touched,
        )


def apply_history(
    tree: Tree,
    patches: Sequence[Patch],
    migrations: tuple[Migration, ...],
    archs: tuple[str, ...],
    knowledge: Knowledge,
    covers: Mapping[int, Mail] = _NO_COVERS,
) -> AppliedHistory:
    """Apply every patch on top of the one before; what does not apply becomes a problem and the rest goes on.

    Patches that do not apply because the tree holds them already are applied to the tree without them. ``covers`` are
    the cover letters by the index of the patches that they stand above.
    """
    applied = _apply(tree, patches, migrations, archs, knowledge, covers)
    if not applied.problems:
        return applied
    base = without(tree, patches)
    again = applied if base is None else _apply(base, patches, migrations, archs, knowledge, covers)
    return again if _badness(again) <= _badness(applied) else applied


def _badness(applied: AppliedHistory) -> tuple[int, int]:
    return sum(file.fragment for step in applied.steps for file in step.files), len(applied.problems)


def _apply(
    tree: Tree,
    patches: Sequence[Patch],
    migrations: tuple[Migration, ...],
    archs: tuple[str, ...],
    knowledge: Knowledge,
    covers: Mapping[int, Mail],
) -> AppliedHistory:
    steps: list[Change] = []
    problems: list[Problem] = []
    state = State(tree, knowledge)
    own = _own(patches, state)
    asked = archs or touched(patches, state)
    for patch in patches:
        applied = apply_patch(state.tree, patch)
        problems += applied.problems
        after = State(applied.tree, knowledge)
        previous = steps[-1] if steps else None
        cover = covers.get(patch.index)
        steps.append(Change(patch, state, after, applied.files, migrations, asked, previous, cover, own))
        state = after
    return AppliedHistory(tuple(steps), tuple(problems))


def touched(patches: Sequence[Patch], state: State) -> tuple[str, ...]:
    """The architectures that a history is about: those of arch/ that it touches, all when it touches code elsewhere."""
    if any(_is_for_all(path) for path in _paths(patches)):
        return state.architectures
    return _own(patches, state)


def _own(patches: Sequence[Patch], state: State) -> tuple[str, ...]:
    """The architectures of arch/ that a history touches."""
    found = {path.split("/")[1] for path in _paths(patches) if path.startswith("arch/")}
    return tuple(sorted(found & set(state.architectures)))


def _paths(patches: Sequence[Patch]) -> set[str]:
    return {p for patch in patches for file in patch.files for p in (file.old_path, file.new_path) if p}


def _is_for_all(path: str) -> bool:
    if path.startswith(("Documentation/", "tools/", "samples/", "scripts/", "LICENSES/")):
        return False
    name = path.rpartition("/")[2]
    if path.startswith("arch/"):
        return path.count("/") == 1
    return path.endswith((".c", ".h", ".S", ".rs")) or name.startswith("Kconfig") or name in ("Makefile", "Kbuild")


def _differences(before: Tree, after: Tree, paths: Sequence[str]) -> Iterator[FileChange]:
    for path in paths:
        old, new = before.read(path), after.read(path)
        if old != new:
            yield _difference(path, old, new)


def _difference(path: str, old: bytes | None, new: bytes | None) -> FileChange:
    action = FileAction.ADD if old is None else FileAction.DELETE if new is None else FileAction.MODIFY
    old_path, new_path = ("" if old is None else path), ("" if new is None else path)
    removed, added = _changed_lines(old or b"", new or b"")
    return FileChange(
        patch_file=FilePatch(action, old_path, new_path),
        old_path=old_path,
        new_path=new_path,
        before=old,
        after=new,
        added=frozenset(added),
        removed=frozenset(removed),
        placed=(),
        fragment=False,
        binary=False,
    )


def _changed_lines(old: bytes, new: bytes) -> tuple[set[int], set[int]]:
    """Numbers of the removed lines (in ``old``) and of the added ones (in ``new``)."""
    a, b = old.split(b"\n"), new.split(b"\n")
    head = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    room = min(len(a), len(b)) - head
    tail = next((i for i in range(room) if a[-1 - i] != b[-1 - i]), room)
    matcher = difflib.SequenceMatcher(None, a[head : len(a) - tail], b[head : len(b) - tail], autojunk=False)
    removed: set[int] = set()
    added: set[int] = set()
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag != "equal":
            removed.update(range(head + i + 1, head + j + 1))
            added.update(range(head + k + 1, head + m + 1))
    return removed, added
