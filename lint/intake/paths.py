"""File names of a diff: unquoted, stripped of ``a/`` and ``b/``, and refused when they could leave the tree."""

from __future__ import annotations

import re

MAX_PATH = 4096
NULL = b"/dev/null"
_TIME = re.compile(rb"[ \t]\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[ \d.:+-]{0,40}$")
_EPOCH = re.compile(rb"[ \t](?:1970-01-01|1969-12-31) ")
_ESCAPES = {
    ord("a"): 7,
    ord("b"): 8,
    ord("t"): 9,
    ord("n"): 10,
    ord("v"): 11,
    ord("f"): 12,
    ord("r"): 13,
    ord('"'): 34,
    ord("\\"): 92,
}


def refusal(path: bytes) -> str:
    """Why a path is not safe to use, as the end of a sentence, or an empty string for one that is."""
    if not path:
        return "the file name is empty"
    if len(path) > MAX_PATH:
        return f"the file name is longer than {MAX_PATH} bytes"
    try:
        path.decode("utf-8")
    except UnicodeDecodeError:
        return "the file name is not UTF-8"
    if any(byte < 32 or byte == 127 for byte in path):
        return "the file name holds control characters"
    if b"\\" in path:
        return "the file name holds a backslash"
    if path.startswith(b"/") or path[1:2] == b":":
        return "the file name is absolute"
    parts = path.split(b"/")
    if b".." in parts:
        return "the file name leaves the tree"
    if b"" in parts or b"." in parts:
        return "the file name has empty parts"
    # What file systems that ignore case, dots and spaces at the end, or keep short names take for .git.
    if any(part.lower().rstrip(b". ") == b".git" or part.lower().startswith(b"git~") for part in parts):
        return "the file name reaches into .git"
    return ""


def unquoted(name: bytes) -> tuple[bytes, bytes]:
    """The first name of ``"a/\\303\\244" rest`` in C quotes, and what follows the closing quote.

    A name that isn't quoted, or is quoted wrongly, comes back as it is, with nothing left.
    """
    if not name.startswith(b'"'):
        return name, b""
    result = bytearray()
    position = 1
    while position < len(name):
        byte = name[position]
        position += 1
        if byte == ord('"'):
            return bytes(result), name[position:]
        if byte != ord("\\"):
            result.append(byte)
            continue
        octal = name[position : position + 3]
        if len(octal) == 3 and all(ord("0") <= digit <= ord("7") for digit in octal):
            result.append(int(octal, 8) & 0xFF)
            position += 3
        elif name[position : position + 1] and name[position] in _ESCAPES:
            result.append(_ESCAPES[name[position]])
            position += 1
        else:
            return name, b""
    return name, b""


def marked(line: bytes) -> tuple[bytes, bool]:
    """The name of a ``--- name`` or ``+++ name`` line, unquoted, and whether its time says that there is no file."""
    text = line[4:].rstrip(b"\r\n")
    if text.startswith(b'"'):
        return unquoted(text)[0], False
    name, tab, _ = text.partition(b"\t")
    if not tab:
        found = _TIME.search(text[-64:])
        if found:
            name = text[: len(text) - len(text[-64:]) + found.start()]
    return name.rstrip(b" ") if tab == b"" else name, bool(_EPOCH.search(text))


def stripped(name: bytes, level: int = 1) -> bytes:
    """A name without its first ``level`` directories, as ``git apply -p`` does; empty when nothing is left."""
    if name == NULL or level == 0:
        return name
    absolute = name.startswith(b"/")
    head, slash, rest = name.partition(b"/")
    # An absolute name stays as it is, so that it is refused rather than made to fit.
    return name if absolute else (rest.lstrip(b"/") if slash and head != b".." else name if head == b".." else b"")


def header_names(line: bytes) -> tuple[bytes, bytes]:
    """Both names of ``diff --git a/x b/x``, with their prefixes; empty ones when they can't be told apart."""
    text = line[len(b"diff --git ") :].rstrip(b"\r\n")
    if text.startswith(b'"'):
        old, rest = unquoted(text)
        return (old, unquoted(rest.lstrip(b" "))[0]) if rest else (b"", b"")
    if text.endswith(b'"'):
        old, _, rest = text.partition(b' "')
        return old, unquoted(b'"' + rest)[0]
    if len(text) > 2 * MAX_PATH:
        return b"", b""
    # Names with spaces: only where both sides are the same file is the middle certain.
    for position, byte in enumerate(text):
        if byte == ord(" "):
            old, new = text[:position], text[position + 1 :]
            if old == new or (b"/" in old and old.partition(b"/")[2] == new.partition(b"/")[2]):
                return old, new
    old, _, new = text.partition(b" ")
    return (old, new) if text.count(b" ") == 1 else (b"", b"")
