"""Options that several commands share, and the settings made of flags and environment."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipeline.settings import Settings, SynthesisSettings

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"
RECORDINGS = FIXTURES / "replies"


class RepliesFrom(StrEnum):
    """Where answers come from."""

    RECORDED = "recorded"
    LIVE = "live"
    FILES = "files"


Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress display and no warnings; what is missing is still listed.")
]
Out = Annotated[Path, typer.Option("--out", help="Folder for results.")]
Model = Annotated[
    str | None, typer.Option("--model", help="Model to ask, as the endpoint names it; recordings have none.")
]
Recordings = Annotated[Path, typer.Option("--recordings", help="Folder of recorded replies (*.replies.jsonl).")]
Password = Annotated[str | None, typer.Option("--password", help="Password of encrypted PDFs.")]


def settings_from(model: str | None) -> Settings:
    """The process's settings; SetupError names an environment variable with an unusable value."""
    from pydantic import ValidationError

    from pipeline.errors import SetupError
    from pipeline.settings import Settings

    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = "MECHSYN_" + str(first["loc"][0]).upper()
        raise SetupError(f"{name}: {first['msg'].lower()}; correct or unset the environment variable") from error
    return settings.model_copy(update={"model": model}) if model else settings


def settings_for(replies: RepliesFrom, model: str | None) -> Settings:
    """The settings for a source of answers. Recordings answer the questions of the default model and limits, so for
    them neither the environment nor `model` counts. SetupError as in `settings_from`."""
    if replies is not RepliesFrom.RECORDED:
        return settings_from(model)
    from pipeline.settings import Settings

    return Settings.model_construct()


def synthesis_settings(settings: Settings, *, live: bool) -> SynthesisSettings:
    """What the core may know of them. Live runs need a model; others use the name that recordings carry."""
    from datetime import date

    from pipeline.errors import SetupError
    from pipeline.settings import OFFLINE_MODEL, SynthesisSettings

    if live and not settings.model:
        raise SetupError("no model is chosen; give --model NAME or set MECHSYN_MODEL to a model of your endpoint")
    return SynthesisSettings(
        searched_on=date.today(),  # noqa: DTZ011 - the analyst's own calendar day
        model=settings.model or OFFLINE_MODEL,
        models=settings.models,
        max_completion_tokens=settings.max_completion_tokens,
    )
