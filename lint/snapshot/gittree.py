"""A git revision as a tree: from the files of the work tree where they are the same, from objects otherwise."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Collection, Mapping
from pathlib import Path

from lint.errors import Problem, UserError
from lint.gitcmd import Git
from lint.snapshot.files import Files
from lint.snapshot.grep import Grepped, git_grep
from lint.snapshot.objects import Blob, Objects, blob, listing
from lint.snapshot.paths import SYMLINK, below, link_stays_inside
from lint.snapshot.search import SearchMemo, Store
from lint.snapshot.tree import Occurrence
from lint.snapshot.words import scan
from lint.snapshot.worktree import differences, same_bytes

MAX_DIFFERENT = 2000
_LAST = "\U0010ffff"  # sorts behind every character of a path
MAX_CACHED = 64 * 1024 * 1024


class GitTree:
    """The files of one commit or tree of a repository. Uncommitted changes are no part of it.

    ``repository`` is the top of a work tree or a bare repository; ``revision`` whatever git understands. Raises
    UserError for a revision that it does not.
    """

    def __init__(self, repository: Path, revision: str) -> None:
        self.root = repository
        self.revision = revision
        self._git = Git(repository)
        self.commit = _resolve(self._git, repository, revision, "commit") or ""
        tree = _resolve(self._git, repository, revision, "tree")
        if tree is None:
            raise UserError(f"{revision!r} is no revision of the git repository {repository}: name a commit or tag")
        self.tree_id = tree
        self._objects = Objects(self._git)
        different = differences(self._git, self.tree_id)
        self._near = different is not None and len(different) <= MAX_DIFFERENT
        self._different: Mapping[str, Blob | None] = different if different and self._near else {}
        self._greppable: bool | None = None if self._near else False
        self._files = Files(repository)
        self._listed: dict[str, str] | None = None
        self._lists: dict[str, tuple[str, ...]] = {}
        self._cache: dict[str, bytes | None] = {}
        self._cached = 0
        self._memo = SearchMemo(self._find)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What searches had to leave out."""
        return self._memo.problems

    def remember(self, store: Store) -> None:
        """Keep the answers of searches beyond this run."""
        self._memo.remember(store)

    def read(self, path: str) -> bytes | None:
        """The content of a regular file of the revision, or None."""
        if path in self._cache:
            return self._cache[path]
        content = self._content(path)
        size = len(content or b"")
        if self._cached + size <= MAX_CACHED:
            self._cache[path] = content
            self._cached += size
        return content

    def exists(self, path: str) -> bool:
        """Whether the revision has a file there, or a symlink that stays inside the tree."""
        entry = self._entry(path)
        if entry is None or entry.mode != SYMLINK:
            return entry is not None
        return link_stays_inside(path, (self._objects.read(entry.name) or b"").decode("utf-8", "surrogateescape"))

    def mode(self, path: str) -> str:
        """The mode that the revision records."""
        entry = self._entry(path)
        return entry.mode if entry else ""

    def blob_name(self, path: str) -> str:
        """The object name that a file's content follows from; empty where there is none."""
        entry = self._entry(path)
        return entry.name if entry is not None and entry.mode != SYMLINK else ""

    def names_of(self, *directories: str) -> tuple[str, ...]:
        """The object names of directories of the tree; empty when one of them is missing."""
        code, output, _ = self._git.attempt("rev-parse", *(f"{self.tree_id}:{one}" for one in directories))
        return tuple(output.decode("ascii", "replace").split()) if code == 0 else ()

    def list(self, prefix: str = "") -> tuple[str, ...]:
        """All files of the revision below a directory, sorted."""
        if prefix not in self._lists:
            if prefix:
                whole = self.list()
                self._lists[prefix] = whole[bisect_left(whole, prefix) : bisect_left(whole, prefix + _LAST)]
            else:
                self._lists[prefix] = tuple(sorted(self._all()))
        return self._lists[prefix]

    def search(self, words: Collection[str], within: Collection[str] = ()) -> Mapping[str, tuple[Occurrence, ...]]:
        """Where each word stands as a whole word; one ``git grep`` for all that is not known yet."""
        return self._memo.search(words, within)

    def _content(self, path: str) -> bytes | None:
        entry = self._entry(path)
        if entry is None or entry.mode == SYMLINK:
            return None
        if self._near and path not in self._different:
            content = self._files.read(path)
            # Whatever filters, line ends or a changed index would make of it: the name of the blob proves the bytes.
            if content is not None and _blob_name(content, len(entry.name)) == entry.name:
                return content
        return self._objects.read(entry.name)

    def _find(self, words: Collection[str], within: tuple[str, ...]) -> Grepped:
        if self._greppable is None:
            self._greppable = same_bytes(self._git, self.root, self._all())
        if not self._greppable:
            answer = git_grep(self._git, words, within, (), self.tree_id)
            if answer is None:
                raise UserError(f"git grep failed in {self.root}: check the repository with git fsck")
            return answer
        answer = git_grep(self._git, words, within, ())
        if answer is None:
            self._greppable = False
            return self._find(words, within)
        contents = [
            (path, content)
            for path in self._different
            if below(path, within) and (content := self.read(path)) is not None
        ]
        ours = scan(words, contents, within)
        found = {
            word: [one for one in places if one.path not in self._different] + ours[word]
            for word, places in answer.found.items()
        }
        return Grepped(found, answer.truncated)

    def _entry(self, path: str) -> Blob | None:
        if path in self._different:
            return self._different[path]
        about = self._all().get(path)
        return blob(about) if about is not None else None

    def _all(self) -> Mapping[str, str]:
        """All files of the revision, as git lists them; the entries of what differs are in ``_different``."""
        if self._listed is None:
            if self._near:
                self._listed = listing(self._git.run("ls-files", "-s", "-z"))
                for path, entry in self._different.items():
                    self._listed.pop(path, None)
                    if entry is not None:
                        self._listed[path] = ""
            else:
                self._listed = listing(self._git.run("ls-tree", "-r", "-z", "--full-tree", self.tree_id))
        return self._listed


def _resolve(git: Git, repository: Path, revision: str, kind: str) -> str | None:
    if not revision or revision.startswith("-") or "\0" in revision:
        return None
    code, output, _ = git.attempt("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{{kind}}}")
    name = output.decode("ascii", "replace").strip()
    return name if code == 0 and name else None


def _blob_name(content: bytes, length: int) -> str:
    algorithm = hashlib.sha1 if length == 40 else hashlib.sha256
    return algorithm(b"blob %d\0" % len(content) + content).hexdigest()
