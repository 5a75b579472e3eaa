"""Which words of a declaration are annotations: words that a compiler or sparse reads and that define nothing.

A short list holds the spellings of include/linux/compiler*.h that stand anywhere (also in function bodies); everything
else is recognised by where it stands: an all-capitals or double-underscore word that leaves a complete declaration
behind when it is taken away.
"""

from __future__ import annotations

import re

# What stands where a type would: never an annotation, whatever surrounds it.
_TYPE_LIKE = re.compile(
    rb"__(?:[usbl]e?\d+|s?int\d+\w*|uint\d+\w*|kernel_\w+|\w+_t|wsum|sum16|builtin_\w+|typeof\w*|auto_type|func__|"
    rb"int128|complex\w*|signed\w*|label__|extension__|asm\w*|volatile__|const__|VA_ARGS__)\Z"
)
_BASE_PLAIN = (
    "user iomem percpu rcu kernel force nocast safe private bitwise must_check maybe_unused always_unused unused weak "
    "init exit initdata exitdata initconst exitconst init_or_module initdata_or_module initconst_or_module ref refdata "
    "refconst meminit memexit cpuinit devinit read_mostly ro_after_init packed pure noreturn cold hot used visible "
    "always_inline no_inline noinline flatten deprecated malloc designated_init randomize_layout no_randomize_layout "
    "latent_entropy noclone noscs nocfi nonstring counted_ptr mode gnu_inline naked no_return net_init net_exit "
    "net_initdata net_initconst net_exit_data cacheline_aligned cacheline_aligned_in_smp page_aligned_data "
    "page_aligned_bss kprobes sched lockfunc cpuidle irq_entry entry_text softirq_entry exception_irq_entry "
    "no_sanitize_address no_sanitize_undefined no_sanitize_thread no_sanitize_memory no_kcsan no_kasan no_profile "
    "no_stack_protector noendbr always_unused compiletime_object nosavedata ksym_ref bpf_kfunc "
    "cacheline_internodealigned"
)
_BASE_WORDS = (
    "asmlinkage notrace noinline noinstr noinline_for_stack inline_for_stack nokprobe_inline "
    "asm_linkage __randomize_layout randomized_struct_fields_start randomized_struct_fields_end "
    "____cacheline_aligned ____cacheline_aligned_in_smp ____cacheline_internodealigned_in_smp "
    "____ptrace_sys ____latent_entropy __inline __inline__ __always_inline __forceinline "
    "__extension__ __restrict __restrict__ __signed __kprobes nonseekable"
)
_BASE_ARGS = (
    "__attribute__ __attribute __printf __scanf __aligned __section __alias __copy __assume_aligned __cleanup __mode "
    "__counted_by __counted_by_le __counted_by_be __counted_by_ptr __sized_by __guarded_by __pt_guarded_by __acquires "
    "__releases __must_hold __acquires_shared __releases_shared __must_hold_shared __acquires_ret __cond_acquires "
    "__cond_acquires_shared __cond_releases __alloc_size __realloc_size __no_sanitize __diag_ignore_all "
    "__compiletime_error __compiletime_warning __compiletime_error_fallback __error __warning __malloc __rcu_guarded "
    "__no_context_analysis __free __flex_array __nonnull "
    "__target __optimize __declspec __alignas _Alignas __context__ __randomize_kstack"
)
# Argument lists nest four deep here; possessive repetitions keep every attempt linear.
_NESTED = rb"[ \t\n]*+\((?:[^()]++|\((?:[^()]++|\((?:[^()]++|\([^()]*+\))*+\))*+\))*+\)"


PLAIN_WORDS = frozenset(f"__{word}".encode() for word in _BASE_PLAIN.split()) | frozenset(_BASE_WORDS.encode().split())
CALLED_WORDS = frozenset(_BASE_ARGS.encode().split())
# Starts with literals, so that a search skips what can't match at the speed of memchr.
DOUBLE = re.compile(rb"__\w++")
OTHER = re.compile(rb"\b(?:" + b"|".join(w for w in _BASE_WORDS.encode().split() if not w.startswith(b"__")) + rb")\b")
CANDIDATE = re.compile(rb"(?<![\w.])(?:__[A-Za-z]\w*|_?[A-Z][A-Z0-9_]{2,})\b")
BUILTIN = frozenset(
    b"void char short int long float double signed unsigned bool _Bool size_t u8 u16 u32 u64 s8 s16 s32 s64".split()
)
QUALIFIER = frozenset(b"static extern const volatile inline typedef register restrict _Atomic _Noreturn auto".split())
TAG_WORD = frozenset(b"struct union enum".split())
_BEFORE = re.compile(rb"(\w++)?[ \t\n\\]*+\Z")
ARGUMENTS = re.compile(_NESTED)
_NEXT = re.compile(rb"[ \t\n\\]*+(\w++|[^\w])?(?:[ \t\n\\]*+([^\s]))?")


def type_like(word: bytes) -> bool:
    """Whether a double-underscore word names a type or an operator (``__u32``, ``__kernel_old_time_t``)."""
    return _TYPE_LIKE.match(word) is not None


def annotation_end(text: bytes | bytearray, start: int, end: int, floor: int) -> int:
    """The end (with arguments) of the annotation that the candidate word at ``start:end`` is, or 0 when it is none.

    ``floor`` is where the declaration begins; nothing before it is looked at.
    """
    word = bytes(text[start:end])
    if word.startswith(b"__") and type_like(word):
        return 0
    arguments = ARGUMENTS.match(text, end, end + 2000)
    stop = arguments.end() if arguments else end
    before, word_before, char_before = _look_back(text, start, floor)
    following = _NEXT.match(text, stop)
    after = (following[1] or b"") if following else b""
    named = after[:1].isalpha() or after[:1] == b"_"
    if char_before in (b")", b"]"):
        return stop if named or after in (b"{", b";", b"=", b"", b",", b":", b")") else 0
    called = arguments is not None and CANDIDATE.match(after) is not None and not type_like(after)
    if char_before == b"*":
        return stop if named and not arguments else 0
    then = (following[2] or b"") if following else b""
    continued = then.isalnum() or then in (b"_", b"*")
    typed = named and (after in BUILTIN or after in QUALIFIER or after in TAG_WORD or continued)
    if not before:
        if char_before == b"}":
            return stop if named or (arguments and after == b";") else 0
        if arguments:
            return stop if named and char_before in (b"", b";", b"{", b"(", b",") else 0
        return stop if typed and char_before in (b"", b";", b"{", b"(", b",") else 0
    if before in TAG_WORD:
        return stop if arguments or (named and then == b"{") else 0
    if before in QUALIFIER:
        if word_before and not arguments:
            return stop if named else 0
        return stop if typed or (arguments and named and not called) else 0
    if named or after == b"*":
        return stop if not arguments or (named and not called) else 0
    is_name = bool(word_before) and before not in BUILTIN
    return stop if is_name and after in (b";", b",", b"=", b"[", b":", b"{", b")", b"") else 0


def _look_back(text: bytes | bytearray, start: int, floor: int) -> tuple[bytes, bool, bytes]:
    """The word right before, whether that one follows a type or a star, and the last character when it is no word."""
    window = bytes(text[max(floor, start - 160) : start]).rstrip()
    found = _BEFORE.search(window) if window[-1:].isalnum() or window[-1:] == b"_" else None
    if found is None or not found[1]:
        return b"", False, window[-1:]
    rest = window[: found.start()].rstrip()
    tail = _BEFORE.search(rest) if rest[-1:].isalnum() or rest[-1:] == b"_" else None
    if tail is not None and tail[1]:
        return found[1], tail[1] not in TAG_WORD and tail[1] not in QUALIFIER, b""
    return found[1], rest[-1:] in (b"*", b"}"), b""
