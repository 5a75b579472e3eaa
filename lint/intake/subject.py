"""What the subject of a patch mail says: version, number, title, and whether it is an answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_SUBJECT = 4000
_NUMBER = re.compile(r"(?<![\d./])(\d{1,5})\s{0,8}/\s{0,8}(\d{1,5})(?![\d./])")
_VERSION = re.compile(r"(?:^|[\s,\[-])(?:patch|rfc|resend)?-?v(\d{1,4})(?:\.\d{1,4})?(?=$|[\s,\]-])", re.IGNORECASE)
_PATCH = re.compile(r"patch|rfc", re.IGNORECASE)
_ANSWER = re.compile(r"(?:re|aw|sv|vs|fwd?|wg|antw|回复|答复|转发)(?:\[\d{1,3}\])?\s{0,4}[:\uff1a]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Subject:
    """The parts of a subject. ``number`` and ``total`` are None when it names none; ``version`` is 1 then.

    ``written`` is the number as written (``03/18``); ``answer`` is set for ``Re:`` and its translations, ``patch``
    when the prefix says that it is a patch.
    """

    title: str
    version: int = 1
    number: int | None = None
    total: int | None = None
    written: str = ""
    answer: bool = False
    patch: bool = False
    resend: bool = False


def parse_subject(text: str) -> Subject:
    """The parts of a subject that is decoded already; whitespace in it counts as one space."""
    title = " ".join(text[:MAX_SUBJECT].split())
    version, number, total, written = 1, None, None, ""
    patch = resend = False
    answer = False
    while True:
        found = _ANSWER.match(title)
        if found:
            answer, title = True, title[found.end() :].lstrip()
            continue
        if not title.startswith("[") or "]" not in title:
            break
        prefix, _, title = title[1:].partition("]")
        title = title.lstrip()
        patch = patch or bool(_PATCH.search(prefix))
        resend = resend or "resend" in prefix.lower() or "repost" in prefix.lower()
        counted = _NUMBER.search(prefix)
        if counted and number is None and int(counted[1]) <= int(counted[2]):
            number, total, written = int(counted[1]), int(counted[2]), f"{counted[1]}/{counted[2]}"
            prefix = prefix[: counted.start()] + " " + prefix[counted.end() :]
        numbered = _VERSION.search(prefix)
        if numbered and version == 1:
            version = max(1, int(numbered[1]))
    return Subject(title, version, number, total, written, answer, patch or number is not None, resend)
