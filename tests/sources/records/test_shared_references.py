"""The real exports beside the checkout: what their manifest says must be found."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.sources import read_source
from schemas.vocabulary import SectionKind

pytestmark = pytest.mark.shared

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "references"
FIRST = {
    "scopus.ris": (6, "Stress and the brain-gut axis in functional", "The broad role of stress in the brain-gut axis"),
    "ovid_psycinfo.ris": (6, "The influence of self-criticism on depression", "Considering that self-criticism is an"),
    "embase.ris": (6, "Duplication cysts: Diagnosis, management,", "Gastrointestinal tract duplication cysts are rare"),
    "faulty_year.ris": (1, "The Value of Radiologic Interventions", "This systematic review and meta-analysis aimed"),
    "bom.ris": (1, "", ""),
    "ovid.medline.ris": (4, "Detection of retention trees on clearcuts", "Changes in clearcut management over time"),
    "wos.ris": (2, "Interactions stabilizing the structure of the core", "Reconstitution experiments with"),
    "wos.ciw": (5, "Soil fauna diversity at different stages", "Wetland soil fauna support material cycling"),
    "pubmed_single.nbib": (1, "Impact of balloon guide catheter", "Flow arrest with balloon guide catheters"),
    "pubmed_result2.medline.txt": (4, "A high level interface to SCOP", "Benchmarking algorithms in structural"),
    "pubmed_29768149.xml": (1, "Inhaled Combined Budesonide", "In patients with mild asthma, as-needed"),
    "pubmed_efetch.xml": (2, "Is cryopreservation a homogeneous process?", "This study subdivides the"),
    "scopus.bib": (3, "Soil fauna diversity at different stages", "Wetland soil fauna support material"),
    "endnote_article.xml": (1, "Trends in the lifetime risk of developing cancer", "test abstract"),
    "biblatex_as_csl.json": (28, "Roverandom", ""),
}


@pytest.mark.parametrize("name", FIRST)
def test_counts_first_titles_and_first_sentences_are_those_of_the_file(name: str) -> None:
    if not (DATA / name).is_file():
        pytest.skip(f"the measuring data is not there: {DATA.name} beside the checkout")
    count, title, sentence = FIRST[name]
    readings = list(read_source(DATA / name))
    cited = [r.citation for r in readings if r.citation is not None]
    assert (len(readings), len(cited)) == (count, count)
    assert (cited[0].title or "").startswith(title)
    studies = [r.study for r in readings if r.study is not None]
    assert bool(studies) is bool(sentence)
    for study in studies[:1]:
        said = [study.sentence_text(s.number) for s in study.sentences if s.section is not SectionKind.TITLE]
        assert said[0].startswith(sentence)
