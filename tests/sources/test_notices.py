from __future__ import annotations

import pytest

from pipeline.sources import read_text
from pipeline.sources.language import other_language
from pipeline.sources.notices import document_kind, is_retracted_article
from schemas.study import Citation
from schemas.vocabulary import DocumentKind, PublicationStatus

LONG = "The study protocol has been published. One trial of this review has been retracted. " * 100


@pytest.mark.parametrize(
    ("title", "lines", "text", "kind"),
    [
        ("MOVE trial: study protocol for a randomised trial", [], LONG, DocumentKind.PROTOCOL),
        ("A trial of walking", ["S TUD Y P RO TOCO L Open Access"], LONG, DocumentKind.PROTOCOL),
        ("A trial of walking", [], "We will recruit 90 people. Results are not yet available.", DocumentKind.PROTOCOL),
        ("Retracted: Cure of diabetes", [], "The article was retracted.", DocumentKind.RETRACTION_NOTICE),
        ("A note", [], "This article by A. Smith has been retracted at his wish.", DocumentKind.RETRACTION_NOTICE),
        ("Corrigendum to: Walking and knees", [], LONG, DocumentKind.CORRECTION),
        ("Walking", [], "Erratum. In table 2 the number 12 should be 21.", DocumentKind.CORRECTION),
        ("Bulletin of Legs 2015, Vol. 41", ["Bulletin of Legs", "Corrigendum"], LONG, DocumentKind.CORRECTION),
        ("Walking", ["Walking", *"abcdef", "Correction"], LONG, None),
        ("A trial", ["C LINICA L TRIA L P RO TOCO L Open Access"], LONG, DocumentKind.PROTOCOL),
        ("Editorial: walk more", [], LONG, DocumentKind.EDITORIAL),
        ("Walk more", ["EDITORIAL"], LONG, DocumentKind.EDITORIAL),
        ("A trial of walking", ["Methods"], LONG, None),
        ("A swollen knee", ["Case Report"], LONG, DocumentKind.CASE_REPORT),
        ("Correction of vision by lenses", [], LONG, None),
        ("Correction for multiple testing in trials", [], "We compared four ways.", None),
        (
            "Correction for Smith et al., Walking and knees",
            [],
            "In table 2 the number 12 is wrong.",
            DocumentKind.CORRECTION,
        ),
        ("Walking and knees: a pilot study: Erratum", [], "A correction is presented.", DocumentKind.CORRECTION),
        ("Walking and knees (vol 37, pg 51, 2013)", [], "", DocumentKind.CORRECTION),
        ("Walking and knees (Retraction of vol 37, pg 51, 2013)", [], "", DocumentKind.RETRACTION_NOTICE),
        ("Retraction for Smith et al., Walking", [], "The authors retract.", DocumentKind.RETRACTION_NOTICE),
        ("Retraction", [], "Retraction\nThe authors retract.", DocumentKind.RETRACTION_NOTICE),
        ("Retraction\u2014Walking and knees", [], "The authors retract.", DocumentKind.RETRACTION_NOTICE),
        ("Retraction of the tongue during swallowing", [], "We filmed ten adults.", None),
        ("Retracted articles in nursing", [], "This paper counts 94 studies that have been retracted.", None),
        ("An improved protocol for the isolation of satellite cells", [], LONG, None),
        ("Protocol for a randomised controlled trial of walking", [], LONG, DocumentKind.PROTOCOL),
    ],
)
def test_documents_without_findings_are_known_by_title_head_or_short_text(
    title: str, lines: list[str], text: str, kind: DocumentKind | None
) -> None:
    assert document_kind(title, lines, text) is kind


def test_a_retraction_notice_counts_as_retracted_and_says_so() -> None:
    study = read_text("Retracted: Cure of diabetes\n\nThe article titled so has been retracted by the editors.")
    assert study.document is DocumentKind.RETRACTION_NOTICE
    assert study.status is PublicationStatus.RETRACTED
    assert "retraction_notice" in {n.kind for n in study.notes}


def test_an_article_marked_as_retracted_is_retracted_but_no_notice() -> None:
    assert is_retracted_article("RETRACTED ARTICLE: Walking and knees")
    assert is_retracted_article("Walking and knees (Retracted article. See vol. 37, pg. 9451, 2013)")
    assert not is_retracted_article("Retracted papers in medicine")
    assert not is_retracted_article("Walking and knees (Retraction of vol 37, pg 51, 2013)")


def test_a_protocol_says_that_it_has_no_results() -> None:
    study = read_text("Walking: study protocol for a trial\n\nMethods\n\nWe will recruit 90 people and train them.")
    assert study.document is DocumentKind.PROTOCOL
    assert "no_results" in {n.kind for n in study.notes}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "Les patients ont été suivis dans le service de la clinique et les résultats sont donnés pour les deux "
            * 4,
            "French",
        ),
        (
            "Die Patienten wurden in der Klinik untersucht und die Ergebnisse sind nicht von der Gruppe zu trennen "
            * 4,
            "German",
        ),
        ("Пациенты были обследованы в клинике " * 10, "a language other than English"),
        ("Potilaat tutkittiin klinikalla ennen hoitoa " * 40, "a language other than English"),
        (
            "The patients were followed in the clinic and the results of the two groups are given for each of them "
            * 4,
            None,
        ),
        ("Age 24 25", None),
    ],
)
def test_a_text_in_another_language_is_named(text: str, language: str | None) -> None:
    assert other_language(text) == language


def test_a_foreign_study_is_read_and_flagged() -> None:
    study = read_text("Les patients ont été suivis dans le service de la clinique et les résultats sont donnés. " * 5)
    assert "French" in next(n.message for n in study.notes if n.kind == "not_english")


@pytest.mark.parametrize(
    ("title", "lines", "expected"),
    [
        ("Walking in dogs: a systematic review", [], DocumentKind.SYSTEMATIC_REVIEW),
        ("Meta-analysis of small randomised trials of walking", [], DocumentKind.SYSTEMATIC_REVIEW),
        ("Walking in dogs: review and meta-analysis", [], DocumentKind.SYSTEMATIC_REVIEW),
        ("Walking in dogs: protocol for a systematic review", [], DocumentKind.PROTOCOL),
        ("A genome-wide association study and meta-analysis", [], None),
        ("Walking in dogs", ["REVIEW ARTICLE", "Open Access"], DocumentKind.NARRATIVE_REVIEW),
        ("Walking in dogs", ["Letter to the Editor"], DocumentKind.EDITORIAL),
        ("Walking in dogs", ["Commentary"], DocumentKind.EDITORIAL),
        ("Walking in dogs", ["Reviewed by a dog"], None),
    ],
)
def test_reviews_and_opinions_are_known_by_title_or_label(
    title: str, lines: list[str], expected: DocumentKind | None
) -> None:
    assert document_kind(title, lines, "We walked. " * 500) is expected


@pytest.mark.parametrize(("genre", "kinds"), [("preprint", ["preprint"]), (None, [])])
def test_a_preprint_is_flagged(genre: str | None, kinds: list[str]) -> None:
    study = read_text("We walked a mile. We were fast.", citation=Citation(id="a", title="Walking", genre=genre))
    assert [n.kind for n in study.notes] == kinds
