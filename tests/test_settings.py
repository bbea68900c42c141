"""Settings: flags over environment over mechsyn.toml; nothing secret and nothing unknown in the file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.cli.options import RepliesFrom, money, settings_for, settings_from, synthesis_settings
from pipeline.errors import SetupError
from pipeline.replies.prices import read_prices
from pipeline.settings import CONFIG, STAGE_NAMES, Settings, SynthesisSettings, configured


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(text: str) -> None:
    CONFIG.write_text(text, encoding="utf-8")


def test_flags_win_over_the_environment_and_the_environment_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    written('model = "file"\nin_flight = 5\nattempts = 2\n')
    monkeypatch.setenv("MECHSYN_ATTEMPTS", "3")
    settings = settings_from(None)
    assert (settings.model, settings.in_flight, settings.attempts, settings.timeout_seconds) == ("file", 5, 3, 180)
    monkeypatch.setenv("MECHSYN_MODEL", "environment")
    assert settings_from(None).model == "environment"
    assert settings_from(["flag"]).model == "flag"
    assert Settings(model="given").model == "given"


def test_models_of_single_stages_come_from_file_environment_and_flags_each_over_the_one_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written('[models]\nstance = "file"\nladder = "file"\nverification = "file"\n')
    monkeypatch.setenv("MECHSYN_MODELS__LADDER", "environment")
    monkeypatch.setenv("MECHSYN_MODELS__VERIFICATION", "environment")
    found = settings_from(["small", "verification=strong", "second_verification=other"])
    assert found.model == "small"
    assert found.models == {
        "stance": "file",
        "ladder": "environment",
        "verification": "strong",
        "second_verification": "other",
    }


def test_the_model_of_a_stage_is_its_own_or_else_that_of_the_run() -> None:
    core = synthesis_settings(settings_from(["small", "verification=strong"]), live=True)
    assert core.model_for("verification") == "strong"
    assert core.model_for("stance") == "small"
    assert not core.verified_twice
    assert synthesis_settings(settings_from(["a", "second_verification=b"]), live=True).verified_twice


def test_a_name_with_an_equals_sign_that_names_no_stage_is_a_model() -> None:
    settings = settings_from(["org/model=v2"])
    assert settings.model == "org/model=v2"
    assert settings.models == {}
    assert settings_from(["stance="]).model == "stance="


@pytest.mark.parametrize("secret", ["openai_api_key", "openai_base_url", "azure_api_version"])
def test_key_and_address_are_refused_in_the_file_and_not_repeated(secret: str) -> None:
    written(f'{secret} = "sk-hidden"\n')
    with pytest.raises(SetupError, match=f"{secret} is read from the environment only") as refused:
        settings_from(None)
    assert "sk-hidden" not in str(refused.value)


@pytest.mark.parametrize("alias", ["OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_VERSION"])
def test_key_and_address_are_refused_under_their_other_name_too(alias: str) -> None:
    written(f'{alias} = "sk-hidden"\n')
    with pytest.raises(SetupError, match=f"there is no setting '{alias}'") as refused:
        settings_from(None)
    assert "sk-hidden" not in str(refused.value)


def test_an_unknown_setting_is_named_with_those_that_there_are() -> None:
    written('modle = "m"\n')
    with pytest.raises(SetupError, match=r"no setting 'modle'; settings are attempts, budget.*requests_per_minute"):
        settings_from(None)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("in_flight = 0\n", "MECHSYN_IN_FLIGHT"),
        ("budget = -1\n", "MECHSYN_BUDGET"),
        ('tokens_per_minute = "many"\n', "MECHSYN_TOKENS_PER_MINUTE"),
        ("models = 3\n", "MECHSYN_MODELS"),
        ('[models]\nstances = "m"\n', "MECHSYN_MODELS__STANCES"),
        ("model =\n", "no TOML"),
        ("#" * 100_001, "larger than"),
    ],
)
def test_an_unusable_file_is_one_line_that_names_the_entry(text: str, named: str) -> None:
    written(text)
    with pytest.raises(SetupError) as refused:
        settings_from(None)
    assert named in str(refused.value)
    assert "mechsyn.toml" in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_cannot_be_read_is_said(here: Path) -> None:
    (here / CONFIG).mkdir()
    with pytest.raises(SetupError, match=r"mechsyn\.toml: cannot be read"):
        settings_from(None)


def test_no_file_sets_nothing(here: Path) -> None:
    assert configured(here / "none.toml") == {}


def test_an_environment_variable_that_is_no_json_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MECHSYN_MODELS", "verification:strong")
    with pytest.raises(SetupError, match="MECHSYN_MODELS holds no JSON object"):
        settings_from(None)


def test_money_in_the_file_is_exact() -> None:
    written("budget = 2.30\n")
    assert settings_from(None).budget == Decimal("2.3")


@pytest.mark.parametrize("text", ["", "two", "nan", "-1", "inf", "1,50"])
def test_an_amount_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(SetupError, match="--budget"):
        money(text)


def test_recordings_know_neither_file_nor_environment_nor_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    written('model = "file"\nmax_completion_tokens = 300\n')
    monkeypatch.setenv("MECHSYN_MODELS__STANCE", "environment")
    settings = settings_for(RepliesFrom.RECORDED, ["flag"])
    assert (settings.model, settings.models, settings.max_completion_tokens) == (None, {}, 16_000)


def test_the_stages_that_may_have_a_model_are_those_of_the_method() -> None:
    core = SynthesisSettings.model_validate(
        {"searched_on": date(2026, 1, 1), "models": {name: f"model of {name}" for name in STAGE_NAMES}}
    )
    assert set(core.models) == set(STAGE_NAMES)


def documented(heading: str) -> str:
    """The TOML example of docs/commands.md that follows a heading."""
    text = (Path(__file__).resolve().parent.parent / "docs" / "commands.md").read_text(encoding="utf-8")
    return text.split(f"\n## {heading}\n")[1].split("```toml\n")[1].split("```")[0]


def test_the_documented_file_is_one_that_is_read_and_its_defaults_are_the_defaults() -> None:
    example = documented("Settings")
    written(example)
    settings = settings_from(None)
    assert settings.models == {"verification": "gpt-5.4", "second_verification": "another-model"}
    assert settings.budget == 25
    defaults = [line.partition(" = ")[0] for line in example.splitlines() if "# default;" in line]
    assert len(defaults) == 6
    assert {n: getattr(settings, n) for n in defaults} == {n: Settings.model_fields[n].default for n in defaults}


def test_the_documented_price_table_is_one_that_is_read(here: Path) -> None:
    (here / "own.toml").write_text(documented("Money"), encoding="utf-8")
    price = read_prices(here / "own.toml").of("our-model-2026-01-31")
    assert price is not None
    assert price.output == Decimal("4.80")
