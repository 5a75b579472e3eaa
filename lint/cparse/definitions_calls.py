"""What a macro call outside a function defines: ``DEFINE_MUTEX(x)``, ``SYSCALL_DEFINE1(name, ...)``, ``LIST_HEAD(x)``.

Which argument is the name is decided from the shape of the call alone:

* a call with a body is a function, named by its first argument that is a lone word, with the prefix that the linker
  sees for system calls (``SYSCALL_DEFINE1(close, ...)`` is ``sys_close``); ``type`` is the macro's name then;
* a call with a storage class, or whose macro is called ``...DEFINE...``, ``...DECLARE...``, ``..._HEAD`` or
  ``...EVENT...``, defines a variable (in a header, ``DECLARE`` only declares it);
* the name is the first argument, unless that is a type (a keyword, two words, a ``*``, ``..._t``), the macro is about
  per-CPU data (type first), or it makes an event from a class (the prototype is the third argument): then the second;
* an event defines the function ``trace_<name>``, a class of events defines nothing that C code names;
* a call without a body or a semicolon (``DEFINE_FREE(put, ...)``) makes code under names that it alone knows;
* any other call (``EXPORT_SYMBOL(x)``, ``MODULE_LICENSE("GPL")``, ``module_init(x)``) defines nothing.
"""

from __future__ import annotations

import re

from lint.cparse.annotations import BUILTIN, TAG_WORD
from lint.cparse.definitions_out import Collector, folded
from lint.cparse.model import Kind
from lint.cparse.pieces import Piece

_HEAD = re.compile(rb"((?:[a-z_]\w*\s++)*+)([A-Za-z_]\w*+)[ \t]*+\(")
_WORD = re.compile(rb"\s*([A-Za-z_]\w*+)\s*\Z")
_DEFINES = re.compile(rb"(?:\A|_)(?:DEFINE|DECLARE)|_HEAD\Z|\ALIST_HEAD\Z|EVENT", re.IGNORECASE)
_NOT_DEFINING = re.compile(rb"\A(?:EXPORT_|TRACE_DEFINE_|MODULE_|EARLY_)|(?:\A|_)UNDEF")
_TYPE = re.compile(rb".*_t\Z|__?[usbl]e?\d+\Z")
_EVENT = re.compile(rb"EVENT")
_SYSCALL = re.compile(rb"(?:\A|_)SYSCALL(?:32)?_DEFINE")
# Names are in the first arguments; a call with thousands of them is data.
_MAX_ARGUMENTS = 64


def arguments(text: bytes | bytearray, start: int, end: int) -> list[tuple[int, int]]:
    """Where the arguments of the call stand whose parentheses open at ``start`` and close before ``end``."""
    spans = []
    depth = 0
    begin = start + 1
    for found in re.compile(rb"[(){}\[\],]").finditer(text, start, end):
        mark = found[0]
        if mark in (b"(", b"{", b"["):
            depth += 1
        elif mark == b",":
            if depth == 1:
                spans.append((begin, found.start()))
                begin = found.end()
                if len(spans) >= _MAX_ARGUMENTS:
                    return spans
        else:
            depth -= 1
    if bytes(text[begin : end - 1]).strip() or spans:
        spans.append((begin, end - 1))
    return spans


def name_argument(macro: bytes, words: list[bytes | None], texts: list[bytes]) -> int:
    """The index of the argument that is the name, or -1; ``words`` holds the lone words among the arguments."""
    if not words:
        return -1
    second = len(words) > 1 and words[1] is not None
    first = words[0]
    if first is None:
        return 1 if second else -1
    if not second:
        return 0 if first not in BUILTIN else -1
    if first in BUILTIN or _TYPE.match(first) or b"PER_CPU" in macro:
        return 1
    if _EVENT.search(macro) and (len(texts) < 3 or texts[2].strip().startswith((b"TP_PROTO", b"TP_ARGS"))):
        return 1
    return 0


def call(out: Collector, text: bytes | bytearray, piece: Piece, shift: int) -> None:
    """Collect what a top-level macro call defines; ``text`` starts at ``shift`` in the file."""
    head = _HEAD.match(text, piece.start, piece.head_end)
    if head is None:
        return
    macro = head[2]
    marks = out.flags(piece.start + shift, head.end() + shift)
    function = piece.body != 0 and not _assigned(text, piece)
    if not function and (_NOT_DEFINING.search(macro) or not (head[1] or _DEFINES.search(macro))):
        return
    if not function and text[piece.end - 1 : piece.end] != b";":
        return
    spans = arguments(text, head.end() - 1, piece.head_end)
    texts = [bytes(text[start:end]) for start, end in spans]
    matches = [_WORD.match(one) for one in texts]
    words = [found[1] if found and found[1] not in TAG_WORD else None for found in matches]
    index = next((n for n, word in enumerate(words) if word), -1) if function else name_argument(macro, words, texts)
    span = (piece.start + shift, piece.end + shift)
    if function and (index < 0 or not macro.isupper()):
        name = (head.start(2) + shift, head.end(2) + shift)
        out.add(Kind.FUNCTION, name, span, params=_texts(texts), marks=marks)
        return
    found = matches[index] if index >= 0 else None
    if found is None:
        return
    begin = spans[index][0] + shift
    name = (begin + found.start(1), begin + found.end(1))
    if not function:
        if _EVENT.search(macro):
            label = "trace_" + _decode(found[1])
            if b"CLASS" not in macro:
                out.add(Kind.FUNCTION, name, span, label=label, type="void", marks=(True, True, False))
            return
        kind = Kind.EXTERN if b"DECLARE" in macro and out.path.endswith(".h") else Kind.VARIABLE
        value = out.value(piece.head_end + shift, piece.end + shift).lstrip("= ").rstrip(";")
        out.add(kind, name, span, type=folded(macro), value=value, marks=marks)
        return
    label = ""
    if _SYSCALL.search(macro):
        label = ("compat_sys_" if b"COMPAT" in macro else "sys_") + _decode(found[1])
    rest = _texts(texts[index + 1 :])
    out.add(Kind.FUNCTION, name, span, label=label, type=folded(macro), params=rest, marks=marks)


def _assigned(text: bytes | bytearray, piece: Piece) -> bool:
    return bytes(text[piece.head_end : piece.body]).lstrip()[:1] == b"="


def _texts(texts: list[bytes]) -> tuple[str, ...]:
    return tuple(folded(one) for one in texts)


def _decode(word: bytes) -> str:
    return word.decode("utf-8", "replace")
