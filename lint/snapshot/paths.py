"""Which paths may name a file of a tree."""

from __future__ import annotations

SYMLINK = "120000"
GITLINK = "160000"
REGULAR = "100644"
EXECUTABLE = "100755"


def is_safe(path: str) -> bool:
    """Whether a path is relative, stays inside the tree and reaches no ``.git``; the empty path is not safe."""
    if not path or len(path) > 4096 or "\0" in path or "\n" in path or "\\" in path:
        return False
    return all(part not in ("", ".", "..") and part.lower() != ".git" for part in path.split("/"))


def parents(path: str) -> list[str]:
    """The directories that a file stands in, outermost first: ``a/b/c`` gives ``a``, ``a/b``."""
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]


def below(path: str, within: tuple[str, ...]) -> bool:
    """Whether a path is one of the given files or stands below one of the given directories (empty: always)."""
    if not within:
        return True
    return any(path == place or path.startswith(place.rstrip("/") + "/") for place in within)


def link_stays_inside(path: str, target: str) -> bool:
    """Whether the target of a symlink at ``path`` is a place inside the tree, by its text alone."""
    if not target or target.startswith("/") or "\0" in target:
        return False
    depth = path.count("/")
    for part in target.split("/"):
        depth += -1 if part == ".." else 0 if part in ("", ".") else 1
        if depth < 0:
            return False
    return True
