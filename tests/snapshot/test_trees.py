"""What the kinds of trees answer, and that they answer the same."""

from __future__ import annotations

import gc
import os
import subprocess
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from lint.errors import UserError
from lint.snapshot import directory as directory_module
from lint.snapshot.directory import DirectoryTree
from lint.snapshot.gittree import GitTree
from lint.snapshot.grep import Grepped
from lint.snapshot.memory import EmptyTree, MemoryTree
from lint.snapshot.open import find_kernel_tree, open_tree, tree_info
from lint.snapshot.overlay import Entry, OverlayTree
from lint.snapshot.tree import Occurrence, Tree
from lint.snapshot.words import Words, occurrences

from .patches import git

FILES = {
    "Makefile": b"VERSION = 7\nPATCHLEVEL = 2\nSUBLEVEL = 13\nEXTRAVERSION = -rc1\nNAME = x\n",
    "Kconfig": b"config FOO\n\tbool\n",
    "arch/x/a.c": b"int foo(void);\nint food;\nfoo_bar(foo);\n",
    "arch/x/b.c": b"#define BAR FOO\n",
    "arch/xy/c.c": b"foo",
    "blob.bin": b"foo\0foo\n",
    "docs/t.rst": b"an asm-offsets foo-bar word\n",
}
WORDS = ("foo", "FOO", "food", "nothing", "asm-offsets", "foo bar", "")


def write(root: Path, files: dict[str, bytes]) -> Path:
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)
    return root


def repository(root: Path, files: dict[str, bytes] = FILES) -> Path:
    write(root, files)
    git(root, "init", "-q", ".")
    git(root, "add", "-A", "-f")
    git(root, "commit", "-q", "-m", "base")
    git(root, "tag", "base")
    return root


def plain(root: Path) -> Tree:
    return DirectoryTree(write(root, FILES))


def clean(root: Path) -> Tree:
    return GitTree(repository(root), "base")


def dirty(root: Path) -> Tree:
    repository(root)
    write(root, {"arch/x/a.c": b"nothing\n", "new.c": b"foo nothing\n", "staged.c": b"foo nothing\n"})
    (root / "arch/x/b.c").unlink()
    git(root, "add", "staged.c")
    git(root, "rm", "-q", "--cached", "docs/t.rst")
    git(root, "add", "-N", "new.c")
    return GitTree(root, "base")


def bare(root: Path) -> Tree:
    git(root, "clone", "-q", "--bare", str(repository(root / "work")), "bare")
    return GitTree(root / "bare", "base")


def far(root: Path) -> Tree:
    tree = GitTree(repository(root), "base")
    tree._near = False
    tree._greppable = False
    return tree


def hidden(root: Path) -> Tree:
    repository(root)
    git(root, "update-index", "--assume-unchanged", "arch/x/a.c")
    write(root, {"arch/x/a.c": b"nothing\n"})
    return GitTree(root, "base")


def converted(root: Path) -> Tree:
    repository(root)
    git(root, "config", "core.autocrlf", "true")
    return GitTree(root, "base")


def overlaid(root: Path) -> Tree:
    base = DirectoryTree(write(root, {**FILES, "arch/x/a.c": b"nothing foo\n", "gone.c": b"foo\n"}))
    return OverlayTree(base, {"arch/x/a.c": Entry("100644", FILES["arch/x/a.c"]), "gone.c": None})


def memory(root: Path) -> Tree:
    return MemoryTree(FILES)


@pytest.mark.parametrize("make", [plain, clean, dirty, bare, far, hidden, converted, overlaid, memory])
def test_all_kinds_of_trees_answer_the_same(make: Callable[[Path], Tree], tmp_path: Path) -> None:
    tree = make(tmp_path)
    assert tree.list() == tuple(sorted(FILES))
    assert tree.list("arch/x/") == ("arch/x/a.c", "arch/x/b.c")
    assert {path: tree.read(path) for path in tree.list()} == FILES
    assert {tree.mode(path) for path in FILES} == {"100644"}
    assert [tree.exists(path) for path in ("Kconfig", "arch", "none", "../x", "")] == [True] + [False] * 4
    assert [tree.read(path) for path in ("arch", "none", "../x", "/etc/passwd", ".git/config")] == [None] * 5
    found = tree.search(WORDS)
    assert set(found) == set(WORDS)
    assert found["foo"] == (
        Occurrence("arch/x/a.c", 1, b"int foo(void);"),
        Occurrence("arch/x/a.c", 3, b"foo_bar(foo);"),
        Occurrence("arch/xy/c.c", 1, b"foo"),
        Occurrence("docs/t.rst", 1, b"an asm-offsets foo-bar word"),
    )
    assert [place.path for place in found["FOO"]] == ["Kconfig", "arch/x/b.c"]
    assert [place.line for place in found["food"]] == [2]
    assert len(found["asm-offsets"]) == 1
    assert found["nothing"] == found["foo bar"] == found[""] == ()
    narrow = tree.search(["foo", "BAR"], ["arch/x/", "docs/t.rst", "missing"])
    assert [place.path for place in narrow["foo"]] == ["arch/x/a.c", "arch/x/a.c", "docs/t.rst"]
    assert [place.path for place in narrow["BAR"]] == ["arch/x/b.c"]
    assert tree.search(["foo"], ["missing"])["foo"] == ()


def test_without_git_a_directory_is_searched_in_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = DirectoryTree(write(tmp_path, FILES))
    monkeypatch.setattr(directory_module, "git_grep", lambda *_: None)
    assert len(tree.search(["foo"])["foo"]) == 4


def test_a_word_is_searched_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = DirectoryTree(write(tmp_path, FILES))
    asked: list[tuple[str, ...]] = []
    find = tree._memo._find

    def counted(words: Collection[str], within: tuple[str, ...]) -> Grepped:
        asked.append(tuple(words))
        return find(words, within)

    monkeypatch.setattr(tree._memo, "_find", counted)
    for step in (tree, OverlayTree(tree, {"x": None}), OverlayTree(tree, {"x": Entry("100644", b"FOO")})):
        step.search(["foo", "FOO"])
        step.search(["foo"], ["arch/x/"])
    tree.search(["food", "foo"])
    assert asked == [("FOO", "foo"), ("food",)]


def test_an_ignored_file_of_a_plain_directory_is_searched(tmp_path: Path) -> None:
    tree = DirectoryTree(write(tmp_path, {**FILES, ".gitignore": b"*\n"}))
    assert len(tree.search(["foo"])["foo"]) == 4


def test_nothing_outside_is_opened(tmp_path: Path) -> None:
    secret = write(tmp_path / "out", {"secret.c": b"foo secret_word\n"})
    root = repository(tmp_path / "in")
    (root / "link.c").symlink_to(secret / "secret.c")
    (root / "dir").symlink_to(secret)
    (root / "inside").symlink_to("arch/x")
    (root / "near.c").symlink_to("arch/x/a.c")
    os.mkfifo(root / "pipe")
    git(root, "add", "link.c", "dir", "near.c", "inside")
    git(root, "commit", "-q", "-m", "links")
    for tree in (DirectoryTree(root), GitTree(root, "HEAD")):
        for path in ("link.c", "dir/secret.c", "pipe", "inside/a.c", "near.c"):
            assert tree.read(path) is None
        assert [tree.exists(path) for path in ("link.c", "dir/secret.c", "near.c", "pipe")] == [
            False,
            False,
            True,
            False,
        ]
        assert tree.mode("link.c") == "120000"
        assert tree.search(["secret_word"])["secret_word"] == ()
        assert tree.search(["secret_word"], ["dir/", "../out", str(secret)])["secret_word"] == ()
        assert "dir/secret.c" not in tree.list()


def test_a_repository_can_have_nothing_run(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    root = repository(tmp_path / "in", {**FILES, ".gitattributes": b"*.c filter=evil diff=evil ident\n"})
    for name in (
        "filter.evil.clean",
        "filter.evil.smudge",
        "filter.evil.process",
        "diff.evil.textconv",
        "diff.external",
    ):
        git(root, "config", name, f"touch {marker}; cat")
    git(root, "config", "core.fsmonitor", f"touch {marker}")
    for path in FILES:
        os.utime(root / path, (2**31, 2**31))
    before = {path: path.stat().st_mtime_ns for path in (root / ".git").rglob("*")}
    tree = GitTree(root, "HEAD")
    assert len(tree.search(["foo"])["foo"]) == 4
    assert tree.read("arch/x/a.c") == FILES["arch/x/a.c"]
    assert not marker.exists()
    assert before == {path: path.stat().st_mtime_ns for path in (root / ".git").rglob("*")}


def test_nothing_is_run_for_a_submodule(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    sub = repository(tmp_path / "in" / "sub")
    git(sub, "config", "core.fsmonitor", f"touch {marker}; false")
    root = repository(tmp_path / "in")
    assert b"160000" in git(root, "ls-files", "-s")
    marker.unlink(missing_ok=True)
    tree = GitTree(root, "HEAD")
    assert (tree.exists("sub"), tree.mode("sub"), tree.list()) == (False, "", tuple(sorted(FILES)))
    assert not marker.exists()


def test_a_search_that_finds_too_much_is_cut_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lint.snapshot.grep.MAX_OUTPUT", 1000)
    tree = DirectoryTree(write(tmp_path, {"f": b"foo\n" * 1000}))
    assert 0 < len(tree.search(["foo"])["foo"]) < 1000
    assert len(tree.problems) == 1


def test_a_common_word_takes_no_places_from_a_rare_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lint.snapshot.grep.MAX_OUTPUT", 1000)
    tree = DirectoryTree(write(tmp_path, {"f": b"foo\n" * 1000, "g": b"rare\n"}))
    assert len(tree.search(["foo", "other", "rare", "word"])["rare"]) == 1


def test_words_with_common_beginnings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = [f"w{'x' * n}" for n in range(0, 300, 7)] + ["a", "ab", "abc", "b.c", "wxx+", "a|b", "(", "$x", "\\E"]
    write(tmp_path, {"f": "\n".join(words).encode()})
    expected = {
        word: {place.line for _, place in occurrences(Words([word]), "f", "\n".join(words).encode())} for word in words
    }
    assert all(expected[word] for word in words)
    for broken in (False, True):
        if broken:
            monkeypatch.setattr("lint.snapshot.grep.perl_pattern", lambda _: "(")
        found = DirectoryTree(tmp_path).search(words)
        assert {word: {place.line for place in places} for word, places in found.items()} == expected


def test_more_words_than_one_pattern_holds(tmp_path: Path) -> None:
    words = [f"{n}_{'y' * 90}{n}" for n in range(3000)]
    found = DirectoryTree(write(tmp_path, {"f": "\n".join(words).encode()})).search(words)
    assert {word: places[0].line for word, places in found.items()} == {word: n for n, word in enumerate(words, 1)}


def test_opening(tmp_path: Path) -> None:
    root = repository(tmp_path / "git")
    commit = git(root, "rev-parse", "HEAD").decode().strip()
    for tree in (open_tree(root), open_tree(root, "base"), open_tree(root / "arch" / "x")):
        info = tree_info(OverlayTree(tree, {}))
        assert (info.kind, info.kernel, info.revision) == ("git", "7.2.13-rc1", commit)
    other = write(tmp_path / "plain", FILES)
    assert tree_info(open_tree(other)).kind == "directory"
    assert tree_info(EmptyTree()).kind == "none"
    assert find_kernel_tree(other / "arch" / "x") == other
    assert find_kernel_tree(tmp_path) is None
    inner = write(root / "build" / "linux", FILES)
    assert tree_info(open_tree(inner)).kind == "directory"


@pytest.mark.parametrize(
    ("path", "revision", "said"),
    [
        ("missing", None, "is not a directory"),
        ("plain", "v1", "plain directory without revisions"),
        ("plain/arch", None, "is no kernel tree"),
        ("git", "nonsense", "is no revision"),
        ("git", "--output=x", "is no revision"),
        ("git", "empty", "is no kernel tree"),
    ],
)
def test_what_the_user_is_told(path: str, revision: str | None, said: str, tmp_path: Path) -> None:
    write(tmp_path / "plain", FILES)
    root = repository(tmp_path / "git")
    blank = git(root, "commit-tree", "-m", "x", "4b825dc642cb6eb9a060e54bf8d69288fbee4904", check=False) or b""
    if not blank:
        name = git(root, "mktree", input=b"").decode().strip()
        blank = git(root, "commit-tree", "-m", "x", name)
    git(root, "tag", "empty", blank.decode().strip())
    with pytest.raises(UserError, match=said) as told:
        open_tree(tmp_path / path, revision)
    assert str(tmp_path) in str(told.value)
    assert "\n" not in str(told.value)


def test_the_reader_of_objects_ends_with_its_tree(tmp_path: Path) -> None:
    tree = bare(tmp_path)
    assert isinstance(tree, GitTree)
    tree.read("Kconfig")
    process = tree._objects._process
    assert isinstance(process, subprocess.Popen)
    del tree
    gc.collect()
    assert process.poll() is not None
