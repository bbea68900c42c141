"""Settings, read once from the environment and flags, passed in, never global."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import platformdirs
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.base import Noun

OFFLINE_MODEL = "language-model"
"""What requests name as their model when nobody will be asked over the network: recordings and hand-carried files."""


class SynthesisSettings(Noun):
    """What the core may know. `searched_on` comes from outside because the core has no clock."""

    searched_on: date
    model: str = OFFLINE_MODEL
    max_completion_tokens: int = 16_000
    optimal_information_size: int = 400


class Settings(BaseSettings):
    """The process's settings. OPENAI_* are the names that every OpenAI-compatible client knows."""

    model_config = SettingsConfigDict(env_prefix="MECHSYN_", extra="ignore", frozen=True, populate_by_name=True)

    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    openai_base_url: str | None = Field(default=None, validation_alias="OPENAI_BASE_URL")
    model: str | None = None
    home: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("mechsyn", appauthor=False)))
    timeout_seconds: float = Field(default=180.0, gt=0)
    attempts: int = Field(default=6, ge=1, le=20)
    in_flight: int = Field(default=32, ge=1, le=500)
    longest_wait_seconds: float = Field(default=60.0, ge=0)
    price_per_million_input: float | None = Field(default=None, ge=0)
    price_per_million_output: float | None = Field(default=None, ge=0)
    max_completion_tokens: int = Field(default=16_000, ge=256)
