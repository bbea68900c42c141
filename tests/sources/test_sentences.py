from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.sentences import LONGEST_SENTENCE, split_sentences


def split(text: str) -> list[str]:
    return [text[a:b] for a, b in split_sentences(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Smith et al. found that strength rose (p < .05) in the trained leg.",
        "As Fig. 2 shows, force rose by 12% in both arms.",
        "The untrained limb, i.e. the left leg, did not change.",
        "Trained vs. untrained legs differed (P = .04).",
        "Growth of E. coli and S. aureus was inhibited.",
        "The mean age was 24.5 years.[3]",
        "The trial was run in the U.S. between 2004 and 2006.",
        "Participants were approx. 25 yrs. old at entry.",
        "It follows from Eq. 4 and from Figs. 2 and 3 of the supplement.",
        "The drug was given i.v. 3 times a day (Ref. 12).",
        "Tablets of batch no. 5 were used, e.g. in the evening.",
    ],
)
def test_abbreviations_do_not_end_a_sentence(sentence: str) -> None:
    text = f"{sentence} The next sentence follows."
    assert split(text) == [sentence, "The next sentence follows."]


def test_a_reference_mark_after_the_full_stop_belongs_to_its_sentence() -> None:
    assert split("Force rose.[4] It fell later.") == ["Force rose.[4]", "It fell later."]


def test_cited_authors_are_part_of_the_sentence_that_says_what_they_did() -> None:
    text = "Mosali et al. [5] found a rise. Others (Green et al.[6,7]) did not. We follow Bell et al. [8] Then we left."
    assert split(text) == [
        "Mosali et al. [5] found a rise.",
        "Others (Green et al.[6,7]) did not.",
        "We follow Bell et al. [8]",
        "Then we left.",
    ]


def test_a_number_that_closes_a_bracket_begins_no_item_of_a_list() -> None:
    text = (
        "Time had an effect, F(1, 171) = 24.9, and so had drink, F(2, 90) = 13. We left (n = 4). 1) First we trained."
    )
    assert split(text) == [
        "Time had an effect, F(1, 171) = 24.9, and so had drink, F(2, 90) = 13.",
        "We left (n = 4).",
        "1) First we trained.",
    ]


def test_an_initial_before_a_small_letter_does_not_end_a_sentence() -> None:
    assert split("We cultured B. subtilis and H. pylori. Then we counted.") == [
        "We cultured B. subtilis and H. pylori.",
        "Then we counted.",
    ]


def test_the_number_of_a_list_item_is_no_sentence() -> None:
    assert split("1. First we trained. 2. Then we measured.") == ["1. First we trained.", "2. Then we measured."]


def test_rows_of_a_table_are_sentences_of_their_own() -> None:
    assert split("Age 24.5 25.1\nWeight 70 71") == ["Age 24.5 25.1", "Weight 70 71"]


def test_a_piece_without_full_stops_is_cut_at_semicolons() -> None:
    pieces = split("; ".join(f"item {i} of the list" for i in range(200)))
    assert all(len(p) <= LONGEST_SENTENCE for p in pieces)
    assert all(p.endswith(";") for p in pieces[:-1])


def test_a_piece_without_any_place_to_cut_is_cut_all_the_same() -> None:
    assert [len(p) for p in split("x" * (LONGEST_SENTENCE + 10))] == [LONGEST_SENTENCE, 10]


@given(st.text(alphabet=st.sampled_from("ab .;,?!()[]1\nZé≥"), max_size=3000))
def test_sentences_are_in_order_trimmed_and_lose_only_white_space(text: str) -> None:
    spans = split_sentences(text)
    position = 0
    for start, end in spans:
        assert position <= start < end
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()
