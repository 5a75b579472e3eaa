"""What a base tree remembers of its searches, so that no word is searched for twice in one run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Protocol

from lint.errors import Problem, Stage
from lint.snapshot.grep import Grepped, narrowed
from lint.snapshot.tree import Occurrence
from lint.snapshot.words import frozen

# One compiled pattern of PCRE holds 64 KiB.
MAX_WORDS = 1000
MAX_LETTERS = 30_000


class Store(Protocol):
    """Answers that outlive a run."""

    def load(self, within: tuple[str, ...], words: Iterable[str]) -> Mapping[str, tuple[Occurrence, ...]]:
        """What is known of some of these words."""

    def keep(self, within: tuple[str, ...], found: Mapping[str, tuple[Occurrence, ...]]) -> None:
        """Keep complete answers."""


class SearchMemo:
    """Searches through ``find``, all words of a call that are not known yet at once.

    A word that was searched for in the whole tree is known in every part of it.
    """

    def __init__(self, find: Callable[[Collection[str], tuple[str, ...]], Grepped]) -> None:
        self._find = find
        self._store: Store | None = None
        self._known: dict[tuple[str, ...], dict[str, tuple[Occurrence, ...]]] = {(): {}}
        self._problems: list[Problem] = []

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What a search had to leave out."""
        return tuple(self._problems)

    def remember(self, store: Store) -> None:
        """Ask this store before searching, and give it what is found."""
        self._store = store

    def search(self, words: Collection[str], within: Collection[str] = ()) -> Mapping[str, tuple[Occurrence, ...]]:
        """Where each word stands as a whole word."""
        places = tuple(sorted({place.rstrip("/") for place in within}))
        everywhere = self._known[()]
        known = self._known.setdefault(places, {})
        missing = sorted({word for word in words if word not in known and word not in everywhere})
        if missing and self._store is not None:
            known.update(self._store.load(places, missing))
            missing = [word for word in missing if word not in known]
        batches = list(_batches(missing))
        while batches:
            batch = batches.pop()
            answer = self._find(batch, places)
            if answer.truncated and len(batch) > 1:
                half = len(batch) // 2
                batches += batch[:half], batch[half:]  # a rare word shall not lose its places to a common one
                continue
            found = frozen(answer.found)
            if answer.truncated:
                self._problems.append(Problem(Stage.APPLY, f"a search for {_names(batch)} found too much: cut short"))
            elif self._store is not None:
                self._store.keep(places, found)
            known.update(found)
        elsewhere = [word for word in words if word not in known]
        return {**{word: known[word] for word in words if word in known}, **narrowed(everywhere, elsewhere, places)}


def _batches(words: list[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    letters = 0
    for word in words:
        if batch and (len(batch) == MAX_WORDS or letters + len(word) > MAX_LETTERS):
            yield batch
            batch, letters = [], 0
        batch.append(word)
        letters += len(word)
    if batch:
        yield batch


def _names(words: list[str]) -> str:
    return ", ".join(words[:3]) + (f" and {len(words) - 3} other words" if len(words) > 3 else "")
