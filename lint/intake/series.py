"""Mails in any order put together to series: numbered, complete or not, the newest version of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from lint.errors import Problem, Stage
from lint.intake.letter import Letter, as_patch
from lint.intake.model import Patch, Series

MAX_RIVALS = 100


@dataclass(slots=True)
class _Draft:
    """The mails that are taken for one version of one series; ``total`` is None for a patch without a number."""

    version: int
    total: int | None
    letters: list[Letter] = field(default_factory=list)
    cover: Letter | None = None
    numbered: dict[int | None, list[Letter]] = field(default_factory=dict)
    titles: set[str] = field(default_factory=set)
    roots: set[str] = field(default_factory=set)
    senders: set[str] = field(default_factory=set)
    threaded: bool = False

    def add(self, letter: Letter) -> None:
        """Take in one mail."""
        self.letters.append(letter)
        self.numbered.setdefault(letter.subject.number, []).append(letter)
        self.titles.update({letter.subject.title.lower()} - {""})
        self.roots.update({letter.root} - {""})
        self.senders.add(letter.mail.author)
        self.threaded = self.threaded or letter.in_thread

    @property
    def order(self) -> int:
        """When the first of its mails came."""
        return min(letter.order for letter in self.letters)

    @property
    def name(self) -> str:
        """A name for messages."""
        return (self.cover or self.letters[0]).subject.title[:100] or self.letters[0].source


def assemble(
    letters: Sequence[Letter], source: str, first: int, *, together: bool = False
) -> tuple[tuple[Series, ...], tuple[Problem, ...]]:
    """The series that mails make up, in the order in which they appear, and what was left out or is missing.

    Patches count from ``first``. Patches without numbers are series of their own, or with ``together`` one series in
    the order given.
    """
    problems: list[Problem] = []
    kept = _unique(letters)
    for letter in kept:
        if not letter.is_patch and letter.subject.number and not letter.subject.answer:
            problems.append(_problem(f"the mail {letter.subject.written} {letter.subject.title[:100]!r} holds no diff"))
    drafts = _drafts([letter for letter in kept if letter.is_patch], together)
    _give_covers(drafts, [letter for letter in kept if letter.is_cover])
    drafts = _newest(drafts, problems)
    found: list[Series] = []
    silent = {(one.subject.version, one.subject.number) for one in kept if not one.is_patch and not one.subject.answer}
    for draft in sorted(drafts, key=lambda draft: draft.order):
        _single_out(draft, problems)
        _name_missing(draft, silent, problems)
        series, more = _series(draft, source, first)
        first += len(series.patches)
        found.append(series)
        problems.extend(more)
    return tuple(found), tuple(problems)


def in_order(letters: Sequence[Letter], source: str, first: int) -> tuple[Series, tuple[Problem, ...]]:
    """One series of patches whose order is known from elsewhere (a quilt series file, a git range)."""
    cover = next((letter for letter in letters if letter.is_cover), None)
    draft = _Draft(1, None, [letter for letter in letters if letter.is_patch], cover)
    draft.version = max((letter.subject.version for letter in letters), default=1)
    return _series(draft, source, first)


def _unique(letters: Iterable[Letter]) -> list[Letter]:
    """Mails that came once only: the same message in two folders is one."""
    seen: set[tuple[str, str]] = set()
    kept: list[Letter] = []
    for letter in letters:
        key = (letter.mail.message_id, letter.mail.subject)
        if letter.mail.message_id and key in seen:
            continue
        seen.add(key)
        kept.append(letter)
    return kept


def _drafts(letters: Sequence[Letter], together: bool) -> list[_Draft]:
    drafts: dict[tuple[int, int | None], list[_Draft]] = {}
    for letter in letters:
        subject = letter.subject
        among = drafts.setdefault((subject.version, subject.total), [])
        if subject.total is None:
            fitting = among[0] if together and among else None
        else:
            fitting = _fitting(letter, among[-MAX_RIVALS:])
        if fitting is None:
            fitting = _Draft(subject.version, subject.total)
            among.append(fitting)
        fitting.add(letter)
    return [draft for among in drafts.values() for draft in among]


def _fitting(letter: Letter, among: Sequence[_Draft]) -> _Draft | None:
    """The series of the same version and length that a patch belongs to: same thread, or nothing speaks against it."""
    number, title = letter.subject.number, letter.subject.title.lower()
    for draft in among:
        rivals = draft.numbered.get(number, [])
        same = any(rival.subject.title.lower() == title for rival in rivals[-MAX_RIVALS:])
        if same or (not rivals and letter.root in draft.roots):
            return draft
    for draft in among:
        elsewhere = letter.in_thread and draft.threaded
        if number not in draft.numbered and letter.mail.author in draft.senders and not elsewhere:
            return draft
    return None


def _give_covers(drafts: Sequence[_Draft], covers: Sequence[Letter]) -> None:
    for draft in drafts:
        if draft.total is None:
            continue
        same = [cover for cover in covers if cover.subject.version == draft.version]
        threaded = [cover for cover in same if cover.mail.message_id in draft.roots or cover.root in draft.roots]
        fitting = [cover for cover in threaded or same if cover.subject.total == draft.total] or threaded
        # A cover letter of another thread is only taken when there is nothing to confuse it with.
        if threaded or len([one for one in drafts if one.total == draft.total]) == 1:
            draft.cover = max(fitting, key=lambda cover: (cover.time, cover.order), default=None)


def _newest(drafts: Sequence[_Draft], problems: list[Problem]) -> list[_Draft]:
    """Of the versions of one series only the newest, filled up from older ones where it answers in their thread."""
    kept: list[_Draft] = []
    for family in _families(drafts):
        newest = max(draft.version for draft in family)
        kept.extend(draft for draft in family if draft.version == newest)
        older = sorted((draft for draft in family if draft.version < newest), key=lambda draft: -draft.version)
        if older:
            chosen = next(draft for draft in family if draft.version == newest)
            versions = ", ".join(f"v{version}" for version in sorted({draft.version for draft in older}))
            filled = _fill(chosen, older[0])
            also = f"; patches that it leaves out come from v{older[0].version}" if filled else ""
            problems.append(_problem(f"{chosen.name!r}: v{newest} is taken, {versions} left out{also}"))
    return kept


def _families(drafts: Sequence[_Draft]) -> list[list[_Draft]]:
    """Versions of one work: they share a title, the title of the cover letter or, when numbered, the thread."""
    leader = list(range(len(drafts)))

    def lead(at: int) -> int:
        while leader[at] != at:
            leader[at] = leader[leader[at]]
            at = leader[at]
        return at

    known: dict[tuple[str, str], int] = {}
    for at, draft in enumerate(drafts):
        marks = [("title", title) for title in sorted(draft.titles)]
        if draft.cover:
            marks.append(("cover", draft.cover.subject.title.lower()))
        if draft.total is not None:
            marks.extend(("thread", root) for root in sorted(draft.roots))
        for mark in marks:
            leader[lead(at)] = lead(known.setdefault(mark, at))
    families: dict[int, list[_Draft]] = {}
    for at, draft in enumerate(drafts):
        families.setdefault(lead(at), []).append(draft)
    return list(families.values())


def _fill(newer: _Draft, older: _Draft) -> bool:
    """A new version of single patches, sent as answers to the old ones, stands on the rest of the old version."""
    ids = {letter.mail.message_id for letter in older.letters} - {""}
    answers = all(letter.mail.in_reply_to in ids for letter in newer.letters)
    if newer.total is None or newer.total != older.total or not answers:
        return False
    numbers = {letter.subject.number for letter in newer.letters}
    missing = [letter for letter in older.letters if letter.subject.number not in numbers]
    for letter in missing:
        newer.add(letter)
    newer.cover = newer.cover or older.cover
    return bool(missing)


def _single_out(draft: _Draft, problems: list[Problem]) -> None:
    """One mail per number, the last that was sent, in the order of the numbers."""
    if draft.total is None:
        return
    chosen: list[Letter] = []
    for _, same in sorted(draft.numbered.items(), key=lambda item: item[0] or 0):
        rivals = sorted(same, key=lambda one: (one.subject.resend, one.time, one.order))
        chosen.append(rivals[-1])
        if any(rival.files != rivals[-1].files for rival in rivals):
            problems.append(
                _problem(f"{draft.name!r}: patch {rivals[-1].subject.written} came twice, the last is taken")
            )
    draft.letters = chosen


def _name_missing(draft: _Draft, silent: set[tuple[int, int | None]], problems: list[Problem]) -> None:
    if draft.total is None:
        return
    there = {letter.subject.number for letter in draft.letters}
    missing = [n for n in range(1, draft.total + 1) if n not in there and (draft.version, n) not in silent]
    if missing:
        word, verb = ("patch", "is") if len(missing) == 1 else ("patches", "are")
        problems.append(_problem(f"{draft.name!r}: {word} {_ranges(missing)} of {draft.total} {verb} missing"))


def _ranges(numbers: Sequence[int]) -> str:
    parts: list[list[int]] = []
    for number in numbers:
        if parts and parts[-1][1] == number - 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    shown = [str(a) if a == b else f"{a}-{b}" for a, b in parts]
    return ", ".join(shown[:20]) + (", ..." if len(shown) > 20 else "")


def _series(draft: _Draft, source: str, first: int) -> tuple[Series, tuple[Problem, ...]]:
    patches: list[Patch] = []
    problems: list[Problem] = []
    for index, letter in enumerate(draft.letters, first):
        patch, more = as_patch(letter, index)
        patches.append(patch)
        problems.extend(more)
    bases = [letter.base for letter in (*([draft.cover] if draft.cover else []), *draft.letters)]
    series = Series(
        subject=(draft.cover or draft.letters[0]).subject.title if draft.letters or draft.cover else "",
        version=draft.version,
        expected=len(patches) if draft.total is None else draft.total,
        cover=draft.cover.mail if draft.cover else None,
        patches=tuple(patches),
        source=source,
        base_commit=next((base for base in bases if base), ""),
    )
    return series, tuple(problems)


def _problem(message: str) -> Problem:
    return Problem(Stage.INTAKE, message)
