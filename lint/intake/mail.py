"""One raw mail read into headers and the bytes of its text; attached patches become mails of their own."""

from __future__ import annotations

import email
import email.errors
import email.header
import email.message
import email.parser
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lint.errors import Problem, Stage
from lint.intake.diff import holds_diff
from lint.intake.mbox import is_mail, is_mbox, split_mbox
from lint.intake.message import decoded
from lint.intake.model import Mail
from lint.intake.transfer import body_bytes

MAX_PARTS = 1000
MAX_DEPTH = 8
MAX_DASHES = 100_000
MAX_HEADERS = 1 << 18
MAX_HEADER = 1 << 14
_NESTING = re.compile(rb"(?i)\nContent-Type:[ \t\r\n]*(multipart|message)/")
_FIELD = re.compile(rb"[!-9;-~]{1,200}[ \t]{0,8}:")
_ID = re.compile(r"<([^<>\s]{1,998})>")
_PATCH_NAME = re.compile(r".{0,4000}\.(?:patch|diff|mbox|eml|txt)\Z", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class RawMail:
    """A mail as read: ``body`` has no transfer encoding any more and LF line ends; ``charset`` is what it declares."""

    mail: Mail
    body: bytes
    charset: str


def read_mail(raw: bytes, depth: int = 0) -> tuple[tuple[RawMail, ...], tuple[Problem, ...]]:
    """The mail and the patches that are attached to it as mails; never fails."""
    head, rest = _head(raw)
    message = email.parser.BytesHeaderParser().parsebytes(head)
    mail = _mail(message)
    kind = _content_type(message)
    if kind == "message/rfc822" and depth < MAX_DEPTH:
        return read_mail(rest, depth + 1)
    if not kind.startswith("multipart/"):
        body = _leaf(message, rest)
        return (RawMail(replace(mail, body=_text(body, message)), body, _charset(message)),), ()
    nesting = _NESTING.findall(raw)
    if len(nesting) > 8 * MAX_DEPTH or sum(one == b"multipart" for one in map(bytes.lower, nesting)) > 2 * MAX_DEPTH:
        problem = Problem(Stage.INTAKE, f"mail {_shown(mail)} nests too deeply; its text is read as it stands")
        return (RawMail(mail, rest.replace(b"\r\n", b"\n"), "utf-8"),), (problem,)
    if raw.count(b"\n--") > MAX_DASHES:
        problem = Problem(Stage.INTAKE, f"mail {_shown(mail)} has more than {MAX_PARTS} parts; it is left out")
        return (RawMail(mail, b"", "utf-8"),), (problem,)
    return _multipart(raw, mail, depth)


def _multipart(raw: bytes, mail: Mail, depth: int) -> tuple[tuple[RawMail, ...], tuple[Problem, ...]]:
    problems: list[Problem] = []
    texts: list[tuple[bytes, str]] = []
    attached: list[RawMail] = []
    try:
        message = email.message_from_bytes(raw)
    except RecursionError:
        message = email.message.Message()
    for count, (part, level) in enumerate(_leaves(message)):
        if count >= MAX_PARTS or level > MAX_DEPTH:
            what = f"more than {MAX_PARTS} parts" if count >= MAX_PARTS else f"parts more than {MAX_DEPTH} levels deep"
            problems.append(Problem(Stage.INTAKE, f"mail {_shown(mail)} has {what}; the rest is left out"))
            break
        if part.get_content_type() == "message/rfc822":
            if depth < MAX_DEPTH:
                inner, more = read_mail(_nested(part), depth + 1)
                attached.extend(inner)
                problems.extend(more)
            continue
        if not _is_text(part):
            continue
        body = _leaf(part, _payload(part))
        if is_mbox(body) or (is_mail(body) and holds_diff(body)):
            for one in split_mbox(body) if is_mbox(body) else (body,):
                inner, more = read_mail(one, depth + 1) if depth < MAX_DEPTH else ((), ())
                attached.extend(inner)
                problems.extend(more)
        elif not texts or holds_diff(body):
            texts.append((body, _charset(part)))
    own = b"\n".join(body if body.endswith(b"\n") or not body else body + b"\n" for body, _ in texts)
    charset = texts[0][1] if texts else ""
    outer = RawMail(replace(mail, body=decoded(own, charset)), own, charset)
    if attached and not holds_diff(own):
        return tuple(_linked(one, mail) for one in attached), tuple(problems)
    return (outer, *attached), tuple(problems)


def _linked(one: RawMail, outer: Mail) -> RawMail:
    """An attached patch without an id of its own is answered under the mail that carried it."""
    if one.mail.message_id:
        return one
    return replace(one, mail=replace(one.mail, message_id=outer.message_id, to=outer.to, cc=outer.cc))


def _leaves(message: email.message.Message, level: int = 0) -> Iterator[tuple[email.message.Message, int]]:
    """The parts that hold content, in order, with their depth; a mail inside the mail counts as one."""
    stack = [(message, level)]
    while stack:
        part, at = stack.pop()
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            children = [child for child in payload if isinstance(child, email.message.Message)]
            if part.get_content_type() == "multipart/alternative":
                children = [child for child in children if child.get_content_type() == "text/plain"] or children
            stack.extend((child, at + 1) for child in reversed(children))
        else:
            yield part, at


def _nested(part: email.message.Message) -> bytes:
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if not isinstance(inner, email.message.Message):
        return _payload(part)
    try:
        return inner.as_bytes()
    except (ValueError, LookupError, UnicodeError, TypeError, AttributeError, RecursionError):
        return b""


def _is_text(part: email.message.Message) -> bool:
    if part.get_content_maintype() == "text":
        return part.get_content_type() != "text/html"
    try:
        name = part.get_filename("") or ""
    except (ValueError, LookupError, UnicodeError, TypeError):
        name = ""
    return bool(_PATCH_NAME.match(str(name))) or part.get_content_type() in ("application/x-patch", "application/mbox")


def _payload(part: email.message.Message) -> bytes:
    payload = part.get_payload()
    return payload.encode("utf-8", "surrogateescape") if isinstance(payload, str) else b""


def _leaf(message: email.message.Message, raw: bytes) -> bytes:
    encoding = str(message.get("content-transfer-encoding") or "").strip().lower()
    flowed = delsp = False
    content_type = str(message.get("content-type") or "").lower()
    if "flowed" in content_type[:4000]:
        flowed = str(_parameter(message, "format")).lower() == "flowed"
        delsp = str(_parameter(message, "delsp")).lower() == "yes"
    body = body_bytes(raw, encoding, flowed=flowed, delsp=delsp)
    charset = _charset(message)
    if charset.startswith(("utf-16", "utf-32", "utf16", "utf32")):
        return decoded(body, charset).replace("\r\n", "\n").encode("utf-8", "surrogateescape")
    return body


def _text(body: bytes, message: email.message.Message) -> str:
    charset = _charset(message)
    return decoded(body, "utf-8" if charset.startswith(("utf-16", "utf-32", "utf16", "utf32")) else charset)


def _head(raw: bytes) -> tuple[bytes, bytes]:
    """Headers and body. Empty lines in front and an mbox separator do not count."""
    raw = raw.lstrip(b"\r\n")
    if raw.startswith((b"From ", b">From ")) and b"\n" in raw[:4000]:
        raw = raw.partition(b"\n")[2]
    at = 0
    while at < min(len(raw), MAX_HEADERS):
        end = raw.find(b"\n", at) + 1 or len(raw)
        line = raw[at:end]
        if not line.strip(b"\r\n"):
            return raw[:at], raw[end:]
        # As git does: whatever is no header ends the headers, also without an empty line.
        if not (line[:1] in (b" ", b"\t") or _FIELD.match(line)):
            return raw[:at], raw[at:]
        at = end
    return raw[:at], raw[at:]


def _mail(message: email.message.Message) -> Mail:
    references = tuple(_ID.findall(_raw_header(message, "references"))[:1000])
    reply = _ID.findall(_raw_header(message, "in-reply-to"))
    own = _ID.findall(_raw_header(message, "message-id"))
    return Mail(
        subject=header_text(message, "subject"),
        message_id=own[0] if own else "",
        author=header_text(message, "from"),
        date=header_text(message, "date"),
        to=header_text(message, "to"),
        cc=header_text(message, "cc"),
        in_reply_to=reply[0] if reply else "",
        references=references,
    )


def header_text(message: email.message.Message, name: str) -> str:
    """A header, unfolded and decoded (RFC 2047), on one line; empty when it is missing."""
    raw = _raw_header(message, name)[:MAX_HEADER]
    if "=?" not in raw:
        return " ".join(raw.split())
    try:
        parts = email.header.decode_header(re.sub(r"\r?\n[ \t]+", " ", raw))
    except (ValueError, LookupError, email.errors.HeaderParseError):
        return " ".join(raw.split())
    text = "".join(decoded(part, charset or "ascii") if isinstance(part, bytes) else part for part, charset in parts)
    return " ".join(text.split())


def _raw_header(message: email.message.Message, name: str) -> str:
    """The header with bytes beyond ASCII read as UTF-8, or else Latin-1."""
    try:
        value = message.get(name)
    except (ValueError, LookupError, UnicodeError, TypeError, AttributeError):
        return ""
    if value is None:
        return ""
    # Bytes that no charset announces are surrogates here, and would be lost in the Header object that get() gives.
    text = next(str(text) for key, text in message.raw_items() if key.lower() == name)
    return decoded(text.encode("utf-8", "surrogateescape"), "utf-8")


def _content_type(message: email.message.Message) -> str:
    try:
        return message.get_content_type()
    except (ValueError, LookupError, UnicodeError, TypeError, AttributeError):
        return "text/plain"


def _parameter(message: email.message.Message, name: str) -> str:
    try:
        value = message.get_param(name, "")
    except (ValueError, LookupError, UnicodeError, TypeError, AttributeError):
        return ""
    return value if isinstance(value, str) else ""


def _charset(message: email.message.Message) -> str:
    value = _parameter(message, "charset").lower()
    return value if value.isascii() and value not in ("", "unknown-8bit", "us-ascii", "ascii") else "utf-8"


def _shown(mail: Mail) -> str:
    return repr(mail.subject[:80]) if mail.subject else "without subject"
