"""Whether a function declares a name itself, judged from the tokens around it."""

from __future__ import annotations

import re

from lint.cparse.facts_functions import FunctionSpan

_TOKEN = re.compile(rb"[A-Za-z_]\w*+|\d\w*+|->|\S")
# attributes may stand behind a declared name: __maybe_unused, __free(kfree)
_NEXT = re.compile(rb"\s*+(?:__\w++\s*+(?:\([^()]*+\)\s*+)?)*+(\S?)")
_STATEMENT_END = re.compile(rb"[;{}]")
_NO_TYPE = frozenset(
    b"return else goto case sizeof do if while for switch break continue default asm typeof __typeof__ offsetof".split()
)
_DECLARING = re.compile(rb"(?:DEFINE|DECLARE)_\w+|\w+_ON_?STACK|\w*LIST_HEAD")
MAX_STATEMENT = 2_000


def declares(code: bytes, function: FunctionSpan, name: bytes, places: list[int]) -> bool:
    """Whether ``name`` is a parameter of the function, or declared at one of the offsets where its body names it."""
    return _is_parameter(function, name.decode("ascii")) or any(_declared(code, name, at) for at in places)


def _is_parameter(function: FunctionSpan, name: str) -> bool:
    for n, piece in enumerate(_split(function.parameters)):
        found = re.findall(r"[A-Za-z_]\w*", piece.split("[", 1)[0])
        if not found:
            continue
        pointer = re.search(r"\(\s*\*+\s*(?:const\s+)?(\w+)", piece)
        declared = pointer[1] if pointer else found[-1]
        if declared == name and (len(found) > 1 or (function.macro and n)):
            return True
    return False


def _declared(code: bytes, name: bytes, at: int) -> bool:
    m = _NEXT.match(code, at + len(name))
    following = m[1] if m else b""
    window = code[max(at - MAX_STATEMENT, 0) : at]
    tokens = _TOKEN.findall(window[_statement_start(window) :])
    if following == b":" and (not tokens or tokens[-1] == b":"):
        return True  # a label
    if following not in (b";", b"=", b",", b")", b"[", b":"):
        return False
    if len(tokens) >= 2 and tokens[1] == b"(" and _DECLARING.fullmatch(tokens[0]) and following in (b",", b")"):
        return len(tokens) == 2
    return _is_declarator(_innermost(tokens))


def _statement_start(window: bytes) -> int:
    """Where the statement begins that a window ends in; the braces of an initialiser before a comma are part of it."""
    depth = 0
    for found in reversed(list(_STATEMENT_END.finditer(window))):
        mark = found[0]
        if mark == b"}":
            if not depth and window[found.end() :].lstrip()[:1] != b",":
                return found.end()
            depth += 1
        elif mark == b"{":
            if not depth:
                return found.end()
            depth -= 1
        elif not depth:
            return found.end()
    return 0


def _innermost(tokens: list[bytes]) -> list[bytes]:
    """What stands behind ``for (``, a label or ``case x:``; everything else unchanged."""
    if tokens[:2] == [b"for", b"("]:
        return tokens[2:]
    while b":" in tokens:
        n = tokens.index(b":")
        if b"?" in tokens[:n]:
            break
        tokens = tokens[n + 1 :]
    return tokens


def _is_declarator(tokens: list[bytes]) -> bool:
    """Whether tokens before a name are a type, or a type and earlier declarators."""
    pieces: list[list[bytes]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token in (b"(", b"[", b"{")) - (token in (b")", b"]", b"}"))
        if token == b"," and not depth:
            pieces.append([])
        else:
            pieces[-1].append(token)
    if depth:
        return False
    first, last = pieces[0], pieces[-1]
    if len(pieces) > 1:
        return all(t == b"*" for t in last) and len(first) > 1 and _is_type(first[:2])
    return _is_type(first)


def _is_type(tokens: list[bytes]) -> bool:
    """Words, then stars; attributes and typeof with their arguments among them."""
    if not tokens or not _word(tokens[0]) or tokens[0] in _NO_TYPE - {b"typeof", b"__typeof__"}:
        return False
    depth, starred = 0, False
    for token in tokens:
        depth += (token == b"(") - (token == b")")
        if depth or token == b")":
            continue
        if token == b"*":
            starred = True
        elif (
            not _word(token)
            or token in _NO_TYPE - {b"typeof", b"__typeof__"}
            or (
                starred
                and token not in (b"const", b"volatile", b"restrict", b"__restrict")
                and not token.startswith(b"__")
            )
        ):
            return False
    return tokens[-1] != b")" or tokens[0] in (b"typeof", b"__typeof__", b"__auto_type", b"DECLARE")


def _word(token: bytes) -> bool:
    return token[:1].isalpha() or token[:1] == b"_"


def _split(text: str) -> list[str]:
    pieces, depth = [""], 0
    for char in text[:MAX_STATEMENT]:
        depth += (char in "([{") - (char in ")]}")
        if char == "," and not depth:
            pieces.append("")
        else:
            pieces[-1] += char
    return pieces
