"""From the body of a mail as it travelled to the bytes that were sent: transfer encodings, CRLF, format=flowed."""

from __future__ import annotations

import binascii
import re

from lint.intake.diff import holds_diff, read_diff

_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{1,1000}={0,2}\Z")
_ESCAPE = re.compile(rb"=(?:[0-9A-F]{2}|\r?\n)")
_BAD_ESCAPE = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]{0,8}\r?\n|\Z)")
_HEADERS = (b"diff --git ", b"--- ", b"+++ ")
_LONG = 80
MAX_FLOWED = 4 << 20


def body_bytes(raw: bytes, encoding: str, *, flowed: bool = False, delsp: bool = False) -> bytes:
    """A body without its transfer encoding, with LF line ends.

    The header may lie: some programs hand on a body that is decoded already. So a decoding that fails, or that makes
    a worse diff of it, is not used.
    """
    plain = without_cr(raw)
    best = plain
    if encoding == "base64":
        whole = _base64(raw)
        if whole is not None:
            text = without_cr(whole)
            best = plain if holds_diff(plain) and not holds_diff(text) else text
    elif encoding == "quoted-printable":
        best = _quoted_printable(plain)
    if flowed and len(best) <= MAX_FLOWED:
        best = _unflowed(best, delsp)
    return best


def _quoted_printable(plain: bytes) -> bytes:
    text = without_cr(binascii.a2b_qp(plain))
    if text == plain:
        return plain
    certain = plain.isascii() and not _BAD_ESCAPE.search(plain) and max(map(len, plain.split(b"\n"))) < _LONG
    if certain or not holds_diff(plain):
        return text
    was, now = _damage(plain), _damage(text)
    if now == was:
        # A list footer that was never encoded must not hide that all the rest is.
        return text if len(_ESCAPE.findall(plain)) > 4 * len(_BAD_ESCAPE.findall(plain)) else plain
    return text if now < was else plain


def _damage(text: bytes) -> tuple[bool, int]:
    """How badly a text reads as a diff; smaller is better."""
    files, problems = read_diff(text)
    return not any(one.hunks for one in files), len(problems)


def _base64(raw: bytes) -> bytes | None:
    """The decoded body, with what list software appended in plain text; None when it is no base64."""
    lines = raw.replace(b"\r\n", b"\n").split(b"\n")
    end = 0
    while end < len(lines) and (not lines[end].strip() or _BASE64_LINE.match(lines[end].strip())):
        end += 1
    try:
        packed = b"".join(line.strip() for line in lines[:end])
        # What is left of a mail that was cut is still worth reading.
        text = binascii.a2b_base64(packed[: len(packed) // 4 * 4])
    except binascii.Error:
        return None
    footer = b"\n".join(lines[end:])
    if not text.strip() or (footer.strip() and holds_diff(footer)):
        return None
    return text + (b"\n" + footer if footer.strip() else b"")


def without_cr(text: bytes) -> bytes:
    """LF line ends, when the CR came with the transport: a patch to a file with CRLF has LF in its own headers."""
    if b"\r\n" not in text:
        return text
    structure = [line for line in text.split(b"\n") if line.startswith(_HEADERS)]
    if structure and not all(line.endswith(b"\r") for line in structure):
        return text
    return text.replace(b"\r\n", b"\n")


def _unflowed(text: bytes, delsp: bool) -> bytes:
    """Lines joined again as RFC 3676 says, when the sender really stuffed and broke them."""
    lines = text.split(b"\n")
    if any(line[:1] == b" " and line[1:2] not in (b" ", b"", b"\r") for line in lines):
        # A true format=flowed mail has no line with a single space in front: this one was sent as it is.
        return text
    joined: list[list[bytes]] = []
    going_on = False
    for line in lines:
        content = line.removeprefix(b" ")
        soft = content.endswith(b" ") and content != b"-- "
        piece = content[:-1] if soft and delsp else content
        if going_on:
            joined[-1].append(piece)
        else:
            joined.append([piece])
        going_on = soft
    result = b"\n".join(b"".join(pieces) for pieces in joined)
    return result if not holds_diff(text) or _damage(result) <= _damage(text) else text
