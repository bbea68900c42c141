"""The terminal text: everything that matters, in lines that a terminal only prints."""

from __future__ import annotations

import pytest

from pipeline.publish.text import render_text
from pipeline.publish.viewing import page_of
from tests.publish.example import bare_analysis, incomplete_analysis, rich_analysis

ANALYSES = {"rich": rich_analysis(), "incomplete": incomplete_analysis(), "bare": bare_analysis()}
TEXTS = {name: render_text(page_of(analysis)) for name, analysis in ANALYSES.items()}


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", TEXTS)
def test_nothing_that_a_terminal_obeys_is_left(name: str) -> None:
    assert all(line.isprintable() for line in TEXTS[name].split("\n"))


@pytest.mark.parametrize("width", [40, 72, 96])
def test_lines_keep_to_the_width_unless_a_word_is_longer(width: int) -> None:
    lines = render_text(page_of(rich_analysis()), width=width).splitlines()
    assert all(len(line) <= width or max(map(len, line.split())) > width / 2 for line in lines)


def test_claim_verdict_and_scores_come_first() -> None:
    head = TEXTS["rich"][: TEXTS["rich"].index("In simple terms")]
    assert head.startswith("Training one leg makes the other leg push faster")
    assert "PRELIMINARY SUPPORT." in head
    assert "Pro      20 of 100." in head
    assert "Against   4 of 100." in head
    assert "step 2 of the mechanism is a gap" in head
    assert "Wording that the evidence permits:" in head


def test_the_chain_stands_with_its_labels() -> None:
    text = TEXTS["rich"]
    chain = text[text.index("Proposed mechanism") : text.index("Rivals")]
    assert chain.count("which leads to") == 2
    assert "[Contested (1 for / 1 against)]" in chain
    assert "[Seen together in one study; cause not tested]" in chain


def test_studies_stand_with_weight_and_basis() -> None:
    text = flat(TEXTS["rich"])
    assert "Contradicting (1) - Elm 2016: weight 2. Rules out an effect large enough to matter; one end" in text
    assert "! Retracted: listed, but counts for nothing" in text


def test_certainty_ladder_and_faults_are_told() -> None:
    text = flat(TEXTS["rich"])
    assert "Very low (1 of 4)." in text
    assert (
        "1. Every step blocked and rescued, in several laboratories: missing. Participants: 200 (100 per group)."
        in text
    )
    assert "12 of 17 quotations stand word for word; 2 judged not to bear on their step." in text
    assert "Wrong study, said to stand in Alder et al. 2021 (found in Birch & Cedar 2019)" in text
    assert "negation: the study has 'None', the quotation 'All'" in text


def test_what_is_missing_is_told_before_the_scores() -> None:
    text = flat(TEXTS["incomplete"])
    assert text.index("INCOMPLETE") < text.index("Pro 20 of 100")
    assert "the ladder of ideal evidence: the reply was cut off twice" in text
    assert "what a study says of the claim (Thorn" in text
    assert "Thorn<script>alert(1)</script> & Nettle 2024: Not judged" in text


def test_a_bare_analysis_says_what_it_does_not_hold() -> None:
    text = flat(TEXTS["bare"])
    assert "NO EVIDENCE FOUND." in text
    assert "Supporting (0): None found in 1 study searched on 22 November 2026." in text
    assert "Certainty was not rated" in text
    assert "The ladder of ideal evidence was not filled in." in text
