"""Text from studies and models made harmless to look at: terminals, text direction, Markdown; and values that are so
by construction.

HTML is not escaped here: that is the template environment's work (`page`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import cast

_TERMINAL_SEQUENCES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]?"  # CSI: colours, cursor movement
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)"  # OSC, DCS and the like: titles, clipboard, links
    r"|\x1b[ -/]*[0-~]?"
)
_WHITE = re.compile(r"\s+")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_REPLACEMENT = "\ufffd"

_MARKDOWN_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_MARKDOWN_ANYWHERE = re.compile(r"[&<>\\`*_\[\]|~$@#]|(?<=www)\.|:(?=//)", re.IGNORECASE)
_MARKDOWN_AT_START = re.compile(r"^(\s*)(?:([+\-=!:])|(\d+)([.)]))")


def one_line(text: str) -> str:
    """`text` on one line, without terminal sequences; characters that act unseen show as U+FFFD.

    Those are control characters, overrides of text direction (with which "safe" can be made to read "unsafe"), tag
    characters (in which instructions can be hidden) and lone surrogates. White space is folded, not stripped.
    """
    return _UNSEEN.sub(_REPLACEMENT, _WHITE.sub(" ", _TERMINAL_SEQUENCES.sub("", text)))


def escape_markdown(text: str) -> str:
    """`text` that CommonMark and GitHub show as it stands: no markup, HTML, link, image or mention."""
    escaped = _MARKDOWN_ANYWHERE.sub(lambda m: _MARKDOWN_ENTITIES.get(m[0], "\\" + m[0]), one_line(text))
    return _MARKDOWN_AT_START.sub(
        lambda m: f"{m[1]}\\{m[2]}" if m[2] else f"{m[1]}{m[3]}\\{m[4]}",
        escaped,
    )


EDGES_KEPT = {"edges": "kept"}
"""Marks a field whose outer spaces matter because something stands right beside it."""


def _neutral(value: object, *, stripped: bool) -> object:
    if isinstance(value, str):
        return one_line(value).strip() if stripped else one_line(value)
    if isinstance(value, tuple):
        return tuple(_neutral(v, stripped=stripped) for v in cast("tuple[object, ...]", value))
    return value


@dataclass(frozen=True, slots=True)
class Shown:
    """Base of the contract: neutralises every text, alone or in tuples, as soon as it is put in."""

    def __post_init__(self) -> None:
        for slot in fields(self):
            value = _neutral(getattr(self, slot.name), stripped="edges" not in slot.metadata)
            object.__setattr__(self, slot.name, value)
