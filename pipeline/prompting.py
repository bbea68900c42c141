"""Renders prompts/<stage>.j2 into chat messages (the only module that imports jinja2 for prompts).

A prompt file has two blocks: `fixed` is the same for every question of a stage and goes first, as the system message,
so that providers' prompt caching applies; `variable` is the question. Its first line carries the version. A variable
that a template names and the stage does not give is an error before anything is asked. Source text enters only as
numbered, neutralised sentences inside a fence; it can neither close the fence nor open another.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, cast

from pipeline.errors import SetupError
from schemas.analysis import PromptVersion
from schemas.study import Study

if TYPE_CHECKING:
    import jinja2
    from jinja2.environment import TemplateModule

PROMPTS = Path(__file__).resolve().parent.parent / "prompts"
_VERSION = re.compile(r"\{# version: (\S+) - ")
_FENCE = re.compile(r"<(?=\s*/?\s*(?:study|claim)\b)", re.IGNORECASE)
_BLANKS = re.compile(r"\n\n\n+")


class Message(TypedDict):
    role: str
    content: str


class FencedStudy(NamedTuple):
    """A study as templates see it: its id and its numbered sentences under the names of their sections, in one piece,
    so that a template that goes through `lines` writes them in one step."""

    id: str
    lines: tuple[str, ...]


def neutral(text: str) -> str:
    """Text on one line that cannot open or close a fence: `<study` and `</claim` lose their angle bracket."""
    folded = " ".join(text.split())
    return _FENCE.sub("‹", folded) if "<" in folded else folded


@lru_cache(maxsize=128)
def _fenced(study: Study) -> FencedStudy:
    """Kept, because four stages ask about one study; the bound is that of the studies which rules keep folded."""
    lines: list[str] = []
    section = None
    for s in study.sentences:
        if s.section is not section:
            section = s.section
            lines.append(f"-- {section.value} --")
        lines.append(f"[{s.number}] {neutral(study.text[s.start : s.end])}")
    return FencedStudy(id=study.id, lines=("\n".join(lines),) if lines else ())


def _presented(value: object) -> object:
    """Whatever a stage gives, neutralised: studies become fenced lines, strings single lines; what has members becomes
    an object with attributes, which a template finds faster than keys."""
    if isinstance(value, str):
        return neutral(value)
    if value is None:
        return None
    if isinstance(value, tuple):
        return tuple(_presented(v) for v in cast("tuple[object, ...]", value))
    if isinstance(value, Mapping):
        return SimpleNamespace(**{k: _presented(v) for k, v in cast("Mapping[str, object]", value).items()})
    if isinstance(value, Study):
        return _fenced(value)
    raise TypeError(f"a prompt takes text, studies, mappings and tuples, not {type(value).__name__}")


@cache
def _environment() -> jinja2.Environment:
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(PROMPTS),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - prompts are plain text; pages have an environment of their own
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _template(stage: str) -> jinja2.Template:
    return _environment().get_template(f"{stage}.j2")


@cache
def _macros() -> TemplateModule:
    return _environment().get_template("_macros.j2").module


@cache
def _fixed(stage: str) -> str:
    return _block(stage, "fixed", {})


def _block(stage: str, block: str, values: Mapping[str, Any]) -> str:
    import jinja2

    template = _template(stage)
    try:
        context = template.new_context({k: _presented(v) for k, v in values.items()})
        # A block rendered alone does not see the template's imports, which live on its module.
        context.vars["m"] = _macros()
        text = "".join(template.blocks[block](context))
    except jinja2.UndefinedError as error:
        raise SetupError(
            f"prompts/{stage}.j2: {error.message}; give the template only what its stage offers"
        ) from error
    return _BLANKS.sub("\n\n", text).strip()


def system_message(stage: str) -> Message:
    """The message that all questions of `stage` begin with."""
    return Message(role="system", content=_fixed(stage))


def messages(stage: str, values: Mapping[str, Any]) -> list[Message]:
    """The system and user message of one question of `stage`. SetupError names a variable that is missing."""
    return [
        system_message(stage),
        Message(role="user", content=_block(stage, "variable", values)),
    ]


@cache
def prompt_version(stage: str) -> PromptVersion:
    """The version on the first line of prompts/<stage>.j2 and the sha256 of the file with its macros.

    SetupError when the file does not begin with `{# version: N - reason #}`.
    """
    source = (PROMPTS / f"{stage}.j2").read_text(encoding="utf-8")
    found = _VERSION.match(source)
    if not found:
        raise SetupError(f"prompts/{stage}.j2: no version on its first line; begin it with {{# version: N - reason #}}")
    macros = (PROMPTS / "_macros.j2").read_text(encoding="utf-8")
    return PromptVersion(
        stage=stage, version=found.group(1), sha256=hashlib.sha256((source + macros).encode()).hexdigest()
    )
