"""The text of a patch mail, taken apart as git am does: headers in the body, changelog, notes, diff."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_BASE = re.compile(r"^base-commit: ([0-9a-f]{7,64})\s*$", re.MULTILINE)
# What Python takes for encodings and no mail may ask for: some of them are slow on purpose-made text.
_NO_CHARSET = frozenset({"", "punycode", "idna", "unicode_escape", "raw_unicode_escape", "unicode-escape", "undefined"})
MAX_HEADERS = 100
_IN_BODY = ("from:", "subject:", "date:")


@dataclass(frozen=True, slots=True)
class Message:
    """The parts of one mail's text; ``author`` and ``subject`` are those of the body, empty without."""

    changelog: str
    notes: str
    diff: bytes
    author: str = ""
    subject: str = ""
    date: str = ""


def split_message(body: bytes, charset: str) -> Message:
    """Changelog, notes below ``---`` and diff of a decoded mail body with LF line ends."""
    lines = body.split(b"\n")
    end = next((at for at, line in enumerate(lines) if _ends_changelog(line)), len(lines))
    opens = next((at for at in range(end, len(lines)) if _opens_diff(lines, at)), len(lines))
    start = 0
    if opens < len(lines):
        start = next((at + 1 for at in range(end - 1, -1, -1) if _is_scissors(lines[at])), 0)
    headers, start = _in_body_headers(lines, start, end, charset)
    changelog = decoded(b"\n".join(lines[start:end]), charset).strip("\n")
    separator = end < len(lines) and not lines[end][3:].strip() and lines[end].startswith(b"---")
    notes = decoded(b"\n".join(lines[end + separator : opens]), charset).strip("\n")
    return Message(
        _trimmed(changelog),
        _trimmed(notes),
        b"\n".join(lines[opens:]),
        headers.get("from:", ""),
        headers.get("subject:", ""),
        headers.get("date:", ""),
    )


def base_commit(text: str) -> str:
    """The last ``base-commit:`` trailer of a text, or an empty string."""
    found = _BASE.findall(text)
    return found[-1] if found else ""


def decoded(text: bytes, charset: str) -> str:
    """Text in a charset that may be wrong or unknown: then UTF-8, then Latin-1, which takes every byte."""
    for name in ("utf-8" if charset in _NO_CHARSET else charset, "utf-8"):
        try:
            return text.decode(name)
        except (LookupError, ValueError):
            continue
    return text.decode("latin-1")


def _ends_changelog(line: bytes) -> bool:
    """Where git mailinfo sees the patch begin: a diff line, ``--- name``, or ``---`` alone."""
    if line.startswith((b"diff -", b"Index: ")):
        return True
    if not line.startswith(b"---"):
        return False
    return not line[3:].strip() or (line[3:4] == b" " and not line[4:5].isspace())


def _opens_diff(lines: Sequence[bytes], at: int) -> bool:
    line = lines[at]
    if line.startswith((b"diff -", b"Index: ")):
        return True
    return line.startswith(b"--- ") and at + 1 < len(lines) and lines[at + 1].startswith(b"+++ ")


def _is_scissors(line: bytes) -> bool:
    """``-- >8 --`` and its kin: mostly dashes, with at least one pair of scissors."""
    text = line.strip()
    if len(text) < 6 or len(text) > 200 or text[:1] not in b"-><8%":
        return False
    marks = sum(text.count(mark) for mark in (b">8", b"8<", b">%", b"%<"))
    dashes = text.count(b"-")
    visible = len(text.replace(b" ", b""))
    return marks > 0 and dashes >= 2 and (dashes + 2 * marks) * 3 >= visible * 2


def _in_body_headers(lines: Sequence[bytes], start: int, end: int, charset: str) -> tuple[dict[str, str], int]:
    """The headers that open the body, and where the text below them starts."""
    found: dict[str, str] = {}
    at = start
    while at < end and not lines[at].strip():
        at += 1
    first = at
    last = ""
    while at < min(end, first + MAX_HEADERS) and lines[at].strip():
        text = decoded(lines[at], charset)
        name, colon, value = text.partition(":")
        key = (name + colon).lower()
        if key in _IN_BODY and key not in found:
            found[key] = value.strip()
            last = key
        elif last and text[:1] in (" ", "\t"):
            found[last] += " " + text.strip()
        else:
            break
        at += 1
    # "Subject: ..." as the first words of a sentence is no header: headers end at an empty line.
    if not found or (at < end and lines[at].strip()):
        return {}, first
    return found, at


def _trimmed(text: str) -> str:
    return text.replace("\r\n", "\n").removesuffix("\r")
