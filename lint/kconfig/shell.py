"""Answers the shell commands of a Kconfig from a declared toolchain. No process is ever started, no file opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from lint.kconfig.bounds import MAX_SHELL, BoundReached
from lint.kconfig.shell_words import NotCovered, Step, steps
from lint.kconfig.toolchain import Toolchain

_MAX_COMMAND: Final = 20_000


@dataclass(frozen=True, slots=True)
class Result:
    """What a command would do: whether it succeeds, what it prints, and whether that is more than a guess."""

    ok: bool = True
    out: str = ""
    known: bool = True


_GUESS: Final = Result(known=False)


@dataclass(slots=True)
class Shell:
    """The answers of one toolchain for one architecture; ``unknown`` collects commands that it can only guess."""

    toolchain: Toolchain
    arch: str
    exists: Callable[[str], bool]
    read: Callable[[str], bytes | None] = lambda _path: None
    unknown: dict[str, None] = field(default_factory=dict)
    _answers: dict[str, tuple[str, bool]] = field(default_factory=dict)
    _asked: int = 0

    def answer(self, command: str) -> tuple[str, bool]:
        """What the command prints, with line ends as Kconfig makes them, and whether that is more than a guess.

        Raises BoundReached when too much is asked.
        """
        found = self._answers.get(command)
        if found is None:
            self._asked += len(command)
            if self._asked > MAX_SHELL:
                raise BoundReached(f"the shell commands are longer than {MAX_SHELL} characters together")
            result = self._run(command)
            found = self._answers[command] = (" ".join(result.out.split("\n")).strip(" "), result.known)
            if not result.known:
                self.unknown[command] = None
        return found

    def _run(self, command: str) -> Result:
        if len(command) > _MAX_COMMAND:
            return _GUESS
        try:
            return self._list(steps(command, self.toolchain.variables))
        except NotCovered:
            return _GUESS

    def _list(self, found: tuple[Step, ...]) -> Result:
        printed = ""
        last = Result()
        known = True
        parameters: tuple[str, ...] = ()
        for step in found:
            if (step.joint == "&&" and not last.ok) or (step.joint == "||" and last.ok):
                continue
            words = step.pipeline[0].words
            if words[:2] == ("set", "--"):
                parameters = words[2:]
                last = Result()
                continue
            last = self._pipeline(step, parameters)
            known = known and last.known
            printed += last.out
        return Result(last.ok, printed, known)

    def _pipeline(self, step: Step, parameters: tuple[str, ...]) -> Result:
        text = ""
        known = True
        ok = True
        for command in step.pipeline:
            if command.group:
                result = self._list(command.group)
            else:
                result = self._simple(tuple([_parameter(word, parameters) for word in command.words]), text)
            known = known and result.known
            ok = result.ok
            text = "" if command.quiet else result.out
        return Result(ok != step.negated, text, known)

    def _simple(self, arguments: tuple[str, ...], text: str) -> Result:
        while arguments and "=" in arguments[0] and arguments[0].split("=")[0].isidentifier():
            arguments = arguments[1:]
        if not arguments:
            return Result()
        name = arguments[0].rpartition("/")[2]
        if name == "env":
            return self._simple(tuple(a for a in arguments[1:] if not a.startswith("-")) or ("true",), text)
        builtin = _BUILTINS.get(name)
        if builtin is not None:
            return builtin(self, arguments[1:], text)
        if name.endswith((".sh", ".py", ".pl")):
            out = self.toolchain.scripts.get(name, "")
            return Result(name not in self.toolchain.failing and self._has_word(arguments[0], name), out)
        return self._tool(name, arguments[1:], text)

    def _has_word(self, path: str, name: str) -> bool:
        word = dict(self.toolchain.needs).get(name)
        text = None if word is None or ".." in path.split("/") else self.read(path.removeprefix("./"))
        return word is None or text is None or word.encode() in text

    def _tool(self, name: str, arguments: tuple[str, ...], text: str) -> Result:
        variables = self.toolchain.variables
        roles = [role for role in ("CC", "LD", "RUSTC") if variables.get(role) == name]
        if any(word in ("--version", "--help", "-V") for word in arguments) or name == "openssl":
            banner = self.toolchain.banners.get(name)
            return Result(out=banner, ok=True) if banner is not None else _GUESS
        if not roles:
            return Result() if name in variables.values() else _GUESS
        role = roles[0]
        if role == "CC" and "-E" in arguments and "-P" in arguments:
            return Result(out=self.toolchain.macros.get(text.strip(), text.strip()))
        if any(word.startswith("-print-file-name=") for word in arguments):
            return Result(out="/usr/lib/" + arguments[0].partition("=")[2])
        if role == "CC" and any(bad in text for bad in self.toolchain.missing):
            return Result(ok=False)
        return Result(ok=all(self._supports(role, word) for word in arguments))

    def _supports(self, role: str, option: str) -> bool:
        if option.startswith(self.toolchain.refused.get(role, ())):
            return False
        if role != "CC":
            return True
        return all(self.arch in arches for flag, arches in self.toolchain.only.items() if option.startswith(flag))


def _parameter(word: str, parameters: tuple[str, ...]) -> str:
    if len(word) == 2 and word[0] == "$" and word[1].isdecimal():
        index = int(word[1]) - 1
        return parameters[index] if 0 <= index < len(parameters) else ""
    return word


def _test(shell: Shell, arguments: tuple[str, ...], _text: str) -> Result:
    if arguments and arguments[-1] == "]":
        arguments = arguments[:-1]
    if arguments and arguments[0] == "!":
        inner = _test(shell, arguments[1:], "")
        return Result(not inner.ok, "", inner.known)
    if len(arguments) == 1:
        return Result(bool(arguments[0]))
    if len(arguments) == 2:
        sign, value = arguments
        if sign in ("-n", "-z"):
            return Result(bool(value) == (sign == "-n"))
        if sign in ("-e", "-f", "-r", "-x"):
            inside = not value.startswith("/") and ".." not in value.split("/")
            return Result(shell.exists(value.removeprefix("./")) if inside else value.startswith("/usr/lib/"))
    if len(arguments) == 3:
        left, sign, right = arguments
        if sign in ("=", "==", "!="):
            return Result((left == right) == (sign != "!="))
        order = _ORDER.get(sign)
        if order is not None and _is_number(left) and _is_number(right):
            return Result(order(int(left), int(right)))
    return _GUESS


def _expr(_shell: Shell, arguments: tuple[str, ...], _text: str) -> Result:
    if len(arguments) != 3 or not (_is_number(arguments[0]) and _is_number(arguments[2])):
        return _GUESS
    left, right = int(arguments[0]), int(arguments[2])
    sign = arguments[1]
    if sign in ("/", "%") and right == 0:
        return Result(ok=False)
    if sign == "/":
        value = left // right
    elif sign == "%":
        value = left % right
    elif sign in ("+", "-"):
        value = left + right if sign == "+" else left - right
    elif sign == "*":
        value = left * right
    else:
        return _GUESS
    return Result(value != 0, str(value))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16


def _grep(_shell: Shell, arguments: tuple[str, ...], text: str) -> Result:
    options = "".join(word[1:] for word in arguments if word.startswith("-"))
    patterns = [word for word in arguments if not word.startswith("-")]
    if len(patterns) != 1 or set(options) - set("qviEFw"):
        return _GUESS
    pattern = patterns[0].lower() if "i" in options else patterns[0]
    if not pattern.replace("-", "").replace("_", "").replace(" ", "").isalnum():
        return _GUESS
    lines = text.split("\n")
    kept = [line for line in lines if (pattern in (line.lower() if "i" in options else line)) != ("v" in options)]
    return Result(bool(kept), "" if "q" in options else "\n".join(kept))


def _command(shell: Shell, arguments: tuple[str, ...], _text: str) -> Result:
    if len(arguments) == 2 and arguments[0] == "-v":
        found = arguments[1] in shell.toolchain.variables.values()
        return Result(found, arguments[1] if found else "", True)
    return _GUESS


_ORDER: Final[Mapping[str, Callable[[int, int], bool]]] = {
    "-eq": lambda a, b: a == b,
    "-ne": lambda a, b: a != b,
    "-lt": lambda a, b: a < b,
    "-le": lambda a, b: a <= b,
    "-gt": lambda a, b: a > b,
    "-ge": lambda a, b: a >= b,
}
_Builtin = Callable[[Shell, tuple[str, ...], str], Result]
_BUILTINS: Final[Mapping[str, _Builtin]] = {
    "true": lambda _s, _a, _t: Result(),
    ":": lambda _s, _a, _t: Result(),
    "trap": lambda _s, _a, _t: Result(),
    "mkdir": lambda _s, _a, _t: Result(),
    "rm": lambda _s, _a, _t: Result(),
    "false": lambda _s, _a, _t: Result(ok=False),
    "echo": lambda _s, a, _t: Result(out=" ".join(a)),
    "printf": lambda _s, a, _t: Result(out=" ".join(a[1:])),
    "cat": lambda _s, a, t: Result(out=t) if not a else _GUESS,
    "head": lambda _s, _a, t: Result(out=t.split("\n")[0]),
    "test": _test,
    "[": _test,
    "expr": _expr,
    "grep": _grep,
    "command": _command,
}
