"""One regular expression for many words, in the Perl dialect that git grep -P reads.

git grep tries separate patterns one after the other on every line (200 words in a kernel tree: minutes), and a plain
alternation still tries every word where the first letter fits. Common prefixes written once make 1000 words affordable.
"""

from __future__ import annotations

from collections.abc import Iterable

_DEEP = 128
_Trie = dict[str, "_Trie"]


def perl_pattern(words: Iterable[str]) -> str:
    """A pattern that matches any of the words as a whole word; linear to match, at most ``_DEEP`` groups deep."""
    root: _Trie = {}
    long: list[str] = []
    for word in sorted(set(words)):
        if len(word) > _DEEP:
            long.append(_literal(word))
            continue
        node = root
        for character in word:
            node = node.setdefault(character, {})
        node[""] = {}
    choices = "|".join([_alternation(root)] * bool(root) + long)
    return f"(?<![A-Za-z0-9_])(?:{choices})(?![A-Za-z0-9_])"


def extended_pattern(words: Iterable[str]) -> str:
    """The same in POSIX extended syntax, for a git that was built without PCRE; it says only that some word stands."""
    choices = "|".join("".join(_bracketed(c) for c in word) for word in words)
    return f"(^|[^A-Za-z0-9_])({choices})($|[^A-Za-z0-9_])"


def _alternation(node: _Trie) -> str:
    choices = []
    for character, child in node.items():
        text = _literal(character)
        while len(child) == 1 and "" not in child:
            ((character, child),) = child.items()
            text += _literal(character)
        choices.append(text + _alternation(child) if child.keys() != {""} else text)
    rest = [choice for choice in choices if choice]
    inner = rest[0] if len(rest) == 1 and "" not in node else f"(?:{'|'.join(rest)})"
    return inner + "?" if "" in node else inner


def _literal(text: str) -> str:
    return "".join(c if c.isalnum() or c == "_" else "\\" + c for c in text)


def _bracketed(character: str) -> str:
    if character in "^\\":
        return "\\" + character
    # A backslash before other characters may have a meaning of its own in GNU's regular expressions.
    return character if character.isalnum() or ord(character) > 127 or character == "_" else f"[{character}]"
