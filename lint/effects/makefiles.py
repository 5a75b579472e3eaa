"""Objects whose makefile lines a patch changed: which they are, and by which line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import dirname

from lint.change import Change
from lint.config_uses import is_makefile
from lint.effects.cause import line_text
from lint.effects.listed import objects_of, source_of
from lint.effects.model import Link
from lint.kbuild.lists import Listed
from lint.resolve import is_host
from lint.snapshot.apply import FileChange


@dataclass(frozen=True, slots=True)
class Relisted:
    """An object that was there before and stays, and the changed line on which its being built hangs."""

    path: str
    link: Link


def relisted(change: Change) -> Iterator[Relisted]:
    """The objects below changed makefile lines, by makefile; sources that the patch itself brings or takes are none."""
    seen: set[str] = set()
    for file in change.files:
        if not is_makefile(file.path) or is_host(file.path) or file.fragment or file.binary:
            continue
        directory = dirname(file.path)
        old, new = change.before.gating.lists(directory), change.after.gating.lists(directory)
        for target in dict.fromkeys((*old, *new)):
            before, after = old.get(target, []), new.get(target, [])
            if _said(before) == _said(after):
                continue
            link = _link(change, file, before, after)
            for path in dict.fromkeys(
                (*_objects(change, directory, target, 0), *_objects(change, directory, target, 1))
            ):
                if path not in seen and not _own(change, file, path, before, after):
                    seen.add(path)
                    yield Relisted(path, link)


def _objects(change: Change, directory: str, target: str, side: int) -> Iterator[str]:
    state = change.after if side else change.before
    return objects_of(state.tree, state.gating, directory, target)


def _own(change: Change, file: FileChange, path: str, before: list[Listed], after: list[Listed]) -> bool:
    """Whether the patch's own lines say it all: a source that comes or goes, or an object that was listed nowhere."""
    if source_of(change.before.tree, path) is None or source_of(change.after.tree, path) is None:
        return True
    if before or any(one.target.endswith("/") for one in after):
        return False
    return any(one.path == file.path and one.line in file.added for one in after)


def _said(lines: list[Listed]) -> set[object]:
    return {(one.kind, one.owner, one.builtin, one.module) for one in lines}


def _link(change: Change, file: FileChange, before: list[Listed], after: list[Listed]) -> Link:
    """The line of the patch: what it says now, or what it said."""
    fresh = next((one for one in after if one.path == file.new_path and one.line in file.added), None)
    if fresh is not None:
        return Link(fresh.path, fresh.line, line_text(change.after.tree, fresh.path, fresh.line))
    gone = next((one for one in before if one.path == file.old_path and one.line in file.removed), None)
    if gone is not None:
        return Link(gone.path, gone.line, f"removed: {line_text(change.before.tree, gone.path, gone.line)}")
    if file.added and file.new_path:
        line = min(file.added)
        return Link(file.new_path, line, line_text(change.after.tree, file.new_path, line))
    line = min(file.removed, default=1)
    return Link(file.old_path or file.path, line, f"removed: {line_text(change.before.tree, file.old_path, line)}")
