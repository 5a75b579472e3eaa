"""From the sources on a command line to one history of patches."""

from __future__ import annotations

import gzip
import io
import os
import sys
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lint.errors import Problem, Stage, UserError
from lint.intake import revisions
from lint.intake.diff import holds_diff
from lint.intake.folder import folder_files
from lint.intake.letter import Letter, read_letter
from lint.intake.mail import RawMail, read_mail
from lint.intake.mbox import MAX_MAILS, is_mail, is_mbox, split_mbox
from lint.intake.message import decoded
from lint.intake.model import History, Mail, Series
from lint.intake.series import assemble, in_order
from lint.intake.transfer import without_cr

MAX_INPUT = 256 * 1024 * 1024
MAX_MAIL = 32 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def _standard_input() -> bytes:
    return sys.stdin.buffer.read(MAX_INPUT + 1)


def load(
    sources: Sequence[str],
    *,
    stdin: Callable[[], bytes] = _standard_input,
    repository: Path | None = None,
    staged: bool = False,
) -> History:
    """All sources as one history, in the order given; with ``staged`` the index of the repository comes last.

    A source is an mbox, a mail, a diff, a maildir, a directory of patches, ``-`` for standard input, or ``REV..REV`` of
    the git repository ``repository`` (default: the directory one stands in). Single mails that follow each other are
    put together like those of an mbox. With ``staged`` and nothing staged, the history is empty.

    Raises UserError for a source that is missing, unreadable, or holds no patch at all.
    """
    if not sources and not staged:
        raise UserError("nothing to read: give an mbox, a patch, a directory of patches, REV..REV, - or --staged")
    history = _History(repository or Path("."))
    pending: list[_Batch] = []
    for source in sources:
        batch = None if _is_range(source) else _read(source, stdin, history)
        if batch is not None and batch.single:
            pending.append(batch)
            continue
        history.add_mails(pending)
        pending = []
        if batch is None:
            history.add_range(source)
        else:
            history.add_mails([batch])
    history.add_mails(pending)
    if staged:
        history.add_staged()
    return History(tuple(history.series), tuple(history.problems))


@dataclass(frozen=True, slots=True)
class _Batch:
    """The mails of one source. ``single``: a file with one mail; ``together``: files of one directory; ``ordered``:
    their order is given."""

    source: str
    letters: tuple[Letter, ...]
    single: bool = False
    together: bool = False
    ordered: bool = False


@dataclass(slots=True)
class _History:
    repository: Path
    series: list[Series] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    count: int = 0
    mails: int = 0

    def add_mails(self, batches: Sequence[_Batch]) -> None:
        letters = [letter for batch in batches for letter in batch.letters]
        if not batches:
            return
        name = _shown(batches[0].source)
        if len(batches) > 1:
            name += f" and {len(batches) - 1} more"
        if not any(letter.is_patch for letter in letters):
            raise UserError(_no_patch(name, letters))
        if batches[0].ordered:
            one, problems = in_order(letters, batches[0].source, self.count + 1)
            found: tuple[Series, ...] = (one,)
        else:
            found, problems = assemble(letters, name, self.count + 1, together=batches[0].together)
        self._extend(found, problems)

    def add_range(self, source: str) -> None:
        series, problems = revisions.read_range(source, self.repository, self.count + 1)
        self._extend((series,), problems)

    def add_staged(self) -> None:
        series, problems = revisions.read_staged(self.repository, self.count + 1)
        self._extend((series,) if series else (), problems)

    def _extend(self, found: Sequence[Series], problems: Sequence[Problem]) -> None:
        self.series.extend(found)
        self.problems.extend(problems)
        self.count += sum(len(one.patches) for one in found)

    def letters(self, data: bytes, source: str) -> tuple[Letter, ...]:
        """The mails that one file holds; one for a plain diff."""
        found: list[Letter] = []
        for raw in self._raw_mails(data, source):
            found.append(read_letter(raw, source, self.mails))
            self.mails += 1
        return tuple(found)

    def _raw_mails(self, data: bytes, source: str) -> list[RawMail]:
        if is_mbox(data):
            raws = split_mbox(data)
        elif is_mail(data):
            raws = (data,)
        else:
            title = Path(_shown(source)).name
            text = without_cr(self._cut(data))
            return [RawMail(Mail(subject=title, body=decoded(text, "utf-8")), text, "utf-8")]
        if len(raws) > MAX_MAILS:
            self.problems.append(Problem(Stage.INTAKE, f"more than {MAX_MAILS} mails; the rest is left out"))
        found: list[RawMail] = []
        for raw in raws[:MAX_MAILS]:
            mails, problems = read_mail(self._cut(raw))
            found.extend(mails)
            self.problems.extend(problems)
        return found

    def _cut(self, raw: bytes) -> bytes:
        if len(raw) > MAX_MAIL:
            message = f"a mail or diff is larger than {MAX_MAIL >> 20} MB; the rest of it is left out"
            self.problems.append(Problem(Stage.INTAKE, message))
        return raw[:MAX_MAIL]


def _is_range(source: str) -> bool:
    return source != "-" and revisions.is_range(source) and not os.path.exists(source)


def _read(source: str, stdin: Callable[[], bytes], history: _History) -> _Batch:
    if not source:
        raise UserError("an INPUT is empty: give the name of a patch, a mail, an mbox or a directory of patches")
    if source != "-" and os.path.isdir(source):
        return _read_folder(source, history)
    name = _shown(source)
    data = _unzipped(stdin() if source == "-" else _file(Path(source), source), name)
    if not data.strip():
        raise UserError(f"{name} is empty: give a patch, a mail or an mbox")
    if not _holds_patches(data):
        if data.startswith(_UTF16):
            raise UserError(f"{name} is UTF-16 text: save it as UTF-8")
        raise UserError(f"{name} is no patch: give a diff, a mail, an mbox, a directory of patches or REV..REV")
    letters = history.letters(data, source)
    return _Batch(source, letters, single=len(letters) == 1)


def _read_folder(source: str, history: _History) -> _Batch:
    folder = folder_files(Path(source))
    history.problems.extend(folder.problems)
    letters: list[Letter] = []
    size = 0
    for path in folder.files:
        data = _unzipped(_file(path, str(path)), str(path))
        size += len(data)
        if size > MAX_INPUT:
            raise UserError(f"{source} holds more than {MAX_INPUT >> 20} MB: give a part of it")
        if _holds_patches(data):
            letters.extend(history.letters(data, str(path)))
        else:
            history.problems.append(Problem(Stage.INTAKE, "the file holds no patch; it is left out", path.name))
    if not folder.files:
        raise UserError(f"{source} holds no patches: give a maildir, a quilt directory or one with *.patch files")
    return _Batch(source, tuple(letters), together=not folder.maildir, ordered=folder.quilt)


def _holds_patches(data: bytes) -> bool:
    return is_mbox(data) or is_mail(data) or holds_diff(data)


def _file(path: Path, source: str) -> bytes:
    try:
        # Opening a named pipe would wait for a writer; one that a writer holds open is read like standard input.
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as stream:
            os.set_blocking(stream.fileno(), True)
            data = stream.read(MAX_INPUT + 1)
    except FileNotFoundError:
        raise UserError(f"{source}: no such file, and no range REV..REV; check the name") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UserError(f"{source} can't be read: {reason.lower()}; give a file that can be") from None
    return data


def _shown(source: str) -> str:
    return "standard input" if source == "-" else source


def _unzipped(data: bytes, source: str) -> bytes:
    """The data itself, or what gzip packed in it (archives hand out mbox.gz), within the bound of the input."""
    if data.startswith(_GZIP):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
                data = stream.read(MAX_INPUT + 1)
        except (OSError, EOFError, zlib.error):
            raise UserError(f"{source} is a damaged gzip file: fetch it again") from None
    if len(data) > MAX_INPUT:
        raise UserError(f"{source} is larger than {MAX_INPUT >> 20} MB: give a part of it")
    return data


def _no_patch(name: str, letters: Sequence[Letter]) -> str:
    if any(letter.is_cover for letter in letters):
        return f"{name} holds only a cover letter: give the patches too"
    if letters and all(letter.subject.answer for letter in letters):
        return f"{name} holds only replies: give the mails with the patches"
    return f"{name} holds no patch: give a diff, a mail with one, or an mbox"
