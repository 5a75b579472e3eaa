"""What the whole tree says of one name, told from the lines that hold it: is it defined, does anything know it?

Lines come from one search; a file is only read when its line leaves the question open, and then the answer of the
parser counts. Everything that is not understood counts as a definition: the absence of one is what has to be proven.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from enum import StrEnum
from functools import lru_cache

from lint.change import is_source
from lint.cparse.model import Kind, Use
from lint.generated import is_pasted
from lint.resolve import arch_of, is_declared, is_host
from lint.snapshot.tree import Occurrence
from lint.snapshot.words import scan
from lint.state import State

MOST_FILES = 40  # that are read for one name
MOST_PLACES = 20_000  # a word that stands at more places is one of everyday use
_TEXTS = ("Documentation/", "LICENSES/", "CREDITS", "MAINTAINERS", ".mailmap", ".get_maintainer.ignore", "README")
_COMMENT = re.compile(rb"[ \t]*+(?:\*(?!\w+[ \t]*+=)|//|/\*.*\*/[ \t]*+\Z)")
_NESTED = re.compile(rb"\([^()]*+\)|\[[^\[\]]*+\]")
_ASSEMBLY = (".S", ".s", ".lds", ".lds.h", ".inc")


class Known(StrEnum):
    """What a tree knows of a name."""

    DEFINED = "defined"  # or it may be
    USED = "used"  # by others that are built without a definition that text shows
    UNKNOWN = "unknown"  # nothing but the places that were left out of the question names it


def known(
    state: State,
    name: str,
    path: str,
    uses: Collection[tuple[str, int]] = (),
    new: Collection[tuple[str, int]] = (),
) -> Known:
    """What a state knows of a name that code in ``path`` uses.

    The lines of these ``uses`` (path, line) do not count, and what uses the name on a ``new`` line is no evidence.
    """
    if headers_define(state, name, path, uses):
        return Known.DEFINED
    places = state.search([name])[name]
    if len(places) > MOST_PLACES:
        return Known.DEFINED
    counted = [place for place in places if (place.path, place.line) not in uses and _counts(place, path)]
    pattern = _pattern(name)
    open_files: dict[str, None] = {}
    others: dict[str, None] = {}
    for place in counted:
        if not _may_define(place.path, path):
            continue
        if not is_source(place.path):
            return Known.DEFINED
        verdict = pattern.judge(place)
        if verdict is True:
            return Known.DEFINED
        (others if verdict is False else open_files)[place.path] = None
    if len(open_files) > MOST_FILES:
        return Known.DEFINED
    if any(_defines(state, file, name) for file in open_files):
        return Known.DEFINED
    users = dict.fromkeys((*others, *open_files))
    if len(users) > MOST_FILES or any(_uses(state, file, name, new) for file in users):
        return Known.USED
    return Known.UNKNOWN


def headers_define(state: State, name: str, path: str, uses: Collection[tuple[str, int]] = ()) -> bool:
    """Whether a line of the kernel's headers defines a name for code in ``path``, or it is an everyday word there.

    No search is made for that. False leaves the question open.
    """
    places = state.headers([name])[name]
    if places is None:
        return not is_host(path)
    pattern = _pattern(name)
    return any(
        (one.path, one.line) not in uses
        and _counts(one, path)
        and _may_define(one.path, path)
        and pattern.judge(one) is True
        for one in places
    )


def defined_near(state: State, path: str, names: Collection[str], arch: str) -> dict[str, str]:
    """Those of the names that a header defines which the file includes itself, with the header: a cheap first look."""
    graph = state.includes
    texts: list[tuple[str, bytes]] = []
    for include in graph.includes(path)[:MOST_FILES]:
        target = graph.resolve(include, path, arch).path
        text = state.tree.read(target) if target else None
        if text is not None:
            texts.append((target, text))
    near: dict[str, str] = {}
    for name, places in scan(names, texts).items():
        pattern = _pattern(name)
        for place in places:
            if name not in near and pattern.judge(place):
                near[name] = place.path
    return near


@lru_cache(maxsize=2048)
def _pattern(name: str) -> _Pattern:
    return _Pattern(name)


def is_only_accessed(state: State, name: str, new: Collection[tuple[str, int]]) -> bool:
    """Whether all that the tree holds of a name are accesses to a member, on ``new`` lines (path, line)."""
    if headers_name(state, name, new):
        return False
    return not any(_is_more(place, name, new) for place in state.search([name])[name])


def headers_name(state: State, name: str, new: Collection[tuple[str, int]]) -> bool:
    """Whether the kernel's headers hold a name in another way than as a member that ``new`` lines access."""
    places = state.headers([name])[name]
    return places is None or any(_is_more(place, name, new) for place in places)


def _is_more(place: Occurrence, name: str, new: Collection[tuple[str, int]]) -> bool:
    if is_in_text(place):
        return False
    if (place.path, place.line) not in new:
        return True
    word = re.escape(name.encode())
    names, accesses = re.findall(rb"\b%b\b" % word, place.text), re.findall(rb"(?:->|\.)[ \t]*+%b\b" % word, place.text)
    return len(names) > len(accesses)


def is_macro_in(state: State, name: str, path: str, within: Collection[str]) -> bool:
    """Whether a header in one of these places makes a macro of the name, or ``path`` itself defines it."""
    define = re.compile(rb"[ \t]*+#[ \t]*+define[ \t]++%b\b" % re.escape(name.encode()))
    places = state.search([name], sorted(within))[name]
    return any(place.path.endswith(".h") and define.match(place.text) for place in places) or _defines(
        state, path, name
    )


def _counts(place: Occurrence, path: str) -> bool:
    """Whether a line can say something of a name that ``path`` uses: the same world, and no plain text."""
    if is_in_text(place):
        return False
    return is_host(place.path) == is_host(path) or (is_host(path) and "/uapi/" in f"/{place.path}")


def is_in_text(place: Occurrence) -> bool:
    """Whether a line is documentation or a comment, as far as the line itself can tell."""
    if place.path.startswith(_TEXTS) or place.path.endswith((".rst", ".txt")):
        return True
    return _COMMENT.match(place.text) is not None


def _may_define(definer: str, user: str) -> bool:
    """Whether what a file defines can be meant elsewhere; sources of one directory may include each other."""
    own, other = arch_of(definer), arch_of(user)
    return own is None or other is None or own == other


class _Pattern:
    """How lines look that define one name."""

    def __init__(self, name: str) -> None:
        word = rb"(?<![\w$])%b(?![\w$])" % re.escape(name.encode())
        self._word = re.compile(word)
        self._define = re.compile(rb"[ \t]*+#[ \t]*+define[ \t]++" + word)
        self._label = re.compile(
            rb"\A[ \t\"]*+" + word + rb"[ \t]*+[:=]|\([ \t]*+" + word
            + rb"|\.(?:macro|set|equ|globa?l|weak|comm|lcomm|type)[ \t]++" + word
        )  # fmt: skip
        self._declared = re.compile(rb"[\w*\]][ \t]*+[ \t*]" + word + rb"[ \t]*+(?:[(=;\[]|__\w|\\?\Z)")
        self._listed = re.compile(word + rb"[ \t]*+(?:=(?!=)|[,}]|/[*/]|__\w|\Z)")
        self._pointer = re.compile(
            rb"\([ \t]*+(?:\w++[ \t]++)?\**+" + word + rb"[ \t]*+(?:\[[^\]]*+\])?[ \t]*+\)[ \t]*+\("
        )
        self._head = re.compile(rb"[ \t]++(?:[\w*]++[ \t]++)*+\**+" + word + rb"[ \t]*+\(")
        self._offset = re.compile(rb"[ \t]*+[A-Z_]++\([ \t]*+" + word + rb"[ \t]*+,")
        self._quoted = re.compile(rb"\"[^\"]*" + word)

    def judge(self, place: Occurrence) -> bool | None:
        """Whether a line defines or declares the name; None when only its surroundings can tell."""
        text = place.text
        if text.lstrip().startswith(b"#"):
            return self._define.match(text) is not None
        if place.path.endswith(_ASSEMBLY):
            return self._label.search(text) is not None
        if self._quoted.search(text) and (b":" in text or b".g" in text or b"set" in text or b"equ" in text):
            return True
        if b"enum" in text or (self._offset.match(text) and "offsets" in place.path):
            return True
        if text.rstrip().endswith(b"\\") and self._declared.search(text.rstrip(b"\\ \t")):
            return True
        if text.lstrip().startswith((b"extern", b"typedef")):
            return True
        if text[:1] not in (b" ", b"\t"):
            return self._at_file_scope(text)
        return None if self._is_listed(text) or self._head.match(text) else False

    def _is_listed(self, text: bytes) -> bool:
        """Whether a line may be one of an enumeration, or go on with a list of declared names."""
        for found in self._listed.finditer(text):
            before = text[: found.start()].rstrip()
            if not before or before.endswith((b",", b"{")):
                return True
        return False

    def _at_file_scope(self, text: bytes) -> bool:
        """Whether a line that starts in the first column declares the name: not as a parameter."""
        if re.match(rb"\w++[ \t]*+\(", text):
            return True  # a macro may make anything
        if self._pointer.search(text):
            return True
        outside = text
        while _NESTED.search(outside):
            outside = _NESTED.sub(b"", outside)
        return self._word.search(outside.split(b"(", 1)[0]) is not None


def _defines(state: State, path: str, name: str) -> bool:
    file = state.facts(path)
    items = file.definitions_of(name) if file is not None else ()
    return any(item.kind not in (Kind.MEMBER, Kind.TAG) for item in items)


def _uses(state: State, path: str, name: str, new: Collection[tuple[str, int]]) -> bool:
    """Whether a file uses the name in a way that needs a definition from somewhere."""
    file = state.facts(path)
    if file is None:
        return False
    for reference in file.references([name]):
        if (path, reference.line) in new or reference.use in (Use.MEMBER, Use.TAG, Use.DEFINED):
            continue
        if not file.is_local(reference) and not is_declared(file, reference):
            return True
    return False


def may_be_pasted(state: State, name: str, paths: Iterable[str]) -> bool:
    """Whether macros could make the name: of these files, or of any header, with what else stands in the tree."""
    if is_pasted(state, paths, name):
        return True
    rests = _rests(state, name)
    if any(len(rest) < 3 for rest in rests):
        return True
    option = f"D{name}"  # of the compiler: -DNAME
    found = state.search(sorted({*rests, option}))
    if any(not is_source(place.path) and b"-" + option.encode() in place.text for place in found[option]):
        return True
    return any(_is_argument(place, rest) for rest in rests for place in found[rest])


def is_listed_argument(state: State, name: str) -> bool:
    """Whether the name is given to a macro outside of functions, or in a list of names: a macro may define with it."""
    given = re.compile(rb"\w++[ \t]*+\(.*\b%b\b|.*\b%b\b.*\\[ \t]*\Z" % (name.encode(), name.encode()))
    return any(is_source(place.path) and given.match(place.text) for place in state.search([name])[name])


_CHAIN = re.compile(rb"(\w*+)[ \t]*+##[ \t]*+(\w++)(?:[ \t]*+##[ \t]*+(\w++))?")


def _rests(state: State, name: str) -> set[str]:
    """What would have to be an argument for some header's macro to make the name."""
    rests: set[str] = set()
    for pieces in _chains(state):
        for prefix, suffix in ((pieces[0], pieces[2]), (pieces[0], ""), ("", pieces[1]), (pieces[1], "")):
            if len(prefix) + len(suffix) < 2 or not (name.startswith(prefix) and name.endswith(suffix)):
                continue
            rest = name[len(prefix) : len(name) - len(suffix)] if suffix else name[len(prefix) :]
            if rest and rest != name:
                rests.add(rest.strip("_") or rest)
                rests.add(rest)
    return rests


def _chains(state: State) -> set[tuple[str, str, str]]:
    chains: set[tuple[str, str, str]] = set()
    for path in state.tree.list("include/"):
        if path.startswith(("include/uapi/", "include/dt-bindings/")):
            continue
        text = state.tree.read(path) or b""
        if b"##" in text:
            for found in _CHAIN.finditer(text):
                chains.add((found[1].decode(), found[2].decode(), (found[3] or b"").decode()))
    return chains


def _is_argument(place: Occurrence, name: str) -> bool:
    if not is_source(place.path) or _COMMENT.match(place.text):
        return False
    return re.search(rb"[(,][ \t]*+%b[ \t]*+[,)]" % re.escape(name.encode()), place.text) is not None
