"""Names that only ``##`` makes: which macro pastes which parameter, and what a call of it therefore names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from lint.cparse.calls import arguments
from lint.cparse.facts_source import Macro, Source, source
from lint.cparse.model import Call
from lint.cparse.references import words
from lint.logic import Formula, both

MAX_PASTES = 10_000
MAX_WAYS = 20
MAX_ROUNDS = 3  # macros that pass a parameter on to a macro that passes it on

_TOKEN = re.compile(rb"\w++|##|\S")
_WORD = re.compile(r"\w+")
_OPEN = re.compile(rb"[\s\\]*+\(")


@dataclass(frozen=True, slots=True)
class Paste:
    """One parameter of a macro that becomes part of a name.

    ``prefix`` and ``suffix`` are the fixed words next to it, empty where there is none or another parameter;
    ``pieces`` is the whole name, its parameters by their names; ``params`` are all parameters of the macro.
    ``condition`` is that of the macro, and of the macros that the parameter is passed on to.
    """

    macro: str
    parameter: str
    prefix: str
    suffix: str
    line: int
    pieces: tuple[str, ...]
    params: tuple[str, ...]
    condition: Formula = True


def pastes(text: bytes, path: str = "", known: Iterable[Paste] = ()) -> tuple[Paste, ...]:
    """The pastes of every macro of a file, those of macros that it passes a parameter on to included.

    ``known`` are the pastes of macros in other files.
    """
    return find_pastes(source(path, text), known)


def find_pastes(src: Source, known: Iterable[Paste] = ()) -> tuple[Paste, ...]:
    """:func:`pastes` on shared facts."""
    known = tuple(known)
    macros = [macro for macro in src.macros if macro.params]
    found = dict.fromkeys(p for macro in macros for p in _pastes(src, macro))
    new = (*known, *found)
    for _ in range(MAX_ROUNDS):
        passed = [p for p in islice(_passed_on(src, new), MAX_PASTES) if p not in found]
        if not passed or len(found) > MAX_PASTES:
            break
        found.update(dict.fromkeys(passed))
        new = tuple(passed)
    return tuple(found)[:MAX_PASTES]


def pasted_names(
    call: Call, pastes_of_macro: Iterable[Paste], params: tuple[str, ...] | None = None
) -> tuple[str, ...]:
    """The names that a call makes, without repetitions; pastes of other macros are ignored.

    In a macro body, an argument that is a parameter stands for itself: no such name exists then.
    ``params`` are the macro's parameters when they differ from those that the paste was found with.
    """
    names: dict[str, None] = {}
    for paste in pastes_of_macro:
        if paste.macro != call.name:
            continue
        given = dict(zip(params or paste.params, call.arguments, strict=False))
        name = "".join(given.get(piece, piece) for piece in paste.pieces)
        if paste.parameter in given and _WORD.fullmatch(name):
            names[name] = None
    return tuple(names)


def _tokens(src: Source, macro: Macro) -> list[str]:
    if src.stripped.find(b"##", macro.body, macro.end) < 0:
        return []
    return [t.decode("latin-1") for t in _TOKEN.findall(src.stripped, macro.body, macro.end) if t != b"\\"]


def _pastes(src: Source, macro: Macro) -> Iterator[Paste]:
    tokens, n = _tokens(src, macro), 0
    while n < len(tokens):
        chain = [tokens[n]]
        while n + 2 < len(tokens) and tokens[n + 1] == "##":
            chain.append(tokens[n + 2])
            n += 2
        n += 1
        if len(chain) > 1 and all(_WORD.fullmatch(piece) for piece in chain):
            yield from _of_chain(macro, tuple(chain), src.conditions.at(macro.line))


def _of_chain(macro: Macro, pieces: tuple[str, ...], condition: Formula) -> Iterator[Paste]:
    params = macro.params or ()
    merged: list[str] = []
    for piece in pieces:
        if merged and piece not in params and merged[-1] not in params:
            merged[-1] += piece
        else:
            merged.append(piece)
    pieces, padded = tuple(merged), ("", *merged, "")
    for n, piece in enumerate(pieces, 1):
        if piece in params:
            before, after = padded[n - 1], padded[n + 1]
            prefix = before if before not in params else ""
            suffix = after if after not in params else ""
            yield Paste(macro.name, piece, prefix, suffix, macro.line, pieces, params, condition)


def _passed_on(src: Source, inner: tuple[Paste, ...]) -> Iterator[Paste]:
    """Pastes of macros whose body hands a parameter, or a name made from one, to a macro that pastes it."""
    of: dict[str, dict[tuple[str, ...], Paste]] = {}
    for paste in inner:
        ways = of.setdefault(paste.macro, {})
        if len(ways) < MAX_WAYS:  # a macro that is defined over and over
            ways.setdefault(paste.pieces + paste.params, paste)
    for start, end in words(src.stripped, of):
        macro = src.macro_at(start)
        m = _OPEN.match(src.stripped, end)
        if macro is None or not macro.params or not m or start < macro.body:
            continue
        texts = arguments(src, m.end() - 1)
        for paste in of[src.stripped[start:end].decode("ascii")].values():
            pieces = _substituted(paste, texts or ())
            if pieces:
                condition = both((paste.condition, src.conditions.at(macro.line)))
                yield from _of_chain(macro, pieces, condition)


def _substituted(paste: Paste, texts: tuple[str, ...]) -> tuple[str, ...]:
    given = dict(zip(paste.params, texts, strict=False))
    pieces: list[str] = []
    for piece in paste.pieces:
        made = [part.strip() for part in given[piece].split("##")] if piece in given else [piece]
        if not all(_WORD.fullmatch(part) for part in made):
            return ()
        pieces += made
    return tuple(pieces)
