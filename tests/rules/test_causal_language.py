"""How strongly sentences speak of cause, and that no wording says more than is permitted."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.causal_language import causal_phrases, verb_tier
from pipeline.rules.causal_verbs import FORMS, Form, third_person
from pipeline.rules.causal_wording import overclaims, permitted_tier, rewrite_verb
from schemas.vocabulary import Certainty, Species, VerbTier

SHARED = Path(__file__).parents[3] / "shared" / "data" / "datasets"


@pytest.mark.parametrize(
    "sentence",
    [
        "Training increases strength.",
        "Smoking causes cancer.",
        "Training makes the other arm stronger.",
        "Running leads to pain.",
        "Creatine improves memory.",
        "Stretching prevents injuries.",
        "Creatine boosts memory in older adults.",
        "The arm got stronger because of the training.",
        "Training triggers changes in the cortex.",
        "Training drives plasticity.",
        "Training increased torque in the untrained leg.",
        "Statins cause muscle pain.",
        "Happy children make happy adults.",
        "Training both increases strength and may reduce pain.",
        "Pain is reduced by exercise.",
        "Walking was shown to cut pain.",
        "It works by increasing neural drive.",
        "Creatine is the cause of kidney damage.",
        "Creatine is effective for memory.",
        "Training raises speed, but nobody knows why.",
        "The results may be wrong, but training increases strength.",
        "Training has increased the speed.",
        "They reduce pain.",
        "Training and diet reduce pain.",
        "Training will reduce pain.",
        "Walking is reducing pain.",
        "Pain fell, leading to more walking.",
        "The drug idebenone (X) improved the vision.",
    ],
)
def test_plain_statement_of_a_cause_is_direct(sentence: str) -> None:
    assert verb_tier(sentence) is VerbTier.DIRECT


@pytest.mark.parametrize(
    "sentence",
    [
        "Training can make the other arm stronger.",
        "Creatine probably improves memory.",
        "Exercise can be good for the heart.",
        "Training is likely to increase strength.",
        "Training can also reduce pain.",
        "Pain can be reduced by walking.",
        "Walking is able to reduce pain.",
    ],
)
def test_can_and_probably_are_the_middle_tier(sentence: str) -> None:
    assert verb_tier(sentence) is VerbTier.CAN


@pytest.mark.parametrize(
    "sentence",
    [
        "Training may increase strength.",
        "May help the heart.",
        "Running might protect the knees.",
        "It could help the brain.",
        "Running is linked to sore knees.",
        "Gains were seen together with more muscle activity.",
        "Running predicts knee pain.",
        "Faster torque was found alongside higher activity.",
        "Running was associated with less pain.",
        "People who trained gained more strength than those who did not.",
        "Training improved strength compared with rest.",
        "Running does not cause arthritis.",
        "Running doesn’t cause arthritis.",
        "Exercise cannot cure cancer.",
        "It is very uncertain whether training increases strength.",
        "Nobody has tested whether training makes the cortex change.",
        "The authors think that training makes the cortex change.",
        "Training, the authors suggest, changes the cortex.",
        "Training changes the motor cortex, the authors think.",
        "This does not show that training makes the leg stronger.",
        "Training may increase strength, improve mood and cut pain.",
        "If training increases drive, torque would rise.",
        "It is not known what causes this.",
        "Strength increases with training.",
        "Training would reduce pain.",
        "Training tends to increase strength.",
        "The claim is that training makes the other leg stronger.",
        "It is not clear whether exercise can be good for the heart.",
    ],
)
def test_link_negation_and_uncertain_frame_are_the_lowest_tier(sentence: str) -> None:
    assert verb_tier(sentence) is VerbTier.LINKED


@pytest.mark.parametrize(
    "sentence",
    [
        "Torque rose by 12 % in 30 adults.",
        "Torque increased by 12 %.",
        "Does training make the other arm stronger?",
        "The motor cortex was not measured.",
        "Increases in torque were seen.",
        "An increase in torque was found.",
        "This makes sense.",
        "The certainty is low because of the small sample.",
        "Pain was reduced by 12 points.",
        "Maximal force did not change.",
        "It helps to explain the result.",
        "Walkers had lower blood pressure.",
        "The study was done in May 2019.",
        "This cannot show cause.",
        "Thirty adults trained one leg.",
        "The brain changes.",
        "The group did calf raises with one leg.",
        "The leg can be trained at home.",
        "Adults should reduce their weight.",
        "They walked to reduce pain.",
        "The increased risk was small.",
        "A pill with reduced strength was given.",
        "",
        "The effects of training on pain were measured.",
        "This should have an effect on pain.",
        "It really truly surely clearly simply plainly reduce it.",
    ],
)
def test_report_question_or_method_states_no_cause(sentence: str) -> None:
    assert verb_tier(sentence) is None


def test_phrases_stand_where_they_say() -> None:
    sentence = "Training increases strength and leads to less pain because of drive."
    phrases = causal_phrases(sentence)
    assert [p.words for p in phrases] == ["increases", "leads to", "because of"]
    assert all(sentence[p.start : p.end] == p.words for p in phrases)


def test_overclaim_names_sentence_verb_and_what_is_permitted() -> None:
    (problem,) = overclaims(["Training increases strength.", "It may reduce pain."], VerbTier.LINKED)
    assert "Training increases strength." in problem
    assert "'increases'" in problem
    assert "'may'" in problem
    (problem,) = overclaims(["Training increases strength.", "It can reduce pain."], VerbTier.CAN)
    assert "'probably'" in problem
    assert overclaims(["Training increases strength."], VerbTier.DIRECT) == ()
    assert len(overclaims(["It can reduce pain."], VerbTier.LINKED)) == 1


@pytest.mark.parametrize("certainty", [None, *Certainty])
@pytest.mark.parametrize("randomised", [True, False])
def test_only_randomised_evidence_of_high_certainty_permits_a_plain_verb(
    randomised: bool, certainty: Certainty | None
) -> None:
    tier = permitted_tier(randomised, certainty)
    assert (tier is VerbTier.DIRECT) == (randomised and certainty is Certainty.HIGH)
    assert (tier is VerbTier.CAN) == (randomised and certainty is Certainty.MODERATE)


@pytest.mark.parametrize(
    ("claim", "linked", "can"),
    [
        (
            "Training increases strength.",
            "Training is linked to higher strength.",
            "Training probably increases strength.",
        ),
        ("Statins cause pain", "Statins are linked to pain", "Statins probably cause pain"),
        (
            "Stretching prevents injuries",
            "Stretching is linked to fewer injuries",
            "Stretching probably prevents injuries",
        ),
        ("Running protects against pain", "Running is linked to less pain", "Running probably protects against pain"),
        ("Running damages the knees", "Running is linked to damage to the knees", "Running probably damages the knees"),
        ("Training increased torque", "Training was linked to higher torque", "Training probably increased torque"),
        ("Training will increase torque", "Training may increase torque", "Training can increase torque"),
        ("Training can increase torque", "Training may increase torque", None),
        ("Walking probably cuts pain", "Walking is linked to lower pain", None),
        (
            "Training makes the arm stronger",
            "Training may make the arm stronger",
            "Training probably makes the arm stronger",
        ),
        ("Training raises the speed", "Training may raise the speed", "Training probably raises the speed"),
        (
            " Pain is cut by walking.",
            "It is possible that pain is cut by walking.",
            "Probably, pain is cut by walking.",
        ),
        (
            "Walking was shown to cut pain",
            "It is possible that walking was shown to cut pain",
            "Probably, walking was shown to cut pain",
        ),
        ("Training is linked to strength", None, None),
    ],
)
def test_claim_is_reworded_within_its_tier(claim: str, linked: str | None, can: str | None) -> None:
    assert rewrite_verb(claim, VerbTier.LINKED, Species.HUMAN) == linked
    assert rewrite_verb(claim, VerbTier.CAN, Species.HUMAN) == can
    assert rewrite_verb(claim, VerbTier.DIRECT, Species.HUMAN) is None


def test_species_is_named() -> None:
    claim = "Creatine increases strength."
    assert rewrite_verb(claim, VerbTier.LINKED, Species.ANIMAL) == "Creatine is linked to higher strength in animals."
    assert rewrite_verb(claim, VerbTier.CAN, Species.CELLS) == "Creatine probably increases strength in cells."
    in_rats = "Creatine increases strength in rats."
    assert rewrite_verb(in_rats, VerbTier.LINKED, Species.ANIMAL) == "Creatine is linked to higher strength in rats."


WORDS = [
    "Training",
    "Statins",
    "strength",
    "the",
    "knees",
    "of",
    "may",
    "can",
    "not",
    "by",
    "to",
    "and",
    ",",
    "is",
    "with",
]


@given(
    st.lists(st.sampled_from([*WORDS, *FORMS]), min_size=1, max_size=9),
    st.sampled_from([VerbTier.LINKED, VerbTier.CAN]),
)
def test_no_rewording_speaks_more_strongly_than_permitted(words: list[str], tier: VerbTier) -> None:
    claim = " ".join(words)
    reworded = rewrite_verb(claim, tier, Species.HUMAN)
    assert (reworded is None) == (not overclaims([claim], tier))
    if reworded is not None:
        assert overclaims([reworded], tier) == ()


@given(st.sampled_from(sorted(word for word, form in FORMS.items() if Form.BASE in form.kinds)))
def test_may_takes_every_verb_below_the_line(base: str) -> None:
    particle = next((v.particle for v in FORMS[base].verbs if v.particle), "")
    assert verb_tier(f"Training may {base} {particle} strength.") is VerbTier.LINKED
    assert verb_tier(f"Training {third_person(base)} {particle} strength.") is VerbTier.DIRECT


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the measuring data do not lie beside the checkout")
def test_sentences_labelled_as_causal_are_told_from_the_rest() -> None:
    rows = [json.loads(line) for line in (SHARED / "exaggeration.jsonl").read_text(encoding="utf-8").splitlines()]
    pairs = [(r["meta"]["abstract_strength"], r["text"]) for r in rows]
    pairs += [(r["meta"]["press_strength"], r["claim_or_question"]) for r in rows]
    more = [
        json.loads(line) for line in (SHARED / "causal_language_pubmed.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    pairs += [(r["label"], r["text"]) for r in more]
    direct = [label for label, text in pairs if verb_tier(text) is VerbTier.DIRECT]
    assert direct.count("direct_causal") / len(direct) >= 0.75, "a sentence called causal mostly is"
    conditional = [verb_tier(text) for label, text in pairs if label == "conditional_causal"]
    assert VerbTier.DIRECT not in conditional


@pytest.mark.parametrize(
    "hostile",
    [
        "training increases ",
        "may ",
        "effect of ",
        "is the very ",
        "have a ",
        "to ",
        "very ly ",
        "because ",
        "and ",
        "-",
        "a",
        " ",
        "'",
        "increase ",
        ", leading to ",
        "than ",
    ],
)
def test_hostile_text_takes_linear_time(hostile: str) -> None:
    text = (hostile * 100_000)[:100_000]
    started = time.perf_counter()
    verb_tier(text)
    overclaims([text], VerbTier.LINKED)
    rewrite_verb(text, VerbTier.LINKED, Species.ANIMAL)
    assert time.perf_counter() - started < 20
