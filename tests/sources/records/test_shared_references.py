"""The real exports beside the checkout: what their manifest says must be found."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.references import DATA, READERS, first_sentence
from pipeline.sources.records.charset import decode
from pipeline.sources.records.record import Record

pytestmark = pytest.mark.shared

FIRST = {
    "scopus.ris": (6, "Stress and the brain-gut axis in functional", "The broad role of stress in the brain-gut axis"),
    "ovid_psycinfo.ris": (6, "The influence of self-criticism on depression", "Considering that self-criticism is an"),
    "embase.ris": (6, "Duplication cysts: Diagnosis, management,", "Gastrointestinal tract duplication cysts are rare"),
    "faulty_year.ris": (1, "The Value of Radiologic Interventions", "This systematic review and meta-analysis aimed"),
    "bom.ris": (1, "", ""),
    "ovid.medline.ris": (4, "Detection of retention trees on clearcuts", "Changes in clearcut management over time"),
}
OTHERS = {
    "wos.ris": ("ris-wos", 2, "Interactions stabilizing the structure of the core", "Reconstitution experiments with"),
    "wos.ciw": ("ciw", 5, "Soil fauna diversity at different stages", "Wetland soil fauna support material cycling"),
    "pubmed_single.nbib": ("nbib", 1, "Impact of balloon guide catheter", "Flow arrest with balloon guide catheters"),
    "pubmed_result2.medline.txt": (
        "nbib",
        4,
        "A high level interface to SCOP",
        "Benchmarking algorithms in structural",
    ),
    "pubmed_29768149.xml": ("pubmed-xml", 1, "Inhaled Combined Budesonide", "In patients with mild asthma, as-needed"),
    "pubmed_efetch.xml": ("pubmed-xml", 2, "Is cryopreservation a homogeneous process?", "This study subdivides the"),
    "scopus.bib": ("bibtex", 3, "Soil fauna diversity at different stages", "Wetland soil fauna support material"),
    "endnote_article.xml": ("endnote-xml", 1, "Trends in the lifetime risk of developing cancer", "test abstract"),
    "biblatex_as_csl.json": ("csl-json", 28, "Roverandom", ""),
}


@pytest.mark.parametrize("name", [*FIRST, *OTHERS])
def test_counts_first_titles_and_first_sentences_are_those_of_the_file(name: str) -> None:
    if not (DATA / name).is_file():
        pytest.skip(f"the measuring data is not there: {Path(DATA).name} beside the checkout")
    form, count, title, sentence = ("ris", *FIRST[name]) if name in FIRST else OTHERS[name]
    found = [*READERS[form](decode((DATA / name).read_bytes()))]
    records = [entry for entry in found if isinstance(entry, Record)]
    assert (len(found), len(records)) == (count, count)
    assert (records[0].citation.title or "").startswith(title)
    assert first_sentence(next((r for r in records if r.passages), None)).startswith(sentence)
