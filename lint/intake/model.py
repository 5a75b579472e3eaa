"""A series of patches as values: what every source is turned into."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lint.errors import Problem


class Change(StrEnum):
    """What a patch does to one file, in the words of git's extended headers."""

    MODIFY = "modify"
    ADD = "add"
    DELETE = "delete"
    RENAME = "rename"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class HunkLine:
    """One line of a hunk: ``kind`` is `` ``, ``+`` or ``-``; ``text`` keeps its line end (none at end of file)."""

    kind: str
    text: bytes


@dataclass(frozen=True, slots=True)
class Hunk:
    """One hunk; lines count from 1 as in ``@@ -old_start,old_length +new_start,new_length @@ section``."""

    old_start: int
    old_length: int
    new_start: int
    new_length: int
    section: bytes
    lines: tuple[HunkLine, ...]


@dataclass(frozen=True, slots=True)
class FilePatch:
    """What a patch does to one file. Paths are relative to the tree, with ``/``, without ``a/`` and ``b/``.

    ``old_path`` is empty for a new file, ``new_path`` for a deleted one. Modes are octal strings as git writes them
    (``100644``), empty when the patch does not say. ``binary`` files carry no hunks.
    """

    change: Change
    old_path: str
    new_path: str
    old_mode: str = ""
    new_mode: str = ""
    binary: bool = False
    hunks: tuple[Hunk, ...] = ()

    @property
    def path(self) -> str:
        """The path that the file has after the patch, or had before it was deleted."""
        return self.new_path or self.old_path


@dataclass(frozen=True, slots=True)
class Mail:
    """The headers and text of one mail; text is decoded, with LF line ends."""

    subject: str
    message_id: str = ""
    author: str = ""
    date: str = ""
    to: str = ""
    cc: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    body: str = ""


@dataclass(frozen=True, slots=True)
class Patch:
    """One patch of a history.

    ``index`` counts from 1 in the history that was given; ``number`` is what the subject says (``16/18``, empty when
    it says nothing); ``title`` is the subject without prefixes; ``changelog`` is the commit message below the subject,
    trailers included, ``notes`` what stands between ``---`` and the diff. ``author`` wrote the patch: the ``From:``
    line of the body where there is one, else the sender.
    """

    index: int
    number: str
    title: str
    mail: Mail
    changelog: str
    notes: str
    files: tuple[FilePatch, ...]
    source: str
    author: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """One series: its cover letter, when there is one, and its patches in order.

    ``version`` is 1 when the subjects name none; ``expected`` is the ``m`` of ``n/m``, or the number of patches.
    ``base_commit`` is the ``base-commit:`` trailer, or empty; for a range of a git repository (``from_git``) the full
    id of the commit that its first patch stands on.
    """

    subject: str
    version: int
    expected: int
    cover: Mail | None
    patches: tuple[Patch, ...]
    source: str
    base_commit: str = ""
    from_git: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """Everything that was given on one command line, as one history of patches, applied in this order."""

    series: tuple[Series, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def patches(self) -> tuple[Patch, ...]:
        """All patches, in the order in which they apply."""
        return tuple(patch for one in self.series for patch in one.patches)

    @property
    def covers(self) -> dict[int, Mail]:
        """The cover letters, by the index of every patch of their series."""
        return {patch.index: one.cover for one in self.series if one.cover is not None for patch in one.patches}
