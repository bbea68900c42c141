from __future__ import annotations

from pipeline.sources.citation import find_doi
from pipeline.sources.pdf.imprint import imprint_first


def test_a_line_that_is_a_doi_goes_before_one_that_mentions_one() -> None:
    lines = ["Legs and arms", "Comment on doi:10.1000/other.1", "https://doi.org/10.1000/own.2"]
    assert imprint_first(lines).split("\n") == [lines[2], lines[1], lines[0]]


def test_a_doi_that_a_line_end_cuts_is_whole() -> None:
    assert find_doi(imprint_first(["Volume 3", "DOI: https://doi.org/10.1200/JCO.2017.", "74.7642"])) == (
        "10.1200/JCO.2017.74.7642"
    )
    assert find_doi(imprint_first(["doi:10.1371/journal.pone.", "and more text"])) == "10.1371/journal.pone"
