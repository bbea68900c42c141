"""Small exports in each dialect, made for the tests, and what the readers make of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pipeline.sources.assembly import Origin, build_study
from pipeline.sources.records.bibtex import read_bibtex
from pipeline.sources.records.csl_json import read_csl_json
from pipeline.sources.records.endnote import read_endnote_xml
from pipeline.sources.records.medline import read_medline
from pipeline.sources.records.ovid import read_ovid
from pipeline.sources.records.pubmed import read_pubmed_xml
from pipeline.sources.records.record import FaultyRecord, Record
from pipeline.sources.records.ris import read_ris
from pipeline.sources.records.wos import read_wos
from schemas.vocabulary import SectionKind

Reader = Callable[[str], Iterable[Record | FaultyRecord]]

ABSTRACT = (
    "BACKGROUND: Strength may cross to the other arm. METHODS: We trained one arm for 8 weeks. "
    "RESULTS: The other arm gained 8 % (p<0.05). CONCLUSIONS: Training crosses."
)
RIS_ENTRIES = [
    f"TY  - JOUR\nAU  - Lee, A. B.\nTI  - Training {word} arm\nPY  - 2020\nJO  - Arms\nVL  - {n}\nSP  - 10\nEP  - 19\n"
    f"DO  - 10.1000/arm.{n}\nAB  - {ABSTRACT}\nER  - \n\n"
    for n, word in enumerate(("one", "the other", "neither", "either"), start=1)
]
WOS_ENTRIES = [
    f"PT J\nAU Lee, AB\n   Kim, C\nTI Training {word}\n   arm\nSO ARMS\nPY 2020\nPD JUN 8\nVL {n}\nBP 10\nEP 19\n"
    f"DI 10.1000/arm.{n}\nAB {ABSTRACT}\nPM 3000000{n}\nER\n\n"
    for n, word in enumerate(("one", "the other", "neither", "either"), start=1)
]
MEDLINE_ENTRIES = [
    f"PMID- 3000000{n}\nOWN - NLM\nDP  - 2020 Jun 8\nTI  - Training {word}\n      arm.\nPG  - 10-9\n"
    f"LID - 10.1000/arm.{n} [doi]\nAB  - {ABSTRACT}\nFAU - Lee, Anna B\nAU  - Lee AB\nLA  - eng\n"
    f"PT  - Journal Article\nJT  - Arms\n\n"
    for n, word in enumerate(("one", "the other", "neither", "either"), start=1)
]
OVID_ENTRIES = [
    f"<{n}. >\nVN  - Ovid Technologies\nDB  - Ovid MEDLINE(R)\nUI  - 3000000{n}\nTI  - Training {word} arm.\n"
    f"AU  - Lee AB\nSO  - Arms. {n}(2):10-9, 2020.\nIN  - Arm Institute\n\n      Other Institute\nAB  - {ABSTRACT}\n"
    f"DO  - https://dx.doi.org/10.1000/arm.{n}\nLG  - English\nYR  - 2020\n\n"
    for n, word in enumerate(("one", "the other", "neither", "either"), start=1)
]
PUBMED_ENTRIES = [
    f"<PubmedArticle><MedlineCitation><PMID Version='1'>3000000{n}</PMID><Article><Journal><JournalIssue><Volume>{n}"
    f"</Volume><PubDate><Year>2020</Year><Month>Jun</Month></PubDate></JournalIssue><Title>Arms</Title></Journal>\n"
    f"<ArticleTitle>Training {word} arm</ArticleTitle><Abstract><AbstractText Label='METHODS'>We trained one arm."
    f"</AbstractText>\n<AbstractText Label='RESULTS'>It gained.</AbstractText></Abstract></Article></MedlineCitation>"
    f"</PubmedArticle>\n"
    for n, word in enumerate(("one", "the other", "neither", "either"), start=1)
]
ENDNOTE_ENTRIES = [
    f"<record><ref-type name='Journal Article'>17</ref-type>\n<titles><title><style face='normal'>Training {word} arm"
    f"</style></title></titles>\n<electronic-resource-num>10.1000/arm.{n}</electronic-resource-num></record>\n"
    for n, word in enumerate(("one", "the other", "neither", "either"), start=1)
]
BIBTEX_ENTRIES = [
    f"@article{{arm{n},\n  title = {{Training {word} {{ARM}}}},\n  author = {{Lee, A. B. and Kim, C.}},\n"
    f"  year = {{2020}},\n  doi = {{10.1000/arm.{n}}},\n  abstract = {{{ABSTRACT}}},\n}}\n\n"
    for n, word in enumerate(("one", "the other", "neither", "either"), start=1)
]
CSL_ENTRIES = [
    f'  {{"id": "arm{n}", "type": "article-journal", "title": "Training {word} arm",\n'
    f'   "author": [{{"family": "Lee", "given": "A. B."}}],\n   "DOI": "10.1000/arm.{n}"}}'
    for n, word in enumerate(("one", "the other", "neither", "either"), start=1)
]
SETS: dict[str, tuple[Reader, str, list[str], str, str]] = {
    "ris": (read_ris, "", RIS_ENTRIES, "", ""),
    "wos": (read_wos, "FN Clarivate Analytics Web of Science\nVR 1.0\n", WOS_ENTRIES, "", "EF\n"),
    "medline": (read_medline, "\n", MEDLINE_ENTRIES, "", ""),
    "ovid": (read_ovid, "", OVID_ENTRIES, "", ""),
    "pubmed": (
        read_pubmed_xml,
        "<?xml version='1.0'?>\n<!DOCTYPE PubmedArticleSet>\n<PubmedArticleSet>\n",
        PUBMED_ENTRIES,
        "",
        "</PubmedArticleSet>\n",
    ),
    "endnote": (read_endnote_xml, "<xml><records>", ENDNOTE_ENTRIES, "", "</records></xml>"),
    "bibtex": (read_bibtex, "", BIBTEX_ENTRIES, "", ""),
    "csl": (read_csl_json, "[\n", CSL_ENTRIES, ",\n", "\n]\n"),
}
"""Reader, what stands before the entries, the entries, what stands between them, what stands behind them."""


def read(reader: Reader, text: str) -> list[Record]:
    """The records of an export without faults."""
    found = [*reader(text)]
    assert not [entry for entry in found if isinstance(entry, FaultyRecord)]
    return [entry for entry in found if isinstance(entry, Record)]


def only(reader: Reader, text: str) -> Record:
    """The one record of an export."""
    found = read(reader, text)
    assert len(found) == 1
    return found[0]


def sections(record: Record) -> list[tuple[SectionKind, str]]:
    """Kind and heading of the sections below the title, as a study has them."""
    study = build_study(record.passages, record.citation, Origin("export", "0" * 64))
    return [(s.kind, s.heading) for s in study.sections if s.kind is not SectionKind.TITLE]


def names(record: Record) -> list[tuple[str | None, str | None]]:
    return [(name.family or name.literal, name.given) for name in record.citation.author]
