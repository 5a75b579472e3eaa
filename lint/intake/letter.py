"""One mail with all that its place in a series is decided by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime

from lint.errors import Problem
from lint.intake.diff import holds_diff, read_diff
from lint.intake.mail import RawMail
from lint.intake.message import Message, base_commit, split_message
from lint.intake.model import FilePatch, Mail, Patch
from lint.intake.subject import Subject, parse_subject


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as read; ``order`` counts the mails of one command line as they came."""

    mail: Mail
    subject: Subject
    message: Message
    files: tuple[FilePatch, ...]
    problems: tuple[Problem, ...]
    source: str
    order: int

    @property
    def is_cover(self) -> bool:
        """Whether it is the cover letter of a series (``0/n``)."""
        return self.subject.number == 0 and not self.subject.answer

    @property
    def is_patch(self) -> bool:
        """Whether it brings a change of its own: answers that quote one do not."""
        return bool(self.files or self.problems) and not self.subject.answer and not self.is_cover

    @property
    def in_thread(self) -> bool:
        """Whether it answers another mail, as the parts of a series do."""
        return bool(self.mail.references or self.mail.in_reply_to)

    @property
    def root(self) -> str:
        """The message id of the thread's first mail, as far as the headers tell; empty without any id."""
        first = self.mail.references[:1] or (self.mail.in_reply_to,)
        return first[0] or self.mail.message_id

    @property
    def time(self) -> float:
        """When it was sent, in seconds; 0 when it does not say."""
        try:
            return parsedate_to_datetime(self.mail.date).timestamp()
        except (ValueError, TypeError, OverflowError, IndexError):
            return 0.0

    @property
    def base(self) -> str:
        """The commit that the sender names as base."""
        return base_commit(self.mail.body)


def read_letter(raw: RawMail, source: str, order: int) -> Letter:
    """A raw mail, understood; the diff of answers and cover letters is not read."""
    message = split_message(raw.body, raw.charset)
    subject = parse_subject(raw.mail.subject)
    if message.subject:
        inner = parse_subject(message.subject)
        subject = replace(inner if subject.number is None else subject, title=inner.title, answer=subject.answer)
    files: tuple[FilePatch, ...] = ()
    problems: tuple[Problem, ...] = ()
    if not subject.answer and subject.number != 0 and holds_diff(message.diff):
        files, problems = read_diff(message.diff)
    return Letter(raw.mail, subject, message, files, problems, source, order)


def as_patch(letter: Letter, index: int) -> tuple[Patch, tuple[Problem, ...]]:
    """The patch that a letter brings, under its place in the history, and its problems under the same."""
    patch = Patch(
        index=index,
        number=letter.subject.written,
        title=letter.subject.title,
        mail=letter.mail,
        changelog=letter.message.changelog,
        notes=letter.message.notes,
        files=letter.files,
        source=letter.source,
        author=letter.message.author or letter.mail.author,
    )
    return patch, tuple(replace(problem, patch=index) for problem in letter.problems)
