from __future__ import annotations

import pytest

from pipeline.sources.pdf.hyphens import joined, vocabulary


@pytest.mark.parametrize(
    ("before", "after", "known", "whole"),
    [
        ("an inter-", "vention study", set[str](), "an intervention study"),
        ("an inter\u00ad", "vention study", set[str](), "an intervention study"),
        ("a double-", "blind trial", {"double", "blind"}, "a double-blind trial"),
        ("a follow-", "up of", {"follow-up"}, "a follow-up of"),
        ("a with-", "out", {"with", "out", "without"}, "a without"),
        ("the COVID-", "19 era", set[str](), "the COVID-19 era"),
        ("the anti-", "European", set[str](), "the anti-European"),
        ("by intention-", "to-treat", set[str](), "by intention-to-treat"),
        ("using the t-", "test", {"test"}, "using the t-test"),
        ("a range of -", "then", set[str](), "a range of - then"),
        ("no hyphen", "here", set[str](), "no hyphen here"),
        ("Knowledge-", "intensive circuits", {"knowledge", "knowledge-"}, "Knowledge-intensive circuits"),
        ("a re-", "habilitation", {"re-"}, "a rehabilitation"),
        ("the HIERAR-", "CHY data", {"hierarchy"}, "the HIERARCHY data"),
        ("of DNA-", "RNA pairs", set[str](), "of DNA-RNA pairs"),
    ],
)
def test_line_end_hyphens_are_joined_by_the_documents_own_words(
    before: str, after: str, known: set[str], whole: str
) -> None:
    assert joined(before, after, frozenset(known)) == whole


def test_fragments_at_broken_line_ends_are_no_words_of_the_document() -> None:
    assert vocabulary(["with\u00ad", "drawals, dropouts", "double-blind"]) == {"dropouts", "double-blind"}


def test_a_word_that_begins_two_compounds_is_known_to_make_them() -> None:
    found = vocabulary(["knowledge-based and knowledge-rich", "of knowledge", "under-powered, under-reported", "under"])
    assert "knowledge-" in found
    assert "under-" not in found
    assert "high-" not in vocabulary(["high-level high"])
