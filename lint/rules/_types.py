"""What the types of two heads come to, with the typedefs of the tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lint.cparse.model import Definition
from lint.snapshot.headers import is_indexed
from lint.snapshot.overlay import OverlayTree, base_of
from lint.snapshot.tree import Tree
from lint.state import State

_TOKEN = re.compile(r"[A-Za-z_]\w*|\*|\[|\(|\.\.\.")
_BASIC = frozenset(
    [
        "void",
        "char",
        "short",
        "int",
        "long",
        "float",
        "double",
        "signed",
        "unsigned",
        "bool",
        "_Bool",
        "__signed__",
        "__int128",
    ]
)
_QUALIFIERS = frozenset(
    [
        "const",
        "volatile",
        "restrict",
        "register",
        "static",
        "extern",
        "inline",
        "__restrict",
        "__volatile__",
        "__const",
        "__inline",
        "__inline__",
        "auto",
        "noinline",
        "asmlinkage",
        "__always_inline",
    ]
)
_TAGS = frozenset({"struct", "union", "enum"})
_TYPEDEF = re.compile(rb"^[ \t]*+typedef\b([^;{}()\n]*+);", re.M)
_LAST = re.compile(rb"([A-Za-z_]\w*)\Z")
_MOST_STEPS = 5


@dataclass(frozen=True, slots=True)
class Type:
    """A type without qualifiers: the words of its base, and how many pointers there are on top of it."""

    base: str
    stars: int

    @property
    def is_known(self) -> bool:
        """Whether the base is a type of the language or a structure, not a name that stands for something else."""
        return self.base.split(" ")[0] in _BASIC or self.base.startswith(("struct ", "union "))


def parse_type(text: str) -> Type | None:
    """The type of a parameter or of what a function returns; None for what is not that simple (function pointers)."""
    tokens = [token for token in _TOKEN.findall(text) if token not in _QUALIFIERS]
    words: list[str] = []
    base, stars = "", 0
    for at, token in enumerate(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        if token in ("(", "..."):
            return None
        if token in ("*", "["):
            stars += 1
        elif token in _BASIC:
            if base:
                return None
            words.append(token)
        elif token in _TAGS:
            base = f"{token} {following}"
        elif base or words:
            continue  # the name, or an annotation
        elif not token.startswith("__") or following in ("", "*", "[") or following not in _BASIC | _TAGS:
            base = token
    if words:
        base = _basic(words)
    return Type(base, stars) if base else None


def may_agree(state: State, one: Type | None, other: Type | None) -> bool:
    """Whether two types can be the same for some architecture; true where that is not known."""
    if one is None or other is None or one == other:
        return True
    first, second = _resolved(state, one), _resolved(state, other)
    if any(not type_.is_known for type_ in first | second):
        return True
    return not first.isdisjoint(second)


def types_of(head: Definition) -> tuple[Type | None, ...] | None:
    """What a head returns and takes; None when its parameters are not written out."""
    if head.params is None or not head.params or "..." in head.params:
        return None
    parameters = () if head.params == ("void",) else head.params
    return (parse_type(head.type), *(parse_type(parameter) for parameter in parameters))


def _resolved(state: State, type_: Type) -> frozenset[Type]:
    """All that a type can come to through the typedefs of the tree's headers."""
    done: set[Type] = set()
    pending, seen = [type_], {type_}
    for _ in range(_MOST_STEPS * 4):
        if not pending:
            break
        one = pending.pop()
        meant = [] if one.is_known or one.base.startswith("enum ") else _typedefs(state, one.base)
        if not meant:
            done.add(one)
        for inner in meant:
            following = Type(inner.base, inner.stars + one.stars)
            if following not in seen:
                seen.add(following)
                pending.append(following)
    return frozenset(done | set(pending))


def _typedefs(state: State, name: str) -> list[Type]:
    found: list[Type] = []
    for text in _texts(state, name):
        inner = parse_type(text[: -len(name)])
        if inner is None:
            return []
        found.append(inner)
    return found


def _texts(state: State, name: str) -> Iterator[str]:
    """What stands between ``typedef`` and the semicolon, in the headers of a state."""
    base = base_of(state.tree)
    known: dict[str, tuple[tuple[str, str], ...]] = state.kept_of_base(("typedefs",), dict, lambda: _all(base))
    changed = state.tree.changed if isinstance(state.tree, OverlayTree) else {}
    yield from (text for path, text in known.get(name, ()) if path not in changed)
    for path in filter(is_indexed, changed):
        yield from (text for own, text in _typedefs_in(state.tree.read(path) or b"") if own == name)


def _all(tree: Tree) -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for path in filter(is_indexed, tree.list()):
        for name, text in _typedefs_in(tree.read(path) or b""):
            found[name] = (*found.get(name, ()), (path, text))
    return found


def _typedefs_in(text: bytes) -> Iterator[tuple[str, str]]:
    if b"typedef" in text:
        for found in _TYPEDEF.finditer(text):
            name = _LAST.search(found[1].rstrip())
            if name is not None:
                yield name[1].decode(), found[1].decode("latin-1").rstrip()


def _basic(words: list[str]) -> str:
    """One spelling for all orders of the words of a basic type."""
    if words in (["bool"], ["_Bool"]):
        return "bool"
    size = " ".join(word for word in words if word in ("short", "long"))
    kind = next((word for word in words if word in ("char", "double", "float", "void", "__int128")), "")
    sign = "unsigned" if "unsigned" in words else ("signed" if kind == "char" and "signed" in words else "")
    return " ".join(part for part in (sign, size, kind or ("" if size else "int")) if part)
