"""Which stages run: seven, and an eighth where a model is named for it that is not the first verifier's."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.errors import SetupError
from pipeline.settings import OFFLINE_MODEL, SynthesisSettings
from pipeline.stages import STAGES, stages_for
from pipeline.stages.second_verification import SECOND_VERIFICATION
from pipeline.stages.verification import VERIFICATION

DAY = date(2026, 1, 2)


def test_seven_stages_run_unless_a_second_verifier_is_named() -> None:
    once = stages_for(SynthesisSettings(searched_on=DAY))
    assert [s.name for s in once] == [s.name for s in STAGES if s is not SECOND_VERIFICATION]
    assert all("second_verification" not in s.needs for s in once)
    twice = stages_for(SynthesisSettings(searched_on=DAY, models={"second_verification": "another"}))
    assert [s.name for s in twice] == [s.name for s in STAGES]
    assert {"verification", "second_verification"} <= set(twice[-1].needs)


def test_both_verifiers_have_one_prompt_one_reply_and_one_question() -> None:
    first, second = VERIFICATION, SECOND_VERIFICATION
    assert first.prompt == second.prompt == "verification"
    assert (first.ask, first.check, first.advise, first.reply, first.needs) == (
        second.ask,
        second.check,
        second.advise,
        second.reply,
        second.needs,
    )
    assert [s.prompt for s in STAGES if s is not second] == [s.name for s in STAGES if s is not second]


@pytest.mark.parametrize(
    ("model", "models"),
    [
        (OFFLINE_MODEL, {"second_verification": OFFLINE_MODEL}),
        ("a", {"second_verification": "a"}),
        ("a", {"verification": "b", "second_verification": "b"}),
    ],
)
def test_a_second_verifier_that_is_the_first_is_refused_in_one_line(model: str, models: dict[str, str]) -> None:
    with pytest.raises(SetupError, match="is the first verifier, too") as refused:
        SynthesisSettings.model_validate({"searched_on": DAY, "model": model, "models": models})
    assert "\n" not in str(refused.value)


def test_another_model_may_verify_first_and_the_proposer_second() -> None:
    settings = SynthesisSettings(searched_on=DAY, model="a", models={"verification": "b", "second_verification": "a"})
    assert settings.verified_twice
    assert settings.model_for("mechanism") == settings.model_for("second_verification") == "a"
