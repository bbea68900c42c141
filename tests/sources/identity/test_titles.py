"""What databases do to a title changes nothing; one word that names other people does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.identity.titles import Likeness, fold_title, match_titles, nearly, wordings


def likeness(a: str, b: str) -> Likeness:
    one, other = (match_titles(wordings(x), wordings(y)) for x, y in ((a, b), (b, a)))
    assert one == other
    return one.likeness


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Effects of TNF-α on CO2 in rats", "effects of TNF-alpha on CO<sub>2</sub> in rats."),
        ("The role of β-catenin & Wnt", "[Role of beta-catenin and Wnt]."),
        (r"Effect of \textit{E. coli} in 50\% of mice", "EFFECT OF <i>E. coli</i> IN 50 per cent OF MICE"),
        (r"Schr\"odinger's caf\'{e} study of follow-up", "Schrödinger’s café study of followup"),
        ("Phase II trial of aspirin vs placebo", "Phase 2 trial of aspirin versus placebo"),
        ("Risk in 1,000 women &amp;amp; men", "Risk in 1000 women and men"),
        ("Deaths by PM2·5 in 749 cities", "Deaths by PM2.5 in 749 cities"),
        ("CD4+ cells and REDD+ in rats", "CD4(+) cells and REDD plus in rats"),
        ("Deaths by PM2<middle dot>5 in 749 cities", "Deaths by PM2&middot;5 in 749 cities"),
        ("The café and the microbiome of Zürich", "The cafÃ© and the microbiome of ZÃ¼rich"),
    ],
)
def test_markup_letters_and_punctuation_make_no_other_title(a: str, b: str) -> None:
    assert likeness(a, b) is Likeness.EQUAL


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Strength training and falls in men", "Strength training and falls in women"),
        ("Outcomes of hepatitis B in pregnancy", "Outcomes of hepatitis C in pregnancy"),
        ("Treatment of hypertension after stroke in adults", "Treatment of hypotension after stroke in adults"),
        ("Training of the dominant hand after stroke", "Training of the nondominant hand after stroke"),
        ("Creatine and memory in adults. Part 1", "Creatine and memory in adults. Part 2"),
        ("Survey of hospital mortality 2018", "Survey of hospital mortality 2019"),
        ("Creatine increases memory in healthy adults", "Creatine decreases memory in healthy adults"),
        ("Sitagliptin in adults with renal failure", "Saxagliptin in adults with renal failure"),
        ("Prednisone in children with nephrosis", "Prednisolone in children with nephrosis"),
        ("Course of asymptomatic stenosis in adults", "Course of symptomatic stenosis in adults"),
        ("Vitamin A supplements in children", "Vitamin supplements in children"),
    ],
)
def test_a_word_or_number_of_its_own_makes_another_title(a: str, b: str) -> None:
    assert likeness(a, b) not in {Likeness.EQUAL, Likeness.RESPELT, Likeness.SHORTENED}


def test_a_misprint_in_a_long_word_is_the_same_title_spelt_otherwise() -> None:
    assert (
        likeness(
            "Neurokinin receptor availibility in visceral pain", "Neurokinin receptor availability in visceral pain"
        )
        is Likeness.RESPELT
    )
    assert (
        likeness("Randomised trial of tumour vaccines in adults", "Randomized trial of tumor vaccines in adults")
        is Likeness.RESPELT
    )


def test_a_missing_subtitle_and_a_cut_title_are_shortened_and_say_how() -> None:
    whole = wordings("Stress and the gut-brain axis in visceral pain: relevance to irritable bowel syndrome")
    subtitle = match_titles(wordings("Stress and the gut-brain axis in visceral pain"), whole)
    assert (subtitle.likeness, subtitle.at_seam, subtitle.cut) == (Likeness.SHORTENED, True, False)
    for cut in (
        "Stress and the gut-brain axis in visceral pain: relevance to irri",
        "Stress and the gut-brain axis in ...",
    ):
        found = match_titles(wordings(cut), whole)
        assert (found.likeness, found.cut) == (Likeness.SHORTENED, True)


def test_a_title_in_two_languages_is_each_of_them() -> None:
    both = "Wirkung von Training auf das andere Bein [Effect of training on the other leg]"
    assert likeness(both, "Effect of training on the other leg") is Likeness.EQUAL
    assert likeness(both, "Wirkung von Training auf das andere Bein") is Likeness.EQUAL


def test_a_title_in_another_script_is_compared_as_it_is() -> None:
    assert likeness("Влияние тренировки на силу", "ВЛИЯНИЕ ТРЕНИРОВКИ НА СИЛУ.") is Likeness.EQUAL


def test_an_absent_title_is_unknown() -> None:
    assert likeness("", "Effect of training") is Likeness.UNKNOWN
    assert likeness("...", "Effect of training") is Likeness.UNKNOWN


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("anaemia", "anemia", True),
        ("aetiology", "etiology", True),
        ("symptomatic", "asymptomatic", False),
        ("intramuscular", "intermuscular", False),
        ("afferent", "efferent", False),
        ("women", "men", False),
        ("trial", "trials", True),
        ("symptom", "syrnptom", True),
    ],
)
def test_long_words_may_have_misprints_and_opposites_are_none(one: str, other: str, same: bool) -> None:
    assert nearly(one, other) is same
    assert nearly(other, one) is same


@given(st.text(st.sampled_from("ab αβ<i>&;\\{}$[]:.12é"), max_size=60))
def test_no_title_is_too_strange_to_fold(text: str) -> None:
    assert fold_title(text).text == " ".join(fold_title(text).words)
    assert likeness(text, text) in {Likeness.EQUAL, Likeness.UNKNOWN}
