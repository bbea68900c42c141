"""Settings, read once from flags, environment and `mechsyn.toml`, passed in, never global.

Promises: flags win over the environment, the environment over the file; a key that the file does not know is an error;
neither keys, addresses of an endpoint or a service, nor the store of replies can stand in the file, because a file that
came with somebody else's folder could then send a key elsewhere, or answer in the place of an endpoint or a service.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Self, get_args

import platformdirs
from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from pipeline.errors import SetupError
from schemas.base import Noun

OFFLINE_MODEL = "language-model"
"""What requests name as their model when nobody will be asked over the network: recordings and hand-carried files."""

CONFIG = Path("mechsyn.toml")
StageName = Literal[
    "claim", "appraisal", "stance", "mechanism", "verification", "second_verification", "ladder", "summary"
]
STAGE_NAMES: tuple[str, ...] = get_args(StageName)
_SERVICE_URLS = frozenset({"crossref_url", "ncbi_url", "pmc_ids_url", "europe_pmc_url", "unpaywall_url"})
_NEVER_IN_A_FILE = frozenset(
    {"openai_api_key", "openai_base_url", "azure_api_version", "home", "ncbi_api_key", *_SERVICE_URLS}
)
_LARGEST_CONFIG = 100_000


class SynthesisSettings(Noun):
    """What the core may know. `searched_on` comes from outside because the core has no clock.

    `models` names the model of single stages; the others ask `model`. A model for `second_verification` is what turns
    the second verifier on; SetupError when it is the first verifier's.
    """

    searched_on: date
    model: str = OFFLINE_MODEL
    models: Mapping[StageName, str] = Field(default_factory=dict[StageName, str])
    max_completion_tokens: int = 16_000
    optimal_information_size: int = 400

    @model_validator(mode="after")
    def _two_verifiers_are_two_models(self) -> Self:
        first, second = self.model_for("verification"), self.model_for("second_verification")
        if self.verified_twice and first == second:
            raise SetupError(
                f"models.second_verification: {second!r} is the first verifier, too, and would be paid twice to agree"
                " with itself; name another model, or none"
            )
        return self

    def model_for(self, stage: str) -> str:
        """The model that questions of `stage` are put to."""
        return next((model for name, model in self.models.items() if name == stage), self.model)

    @property
    def verified_twice(self) -> bool:
        """Whether every link is judged by two verifiers that know nothing of each other."""
        return "second_verification" in self.models


class Settings(BaseSettings):
    """The process's settings. OPENAI_* are the names that every OpenAI-compatible client knows.

    Seconds, requests and tokens a minute, and money in the currency of the price table. `contact` is the address that
    bibliographic services are given, so that they can write before they block.
    """

    model_config = SettingsConfigDict(
        env_prefix="MECHSYN_", env_nested_delimiter="__", extra="ignore", frozen=True, populate_by_name=True
    )

    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    openai_base_url: str | None = Field(default=None, validation_alias="OPENAI_BASE_URL")
    azure_api_version: str | None = Field(default=None, validation_alias="OPENAI_API_VERSION")
    model: str | None = None
    models: Mapping[StageName, str] = Field(default_factory=dict[StageName, str])
    home: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("mechsyn", appauthor=False)))
    timeout_seconds: float = Field(default=180.0, gt=0)
    claim_seconds: float | None = Field(default=None, gt=0)
    run_seconds: float | None = Field(default=None, gt=0)
    attempts: int = Field(default=6, ge=1, le=20)
    in_flight: int = Field(default=64, ge=1, le=1000)
    requests_per_minute: float | None = Field(default=None, gt=0)
    tokens_per_minute: float | None = Field(default=None, gt=0)
    longest_wait_seconds: float = Field(default=60.0, ge=0)
    outage_seconds: float = Field(default=60.0, gt=0)
    max_completion_tokens: int = Field(default=16_000, ge=256)
    prices: Path | None = None
    budget: Decimal | None = Field(default=None, ge=0)
    contact: str | None = Field(default=None, pattern=r"^[^@\s<>()]+@[^@\s<>()]+\.[^@\s<>().]+$", max_length=200)
    ncbi_api_key: SecretStr | None = None
    crossref_url: str = "https://api.crossref.org/v1"
    ncbi_url: str = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
    pmc_ids_url: str = "https://pmc.ncbi.nlm.nih.gov/tools/idconv/api/v1/articles"
    europe_pmc_url: str = "https://www.ebi.ac.uk/europepmc/webservices/rest"
    unpaywall_url: str = "https://api.unpaywall.org/v2"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given, then the environment, then `mechsyn.toml`; no .env files and no folders of secrets."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, InitSettingsSource(settings_cls, configured(CONFIG))


def configured(path: Path) -> dict[str, Any]:
    """What a `mechsyn.toml` sets; empty when there is none. SetupError names the file and what is wrong with it."""
    try:
        with path.open("rb") as stream:
            text = stream.read(_LARGEST_CONFIG + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SetupError(f"{path}: cannot be read ({error.strerror}); make it readable or remove it") from error
    if len(text) > _LARGEST_CONFIG:
        raise SetupError(f"{path}: larger than {_LARGEST_CONFIG:,} bytes; a file of settings is short")
    try:
        found = tomllib.loads(text.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SetupError(f"{path}: no TOML ({error}); correct it") from error
    if secret := sorted(_NEVER_IN_A_FILE & found.keys()):
        raise SetupError(f"{path}: {secret[0]} is read from the environment only; remove it from the file")
    known = set(Settings.model_fields) - _NEVER_IN_A_FILE
    if unknown := sorted(found.keys() - known):
        raise SetupError(f"{path}: there is no setting {unknown[0]!r}; settings are {', '.join(sorted(known))}")
    return found
