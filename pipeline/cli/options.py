"""Options that several commands share, and the settings made of flags and environment."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from pipeline.settings import Settings, SynthesisSettings

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"
RECORDINGS = FIXTURES / "replies"


class RepliesFrom(StrEnum):
    """Where answers come from."""

    RECORDED = "recorded"
    LIVE = "live"
    FILES = "files"
    BATCH = "batch"

    @property
    def asks(self) -> bool:
        """Whether an endpoint is asked, so that a model has to be named."""
        return self in {RepliesFrom.LIVE, RepliesFrom.BATCH}


Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress display and no warnings; what is missing is still listed.")
]
Out = Annotated[Path, typer.Option("--out", help="Folder for results.")]
Models = Annotated[
    list[str] | None,
    typer.Option("--model", help="Model to ask, as the endpoint names it; STAGE=NAME for one stage. May be repeated."),
]
Recordings = Annotated[Path, typer.Option("--recordings", help="Folder of recorded replies (*.replies.jsonl).")]
Password = Annotated[str | None, typer.Option("--password", help="Password of encrypted PDFs.")]

Ocr = Annotated[bool, typer.Option("--ocr", help="Read scanned pages by OCR (ocrmypdf and tesseract must be there).")]


def settings_from(models: Sequence[str] | None) -> Settings:
    """The process's settings; SetupError names the environment variable or setting with an unusable value."""
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from pipeline.errors import SetupError
    from pipeline.settings import CONFIG, Settings

    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = "__".join(str(part) for part in first["loc"]).upper()
        where = f"correct or unset the environment variable, or the entry in {CONFIG}"
        raise SetupError(f"MECHSYN_{name.removeprefix('MECHSYN_')}: {first['msg'].lower()}; {where}") from error
    except SettingsError as error:
        raise SetupError(
            "MECHSYN_MODELS holds no JSON object of models by stage; correct or unset the environment variable, "
            "or set MECHSYN_MODELS__STAGE for each stage"
        ) from error
    return _with_models(settings, models or ())


def _with_models(settings: Settings, given: Sequence[str]) -> Settings:
    from pipeline.settings import STAGE_NAMES

    models: dict[str, str] = {str(stage): name for stage, name in settings.models.items()}
    model = settings.model
    for each in given:
        stage, _, name = each.partition("=")
        if name and stage in STAGE_NAMES:
            models[stage] = name
        else:
            model = each
    return settings.model_copy(update={"model": model, "models": models})


def settings_for(replies: RepliesFrom, models: Sequence[str] | None) -> Settings:
    """The settings for a source of answers. Recordings answer the questions of the default model and limits, so for
    them neither environment nor file nor `models` count. SetupError as in `settings_from`."""
    if replies is not RepliesFrom.RECORDED:
        return settings_from(models)
    from pipeline.settings import Settings

    return Settings.model_construct()


def money(text: str) -> Decimal:
    """An amount as typed; SetupError for what is none."""
    from decimal import Decimal, InvalidOperation

    from pipeline.errors import SetupError

    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise SetupError(f"--budget: {text!r} is no amount; give one like 2.50") from error
    if not amount.is_finite() or amount < 0:
        raise SetupError(f"--budget: {text!r} is no amount to spend; give one like 2.50")
    return amount


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
