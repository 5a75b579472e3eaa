"""A patch over a tree: the tree after it, and what became of every file."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lint.errors import Problem, Stage
from lint.intake.model import Change, FilePatch, Patch
from lint.snapshot.fragments import fragment_text
from lint.snapshot.hunks import Effort, Patched, PlacedHunk, apply_hunks
from lint.snapshot.memory import EmptyTree
from lint.snapshot.overlay import Entry, OverlayTree, base_of
from lint.snapshot.paths import GITLINK, REGULAR, SYMLINK, is_safe, parents
from lint.snapshot.tree import Tree

__all__ = ["Applied", "FileChange", "PlacedHunk", "apply_patch"]

_CREATES = (Change.ADD, Change.RENAME, Change.COPY)


@dataclass(frozen=True, slots=True)
class FileChange:
    """What a patch made of one file.

    ``before`` and ``after`` are None where there is no such file, and where the content is not known (``binary``,
    symlinks). ``added`` are line numbers in ``after``, ``removed`` in ``before``. A ``fragment`` holds only what the
    hunks show, on the lines that their headers name.
    """

    patch_file: FilePatch
    old_path: str
    new_path: str
    before: bytes | None
    after: bytes | None
    added: frozenset[int] = frozenset()
    removed: frozenset[int] = frozenset()
    placed: tuple[PlacedHunk, ...] = ()
    fragment: bool = False
    binary: bool = False

    @property
    def path(self) -> str:
        """The path after the patch, or before it when the file is gone."""
        return self.new_path or self.old_path


@dataclass(frozen=True, slots=True)
class Applied:
    """The tree after a patch, its files in the order of the patch, and what git would have refused."""

    tree: Tree
    files: tuple[FileChange, ...]
    problems: tuple[Problem, ...] = ()


def apply_patch(tree: Tree, patch: Patch) -> Applied:
    """Apply a patch in memory with the rules of git apply.

    What git would refuse is applied as far as it goes and reported. Over an ``EmptyTree`` a file that is not known
    becomes a fragment without a problem: nothing can be missing from a tree that was not given.
    """
    run = _Run(tree, patch.index)
    for one in patch.files:
        run.add(one)
    return Applied(OverlayTree(tree, run.changed()), tuple(run.files), tuple(run.problems))


class _Run:
    """The state of one application."""

    def __init__(self, tree: Tree, index: int) -> None:
        self.tree = tree
        self.index = index
        self.files: list[FileChange] = []
        self.problems: list[Problem] = []
        self._effort = Effort()
        self._written: dict[str, Entry] = {}
        self._gone: dict[str, None] = {}
        self._known = not isinstance(base_of(tree), EmptyTree)

    def changed(self) -> dict[str, Entry | None]:
        """What the overlay holds: files that are gone, then files that were written (a swap of names does both)."""
        return {**dict.fromkeys(self._gone), **self._written}

    def add(self, one: FilePatch) -> None:
        """Apply what the patch does to one file."""
        if not self._is_allowed(one):
            return
        source = one.old_path or one.new_path
        moves = one.change in (Change.RENAME, Change.COPY)
        # A rename or copy takes the file as it was before the patch: "git patches do not depend on the order".
        mode = self.tree.mode(source) if moves else self._mode(source)
        if one.change is Change.ADD:
            self._check_new(one)
            mode = ""
        elif not mode:
            self._missing(one)
            return
        if SYMLINK in (mode, one.new_mode, one.old_mode):
            self._link(one)
            return
        before = self._before(one, source, moves)
        if one.binary or (before is None and one.change is not Change.ADD):
            self._opaque(one, mode)
            return
        self._text(one, mode, before)

    def _text(self, one: FilePatch, mode: str, before: bytes | None) -> None:
        result = apply_hunks(before or b"", one.hunks, self._effort)
        self._report(one, result)
        if one.change is Change.DELETE and not result.missed and result.content:
            self._problem(one.old_path, "removal patch leaves file contents: the file is taken as removed")
        self._write(one, mode, result.content)
        if result.missed:
            self.files.append(_fragment(one))
            return
        after = None if one.change is Change.DELETE else result.content
        removed = result.removed
        if after is None and before:
            removed = frozenset(range(1, before.count(b"\n") + (not before.endswith(b"\n")) + 1))
        self.files.append(
            FileChange(one, one.old_path, one.new_path, before, after, result.added, removed, result.placed)
        )

    def _before(self, one: FilePatch, source: str, moves: bool) -> bytes | None:
        if one.change is Change.ADD:
            return None
        if moves or source not in self._written:
            return self.tree.read(source)
        return self._written[source].content

    def _mode(self, path: str) -> str:
        if path in self._written:
            return self._written[path].mode
        return "" if path in self._gone else self.tree.mode(path)

    def _is_allowed(self, one: FilePatch) -> bool:
        for path in (one.old_path, one.new_path):
            if path and not is_safe(path):
                self._problem("", f"refused to touch {path!r}: not a path inside the tree")
                return False
            if any(self._mode(parent) == SYMLINK for parent in parents(path)):
                self._problem(path, "refused: the file is beyond a symbolic link")
                return False
        if GITLINK in (one.old_mode, one.new_mode):
            self._problem(one.path, "a submodule can't be followed: left out")
            return False
        return bool(one.path)

    def _check_new(self, one: FilePatch) -> None:
        if self._mode(one.new_path):
            self._problem(one.new_path, "the new file already exists in the tree: its new content is used")

    def _missing(self, one: FilePatch) -> None:
        if self._known or one.old_path in self._gone:
            self._problem(one.old_path or one.path, "the file does not exist in the tree")
        if one.change is not Change.DELETE and one.hunks and not one.binary:
            self.files.append(_fragment(one))
            return
        self.files.append(replace(_fragment(one), before=None if one.binary else b"", after=None, binary=one.binary))

    def _link(self, one: FilePatch) -> None:
        self._problem(one.path, "a symbolic link is recorded, never followed")
        if one.change is Change.DELETE or (one.old_mode == SYMLINK and one.new_mode not in ("", SYMLINK)):
            self._gone[one.old_path] = None
            self._written.pop(one.old_path, None)
        if one.change is not Change.DELETE:
            target = b"".join(line.text for hunk in one.hunks for line in hunk.lines if line.kind == "+")
            self._put(one, Entry(SYMLINK, target.rstrip(b"\n")))
        self.files.append(FileChange(one, one.old_path, one.new_path, None, None, binary=True))

    def _opaque(self, one: FilePatch, mode: str) -> None:
        if not one.binary:
            self._problem(one.path, "the file is too large or can't be read")
        self._write(one, mode, None)
        self.files.append(FileChange(one, one.old_path, one.new_path, None, None, binary=True))

    def _write(self, one: FilePatch, mode: str, content: bytes | None) -> None:
        if one.change is Change.DELETE:
            self._gone[one.old_path] = None
            self._written.pop(one.old_path, None)
            return
        self._put(one, Entry(one.new_mode or mode or REGULAR, content))

    def _put(self, one: FilePatch, entry: Entry) -> None:
        if one.change is Change.RENAME:
            self._gone[one.old_path] = None
        self._written[one.new_path] = entry

    def _report(self, one: FilePatch, result: Patched) -> None:
        path = one.old_path or one.new_path
        for hunk in result.missed:
            self._problem(path, f"the hunk at line {hunk.old_start} does not apply", hunk.old_start)
        for placed in result.placed:
            if not placed.exact:
                why = f"with fuzz {placed.fuzz}" if placed.fuzz else "away from the start or end of the file"
                line = placed.hunk.old_start
                self._problem(path, f"the hunk at line {line} applies only {why}, at line {placed.new_start}", line)

    def _problem(self, path: str, message: str, line: int = 0) -> None:
        self.problems.append(Problem(Stage.APPLY, message, path, line, self.index))


def _fragment(one: FilePatch) -> FileChange:
    before, after, added, removed = fragment_text(one.hunks)
    return FileChange(
        one,
        one.old_path,
        one.new_path,
        None if one.change is Change.ADD else before,
        None if one.change is Change.DELETE else after,
        added,
        removed,
        fragment=True,
    )
