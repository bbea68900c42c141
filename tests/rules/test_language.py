"""Hedges, conclusions, citations, results, comparisons and names, with the words that only look like them."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.language import (
    cites_prior_work,
    has_hedge,
    has_result_token,
    is_conclusion,
    names,
    names_between_group_comparison,
    shares_a_word,
)


@pytest.mark.parametrize(
    "text",
    [
        "It may help.",
        "May help.",
        "This might be",
        "could reflect drive",
        "suggests that",
        "is likely",
        "It is unlikely",
        "appeared to rise",
        "possibly",
        "It is possible that",
        "consistent with the hypothesis",
        "a hypothesised route",
    ],
)
def test_hedge_is_heard(text: str) -> None:
    assert has_hedge(text)


@pytest.mark.parametrize(
    "text",
    [
        "in May 2019",
        "May 12",
        "May to June",
        "on 3 may 2019",
        "could not stand",
        "couldn't stand",
        "None could be excluded",
        "no change that could be measured",
        "likelihood ratio 2.0",
        "runners were more likely to report pain",
        "twice as likely as",
        "motor evoked potential",
        "it appeared in three people",
        "the highest possible score",
        "the mighty muscle",
    ],
)
def test_what_only_looks_like_a_hedge_is_none(text: str) -> None:
    assert not has_hedge(text)


@pytest.mark.parametrize(
    "text",
    [
        "We conclude that it works.",
        "In conclusion, it works.",
        "These findings suggest an effect.",
        "Taken together, it works.",
        "The authors attribute this to drive.",
        "The authors therefore propose a route.",
        "Our results indicate an effect.",
        "This study demonstrates an effect.",
        "It was concluded that it works.",
        "CONCLUSION: it works.",
    ],
)
def test_conclusion_is_recognised(text: str) -> None:
    assert is_conclusion(text)


@pytest.mark.parametrize("text", ["Strength rose by 12 %.", "The result was stored.", "We trained 30 adults."])
def test_result_or_method_is_no_conclusion(text: str) -> None:
    assert not is_conclusion(text)


@pytest.mark.parametrize(
    "text",
    [
        "Previous studies found it.",
        "Smith et al. found it.",
        "It has been reported that",
        "As described by Lee",
        "In line with earlier work",
        "Several studies have shown it.",
        "It is well known that",
        "as previously reported",
        "seen in other studies too",
    ],
)
def test_prior_work_is_recognised(text: str) -> None:
    assert cites_prior_work(text)


@pytest.mark.parametrize(
    "text",
    [
        "Fifteen trials were pooled.",
        "No adverse events were reported.",
        "Pain was reported by participants.",
        "Smaller than in the other studies of the meta-analysis.",
        "Sixteen controlled studies were included.",
    ],
)
def test_own_work_is_not_prior_work(text: str) -> None:
    assert not cites_prior_work(text)


@pytest.mark.parametrize(
    "text", ["rose", "12", "was unchanged", "no difference", "p < .05", "correlated", "Similar values"]
)
def test_result_token_is_found(text: str) -> None:
    assert has_result_token(text)
    assert not has_result_token("The participants came to the laboratory.")


@pytest.mark.parametrize(
    "text",
    [
        "compared with controls",
        "higher than in runners",
        "versus placebo",
        "OR = 0.9",
        "the SMD was 0.4",
        "between groups",
        "between the two training groups",
        "group × time",
        "odds ratio",
        "relative to sham",
        "the control leg",
        "not more frequent in non-runners",
        "did not differ between the arms",
        "than those who did not train",
    ],
)
def test_between_group_comparison_is_recognised(text: str) -> None:
    assert names_between_group_comparison(text)


@pytest.mark.parametrize(
    "text",
    [
        "higher compared with baseline",
        "more than 30 adults",
        "stronger than before training",
        "versus the initial value",
        "rose with both regimens",
        "motor control",
        "blood pressure control",
        "In the untrained leg torque rose",
        "speed rather than force",
        "or the leg",
        "In both groups strength rose",
    ],
)
def test_change_from_baseline_is_no_comparison_of_groups(text: str) -> None:
    assert not names_between_group_comparison(text)


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("rate of torque development", "Rates of torque-development rose."),
        ("blood-flow restriction", "bloodflow was restricted? no: restriction"),
        ("bloodflow", "blood-flow"),
        ("training", "they trained"),
        ("running", "she runs"),
        ("stopping", "it stopped"),
        ("studies", "one study"),
        ("study", "studied"),
        ("classes", "a class"),
        ("mice", "a mouse"),
        ("analyses", "analysis"),
        ("hypotheses", "hypothesis"),
        ("tumour size", "tumor sizes"),
        ("randomised", "randomized"),
        ("H-reflex", "the H\u2010reflex"),
        ("muscle strength", "STRENGTH of the muscles"),
        ("ﬁring rate", "firing rates"),
        ("V-wave amplitude", "amplitudes of V waves"),
    ],
)
def test_variable_is_named_in_other_forms_of_its_words(variable: str, text: str) -> None:
    assert names(variable, text)


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("rate", "the rats"),
        ("creatine", "creatinine"),
        ("motor cortex", "motor area"),
        ("soleus EMG", "EMG of the leg"),
        ("", "anything"),
        ("of the", "of the leg"),
        ("—", "—"),
        ("moody", "mood"),
    ],
)
def test_variable_is_not_named_when_a_word_is_missing(variable: str, text: str) -> None:
    assert not names(variable, text)


@given(st.lists(st.text(alphabet="abcdefghijk", min_size=4, max_size=8), min_size=1, max_size=4))
def test_text_made_of_the_words_of_a_variable_names_it(words: list[str]) -> None:
    assert names(" ".join(words), " - ".join(reversed(words)).upper())


PREDICATES: tuple[Callable[[str], bool], ...] = (
    has_hedge,
    is_conclusion,
    cites_prior_work,
    has_result_token,
    names_between_group_comparison,
    lambda text: names(text, text),
)


@pytest.mark.parametrize(
    "hostile",
    [
        "a",
        " ",
        "may ",
        "we ",
        "has been ",
        "the other ",
        "n't",
        "than ",
        "-",
        "between the ",
        "a-",
        "no ",
        "previous ",
        "'",
        "consistent with ",
        "these ",
        "group ",
        "is possible ",
    ],
)
def test_hostile_text_takes_linear_time(hostile: str) -> None:
    text = (hostile * 100_000)[:100_000]
    started = time.perf_counter()
    for predicate in PREDICATES:
        predicate(text)
    assert time.perf_counter() - started < 15


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [("any injury", "injuries per 1000 hours", True), ("muscle soreness", "body weight", False)],
)
def test_outcomes_share_a_word_whatever_its_inflection(one: str, other: str, *, shared: bool) -> None:
    assert shares_a_word(one, other) is shared
