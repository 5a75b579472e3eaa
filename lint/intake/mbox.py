"""An mbox taken apart into raw mails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

MAX_MAILS = 20_000
MAX_FROM = 500_000
_SEPARATOR = re.compile(
    rb"From (?:mboxrd@z|[^\s]{1,400}|.{0,200}?) {1,4}"
    rb"(?:[A-Z][a-z]{2},? )?(?:[A-Z][a-z]{2} {1,2}\d{1,2}|\d{1,2} [A-Z][a-z]{2})[ ,].{0,20}?\d{1,2}:\d\d(?::\d\d)?"
)
_HEADER = re.compile(rb"[A-Za-z][A-Za-z0-9-]{0,60}[ \t]{0,4}:")
_KNOWN = re.compile(
    rb"(?i)(?:from|subject|date|message-id|to|cc|mime-version|received|return-path|content-type|delivered-to|reply-to|"
    rb"in-reply-to|references|x-[a-z0-9-]{1,60}|dkim-signature|authentication-results|list-id|sender|status|precedence"
    rb"|content-transfer-encoding|author|arc-seal):"
)


def is_mbox(data: bytes) -> bool:
    """Whether data opens with the separator line of an mbox."""
    return _is_separator(data[:2000].split(b"\n", 1)[0])


def is_mail(data: bytes) -> bool:
    """Whether data opens with the headers of a mail."""
    return bool(_KNOWN.match(data[:4000].lstrip(b"\r\n \t")))


def split_mbox(data: bytes) -> tuple[bytes, ...]:
    """The raw mails, without separators and with ``>From `` unescaped; at most ``MAX_MAILS`` and one more.

    A ``From `` line separates only when it carries a time, stands below an empty line and above a header: the word may
    open a line of a changelog.
    """
    starts = [at for at in islice(_from_lines(data), MAX_FROM) if _separates(data, at)]
    mails: list[bytes] = []
    for number, at in enumerate(starts, 1):
        if len(mails) > MAX_MAILS:
            break
        line_end = data.find(b"\n", at)
        if line_end < 0:
            continue
        mail = data[line_end + 1 : starts[number] if number < len(starts) else len(data)]
        if data.startswith(b"From mboxrd@z", at):
            mail = re.sub(rb"(?m)^>(>{0,1000}From )", rb"\1", mail)
        mails.append(mail)
    return tuple(mails)


def _from_lines(data: bytes) -> Iterator[int]:
    if data.startswith(b"From "):
        yield 0
    at = data.find(b"\nFrom ")
    while at >= 0:
        yield at + 1
        at = data.find(b"\nFrom ", at + 1)


def _separates(data: bytes, at: int) -> bool:
    if not _is_separator(data[at : at + 1000].split(b"\n", 1)[0]):
        return False
    if at == 0:
        return True
    before = data[max(0, at - 4) : at]
    following = data[at : at + 4000].partition(b"\n")[2]
    # git format-patch leaves an empty line in front, some tools do not: a header below is proof enough, then.
    empty = before.endswith((b"\n\n", b"\n\r\n")) or bool(_KNOWN.match(following))
    return empty and bool(_HEADER.match(following) or following.startswith((b">From ", b"From ")))


def _is_separator(line: bytes) -> bool:
    return line.startswith(b"From ") and bool(_SEPARATOR.match(line))
