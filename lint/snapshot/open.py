"""From a path and a revision to a tree, and what kernel it is."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from lint.errors import UserError
from lint.gitcmd import Git
from lint.snapshot.directory import DirectoryTree
from lint.snapshot.gittree import GitTree
from lint.snapshot.memory import EmptyTree
from lint.snapshot.overlay import base_of
from lint.snapshot.tree import Tree

_VERSION = re.compile(rb"^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION)[ \t]*=[ \t]*([^ \t\n#]*)", re.MULTILINE)
_TOP = 65536


@dataclass(frozen=True, slots=True)
class TreeInfo:
    """``kind`` is ``git``, ``directory`` or ``none``; ``kernel`` is ``7.2.13``, empty when the Makefile does not say;
    ``revision`` the full name of the commit, empty without git.
    """

    kind: str
    kernel: str
    revision: str


def open_tree(path: Path, revision: str | None = None) -> Tree:
    """The kernel tree at a path: at a git revision (HEAD when none is given), or as a plain directory is on disk.

    Uncommitted changes of a git work tree are no part of it. Raises UserError with what to do.
    """
    if not path.is_dir():
        raise UserError(f"{path} is not a directory: give --tree the top directory of a kernel tree")
    if not os.access(path, os.R_OK | os.X_OK):
        raise UserError(f"{path} can't be read: check its permissions")
    top = _repository(path)
    if top is not None:
        return _git_tree(path, top, revision)
    if revision is not None:
        raise UserError(f"{path} is a plain directory without revisions: leave out --base or give a git repository")
    return _checked(DirectoryTree(path), path)


def tree_info(tree: Tree) -> TreeInfo:
    """What a report says of the tree below all overlays."""
    base = base_of(tree)
    if isinstance(base, EmptyTree):
        return TreeInfo("none", "", "")
    kernel = kernel_version(base)
    if isinstance(base, GitTree):
        return TreeInfo("git", kernel, base.commit or base.tree_id)
    return TreeInfo("directory", kernel, "")


def kernel_version(tree: Tree) -> str:
    """The version of the top Makefile (``7.2.13``, ``7.3.0-rc1``); empty when there is none."""
    found: dict[bytes, str] = {}
    for name, value in _VERSION.findall((tree.read("Makefile") or b"")[:_TOP]):
        found.setdefault(name, value.decode("ascii", "replace"))
    if not found.get(b"VERSION"):
        return ""
    numbers = [found.get(name, "") for name in (b"VERSION", b"PATCHLEVEL", b"SUBLEVEL")]
    return ".".join(number for number in numbers if number) + found.get(b"EXTRAVERSION", "")


def find_kernel_tree(start: Path) -> Path | None:
    """The top of the kernel tree that a directory stands in, itself included; None when it stands in none."""
    start = start.absolute()
    return next((one for one in (start, *start.parents) if _is_kernel(DirectoryTree(one))), None)


def _git_tree(path: Path, top: Path, revision: str | None) -> Tree:
    if top != path.resolve() and _is_kernel(DirectoryTree(path)):
        # A kernel that was unpacked inside some other repository.
        if revision is not None:
            raise UserError(f"{path} is not the top of its git repository: leave out --base or give {top}")
        return DirectoryTree(path)
    code, _, _ = Git(top).attempt("rev-parse", "--verify", "--quiet", "HEAD")
    if revision is None and code != 0:
        return _checked(DirectoryTree(top), top)
    return _checked(GitTree(top, "HEAD" if revision is None else revision), top, revision)


def _repository(path: Path) -> Path | None:
    """The top of the work tree, or the bare repository itself; None when git knows no repository here."""
    try:
        code, output, reason = Git(path).attempt("rev-parse", "--is-bare-repository", "--show-cdup")
    except UserError:
        return None
    if code != 0:
        if "dubious ownership" in reason:
            raise UserError(f"git refuses {path} because somebody else owns it: see safe.directory in git help config")
        return None
    bare, _, up = output.decode("utf-8", "surrogateescape").partition("\n")
    return path.resolve() if bare == "true" else (path / up.strip("\n")).resolve()


def _checked(tree: DirectoryTree | GitTree, path: Path, revision: str | None = None) -> Tree:
    if not _is_kernel(tree):
        where = f"{path} at {revision}" if revision else f"{path}"
        raise UserError(f"{where} is no kernel tree (no top Makefile with a VERSION, or no Kconfig): give its top")
    return tree


def _is_kernel(tree: Tree) -> bool:
    return tree.exists("Kconfig") and bool(kernel_version(tree))
