"""Sentences of the rules reach readers without the names of closed lists."""

from __future__ import annotations

import pytest

from pipeline.publish.plain import grouped, plain, plainly
from schemas.vocabulary import Basis, BiasDomain, ClaimType


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Basis co measured: 0.6.", "Basis (both ends measured; cause not tested): 0.6."),
        ("Design, trial, for a causal benefit claim: 0.8.", "Design, trial, for a claim of a benefit: 0.8."),
        ("outcome measurement: not reported", "How outcomes were measured: not reported"),
        ("98 people, 20351 needed, told in 2017.", "98 people, 20,351 needed, told in 2017."),
        ("No study at hand.", "No study at hand."),
    ],
)
def test_a_sentence_is_made_plain(sentence: str, words: str) -> None:
    assert plain(sentence) == words


def test_no_name_of_a_closed_list_is_left() -> None:
    raw = [
        *(f"Basis {b.replace('_', ' ')}: 0." for b in Basis),
        *(f"for a {t.replace('_', ' ')} claim" for t in ClaimType),
        *(f"{d}: low" for d in BiasDomain),
    ]
    text = " ".join(plainly(raw))
    for name in ("co measured", "end only", "causal ", "prognostic association", "deviations from", "_"):
        assert name not in text


def test_formulas_are_grouped_but_for_decimals() -> None:
    assert grouped("0.0001 x design effect 1.7200 = 3839 and 7678 people") == (
        "0.0001 x design effect 1.7200 = 3,839 and 7,678 people"
    )
