"""What make variables that hold y, m or nothing say about the configuration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from lint.logic import Atom, Formula, both, either, negate

Value: TypeAlias = tuple[Formula, Formula]
"""When the text is y, and when it is m."""
BUILTIN: Value = (True, False)
MODULE: Value = (False, True)
_NOTHING: Value = (False, False)


def config_value(symbol: str) -> Value:
    """``$(CONFIG_X)``: y where the symbol is y, m where it is m."""
    return Atom(symbol), Atom(f"{symbol}_MODULE")


def suffix_value(text: str) -> Value:
    """The text behind ``obj-``: ``y``, ``m``, ``$(CONFIG_X)``, ``$(subst m,y,$(CONFIG_X))``; else unknown."""
    text = text.strip()
    if text in ("y", "m", ""):
        return {"y": BUILTIN, "m": MODULE, "": _NOTHING}[text]
    inner = _inside(text)
    if inner == "KBUILD_BUILTIN":
        return BUILTIN  # what make was asked for, and not the configuration
    if inner is not None and inner.startswith("CONFIG_") and _is_name(inner):
        return config_value(inner)
    if inner is not None and inner.endswith(":m=y") and _is_name(inner.removesuffix(":m=y")):
        return either(config_value(inner.removesuffix(":m=y"))), False
    if inner is not None and inner.startswith("findstring "):
        parts = split_arguments(inner.removeprefix("findstring "))
        values = _joined(parts[1].strip().replace(" ", "")) if len(parts) == 2 and parts[0].strip() == "y" else None
        if values:
            return either(value[0] for value in values), False
    if inner is not None and inner.startswith("subst "):
        parts = split_arguments(inner.removeprefix("subst "))
        if len(parts) == 3 and parts[0].strip() in ("y", "m"):
            return _substitute(parts[0].strip(), suffix_value(parts[1]), suffix_value(parts[2]))
    return Atom(f"?{text}"), Atom(f"?{text} = m")


def conditional(line: str) -> Formula:
    """The test of an ``ifeq``, ``ifneq``, ``ifdef`` or ``ifndef`` line."""
    keyword = line.split("(", 1)[0].split(None, 1)[0]
    rest = line[len(keyword) :].strip()
    if keyword in ("ifdef", "ifndef"):
        known = rest.startswith("CONFIG_") and _is_name(rest)
        test = either(config_value(rest)) if known else Atom(f"?ifdef {rest}")
        return negate(test) if keyword == "ifndef" else test
    test = _equal(rest)
    return negate(test) if keyword == "ifneq" else test


def split_arguments(text: str) -> list[str]:
    """The arguments of a make function: split at the commas that stand in no parentheses."""
    depth, parts, start = 0, [], 0
    for at, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if char == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def _equal(rest: str) -> Formula:
    inner = rest[1:-1] if rest.startswith("(") and rest.endswith(")") else rest.replace('" "', ",").strip('"')
    sides = [side.strip() for side in split_arguments(inner)]
    unknown = Atom(f"?ifeq {rest}")
    if len(sides) != 2:
        return unknown
    left, right = sides if sides[1] in ("", "y", "m", "n", "yy") else sides[::-1]
    listed = _filter(left)
    if listed is not None and right == "":
        return negate(listed)
    values = _joined(left)
    if values is None:
        return unknown
    if right == "":
        return both(negate(either(value)) for value in values)
    if len(right) == len(values) and set(right) <= {"y", "m"}:
        return both(value[0] if letter == "y" else value[1] for letter, value in zip(right, values, strict=True))
    if len(right) == 1 and right in "ym":
        which = "ym".index(right)
        return either(
            both((value[which], *(negate(either(other)) for other in values if other is not value))) for value in values
        )
    # CONFIG variables are never "n" in make: the variable is empty then.
    return False if right == "n" else unknown


def _filter(text: str) -> Formula | None:
    """``$(filter y m,$(CONFIG_A) $(CONFIG_B))`` is not empty."""
    inner = _inside(text)
    if inner is None or not inner.startswith("filter "):
        return None
    parts = split_arguments(inner.removeprefix("filter "))
    wanted = parts[0].split()
    values = _joined("".join(parts[1].split())) if len(parts) == 2 else None
    if values is None or not set(wanted) <= {"y", "m"}:
        return None
    return either(value["ym".index(letter)] for value in values for letter in wanted)


def _joined(text: str) -> list[Value] | None:
    """``$(CONFIG_A)$(CONFIG_B)``; None when something else stands there."""
    values = []
    for part in text.replace(")$(", ")\0$(").split("\0"):
        inner = _inside(part)
        if inner is None or not inner.startswith("CONFIG_") or not _is_name(inner):
            return None
        values.append(config_value(inner))
    return values


def _substitute(letter: str, by: Value, value: Value) -> Value:
    if letter == "m":
        return either((value[0], both((value[1], by[0])))), both((value[1], by[1]))
    return both((value[0], by[0])), either((value[1], both((value[0], by[1]))))


def _inside(text: str) -> str | None:
    return text[2:-1] if text.startswith(("$(", "${")) and text.endswith((")", "}")) else None


def _is_name(text: str) -> bool:
    return text.replace("_", "a").isalnum() and text.isascii()


def split_words(text: str) -> Iterator[str]:
    """The words of a value; ``$(...)`` is one word whatever stands in it."""
    depth, start = 0, 0
    for at, char in enumerate(text):
        depth = max(0, depth + (char == "(") - (char == ")"))
        if depth == 0 and char in " \t":
            if at > start:
                yield text[start:at]
            start = at + 1
    if len(text) > start:
        yield text[start:]
