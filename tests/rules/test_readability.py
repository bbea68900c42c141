"""The grade level against textstat's, on passages of our own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.readability import readability, syllables

# textstat 0.7.13 with the CMU pronouncing dictionary gave these grades. They are written down because textstat fetches
# that dictionary from the network at run time, and tests stay on this machine.
PASSAGES: tuple[tuple[float, tuple[str, ...]], ...] = (
    (
        -0.7,
        (
            "The cat sat on the mat.",
            "It was a warm day and the sun was out.",
        ),
    ),
    (
        3.7,
        (
            "Training one arm can make the other arm stronger.",
            "Nobody knows for sure how this works.",
            "One study of thirty adults saw it after four weeks.",
        ),
    ),
    (
        4.2,
        (
            "People who took creatine did a little better on a memory test.",
            "The study was small.",
            "It does not show that creatine was the cause.",
        ),
    ),
    (
        3.8,
        (
            "Running does not seem to wear out the knees.",
            "People who run had knee pain about as often as people who do not run.",
            "Those with sore knees may have stopped running before the study began.",
        ),
    ),
    (
        4.3,
        (
            "Stretching before sport did not stop injuries in two large trials.",
            "It did make people a little less sore on the next day.",
        ),
    ),
    (
        13.0,
        (
            (
                "In this randomised trial, resistance training of one leg increased the rate of torque "
                "development of the contralateral leg."
            ),
            "Maximal voluntary contraction and muscle cross-sectional area remained unchanged.",
        ),
    ),
    (
        12.1,
        (
            (
                "The certainty of the evidence is very low because the study was small, had no untrained group "
                "and has not been repeated by anybody else."
            ),
        ),
    ),
    (
        3.5,
        (
            "We followed older adults for eight years and asked them each year how far they walked.",
            "Those who walked more had fewer heart attacks.",
            "They also smoked less, so walking may not be the reason.",
        ),
    ),
    (
        22.5,
        (
            (
                "Participants with radiographic osteoarthritis who reported habitual running experienced "
                "symptomatic deterioration no more frequently than participants without running experience."
            ),
            "Residual confounding by indication cannot be ruled out.",
        ),
    ),
    (
        2.2,
        (
            "Your brain sends signals through your nerves to your muscles.",
            "When you practise with one hand, both sides of the brain take part.",
        ),
    ),
    (
        11.7,
        (
            (
                "The trial compared two hundred patients who received vitamin supplements with two hundred "
                "patients who received placebo tablets."
            ),
            "After twelve months there was no significant difference in mortality between the two groups.",
        ),
    ),
    (
        23.1,
        (
            (
                "Regular physical activity was associated with lower mortality in this observational study, but "
                "unmeasured differences between active and inactive participants may explain part of the "
                "association."
            ),
        ),
    ),
    (
        15.1,
        (
            "The pooled analysis of fifteen studies demonstrated a difference of moderate magnitude.",
            "Variation between studies was considerable, and publication bias could not be excluded.",
        ),
    ),
)


@pytest.mark.parametrize(("grade", "sentences"), PASSAGES)
def test_grade_lies_within_one_of_textstat(grade: float, sentences: tuple[str, ...]) -> None:
    assert readability(sentences).grade_level == pytest.approx(grade, abs=1.0)


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("the", 1),
        ("training", 2),
        ("stronger", 2),
        ("creatine", 3),
        ("placebo", 3),
        ("walked", 1),
        ("wanted", 2),
        ("makes", 1),
        ("changes", 2),
        ("muscle", 2),
        ("muscles", 2),
        ("statement", 2),
        ("element", 3),
        ("hopeful", 2),
        ("science", 2),
        ("patient", 2),
        ("radio", 3),
        ("rhythm", 2),
        ("people's", 2),
        ("EMG", 3),
        ("WHO", 1),
        ("BMI", 3),
        ("30", 3),
        ("7", 2),
        ("hmm", 1),
        ("VW", 4),
        ("various", 3),
        ("quality", 3),
        ("health", 1),
        ("queue", 1),
    ],
)
def test_syllables_are_counted(word: str, count: int) -> None:
    assert syllables(word) == count


def test_words_and_sentences_are_counted() -> None:
    found = readability(["It rose by 12.5 %.", "...", "The well-known effect stayed."])
    assert (found.words, found.sentences) == (4 + 5, 2)


@pytest.mark.parametrize("sentences", [[], [""], ["...", "–"]])
def test_no_words_have_no_grade(sentences: list[str]) -> None:
    assert (readability(sentences).grade_level, readability(sentences).words) == (0.0, 0)


def test_formula_is_that_of_flesch_and_kincaid() -> None:
    assert readability(["The cat sat on the mat."]).grade_level == round(0.39 * 6 + 11.8 * 1 - 15.59, 1)


@given(st.text(max_size=40))
def test_every_word_has_a_syllable(word: str) -> None:
    assert syllables(word) >= 1 or any(char.isdigit() for char in word)


@given(st.lists(st.sampled_from(["Legs get stronger.", "Nobody knows why.", "It may help."]), min_size=1, max_size=6))
def test_joining_sentences_never_makes_them_easier(sentences: list[str]) -> None:
    assert readability([" ".join(sentences)]).grade_level >= readability(sentences).grade_level
