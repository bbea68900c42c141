"""Studies after identity: no identifier lost, no text mixed, links and decisions where the rules find them."""

from __future__ import annotations

from hypothesis import given

from pipeline.rules.identifiers import identifiers, targets
from pipeline.sources.identity.decisions import Decision, Decisions, Named, Settled
from pipeline.sources.identity.grouping import resolve
from pipeline.sources.identity.matching import Grade
from pipeline.sources.identity.merging import merged
from pipeline.sources.identity.publication import Publication
from pipeline.sources.identity.sameness import same_publication
from pipeline.sources.identity.settling import settle
from schemas.study import Citation, Relation, Study
from schemas.vocabulary import PublicationStatus, RelationKind
from tests.sources.identity.cited import TITLE, cited, judged, study
from tests.sources.identity.test_matching import PUBLICATIONS

WORDS = ("Sixty adults were trained for eight weeks.", "Strength rose by 12 per cent.", "Speed did not change.")
RECORD = study(cited(PMID="7", registration="NCT01"), *WORDS[:1], name="pubmed.nbib")
PDF = study(
    Publication(Citation(id="paper", title=TITLE, DOI="10.1000/x")),
    *WORDS,
    name="paper.pdf",
    extent="full_text",
    registration="ISRCTN2",
    status=PublicationStatus.CORRECTED,
)


def test_the_merged_study_has_the_full_text_the_rich_citation_and_the_worse_status() -> None:
    found = merged(RECORD, PDF)
    assert (found.sha256, found.file_name, found.extent) == (PDF.sha256, "paper.pdf", "full_text")
    assert (found.id, found.citation.PMID, found.citation.DOI) == ("a", "7", "10.1000/x")
    assert found.citation.author == RECORD.citation.author
    assert (found.status, found.registration) == (PublicationStatus.CORRECTED, "NCT01; ISRCTN2")


@given(PUBLICATIONS, PUBLICATIONS)
def test_a_merge_never_loses_an_identifier(a: Publication, b: Publication) -> None:
    found = merged(study(a, *WORDS), study(b, *WORDS))
    aliases = {t for r in found.relations if r.kind is RelationKind.SAME_PUBLICATION for t in targets(r)}
    assert {*identifiers(found.citation), *aliases} == {*identifiers(a.citation), *identifiers(b.citation)}


def test_a_second_pmcid_stays_as_well() -> None:
    a, b = (study(cited(PMCID=f"PMC{n}"), *WORDS) for n in (1, 2))
    assert [t for r in merged(a, b).relations for t in targets(r)] == ["pmcid:pmc2"]


def test_the_text_is_the_second_leg_for_bare_files() -> None:
    bare = study(Publication(Citation(id="scan", title="Microsoft Word - final.docx")), *WORDS, name="scan.pdf")
    assert same_publication(bare, study(cited(), *WORDS[:2], "Other words end it.")).grade is not Grade.SAME
    assert same_publication(bare, study(cited(), *WORDS[:2])).reason == "nearly the same text"
    assert same_publication(bare, study(cited(), *WORDS)).reason == "the same text"


def test_a_file_without_authors_is_a_record_whose_title_and_authors_it_begins_with() -> None:
    def file(*begins: str) -> Study:
        return study(Publication(Citation(id="scan", title=TITLE)), *begins, *WORDS, name="scan.pdf")

    record = study(cited(), "Background: little is known of training. Results: none.")
    printed = "Goncalo V. Mendonca 1, Carolina Vila-Cha 2 and Carlos Teodosio 1"
    assert same_publication(file(printed), record).reason == "same title, and the file names the same authors"
    assert judged(Publication.of_study(file(printed)), cited()).grade is Grade.POSSIBLE, (
        "the citation alone is too little"
    )
    assert same_publication(file("Goncalo V. Mendonca 1 and Jane Doe 2"), record).grade is Grade.POSSIBLE
    reply = study(cited(title=f"Reply to: {TITLE}"), "We thank them.")
    assert same_publication(file(printed), reply).grade is Grade.DIFFERENT


def test_one_text_does_not_merge_a_preprint_with_its_article_nor_two_notices() -> None:
    article, preprint = study(cited(), *WORDS), study(cited(place="medRxiv :"), *WORDS)
    assert same_publication(article, preprint).grade is Grade.DIFFERENT
    wording = ("This article has been retracted.", "The editors regret it.")
    one, other = (
        study(cited(title=f"Retraction: {t}", place="Gut 1:1"), *wording) for t in ("Sleep in mice", "Pain in men")
    )
    assert same_publication(one, other).grade is not Grade.SAME


def test_one_abstract_under_two_titles_of_other_authors_or_in_two_journals_merges_nothing() -> None:
    one = study(cited(DOI="10.1000/a"), *WORDS)
    neighbour = study(cited("Smoking in mice", "Doe J", place="Eur J Appl Physiol 121:77", DOI="10.1000/b"), *WORDS)
    assert same_publication(one, neighbour).grade is Grade.DIFFERENT
    assert same_publication(one, study(cited(place="Cardiology 5:99"), *WORDS)).grade is Grade.DIFFERENT
    answer = study(cited("Reply on RC1", place=" :", DOI="10.1000/a-ac1"), *WORDS)
    assert same_publication(one, answer).grade is Grade.DIFFERENT
    long = tuple(f"In week {n} the dogs walked {n + 3} miles." for n in range(8))
    replies = (study(cited(f"Reply on RC{n}", place=" :", DOI=f"10.1000/a-ac{n}"), *long) for n in (1, 2))
    assert same_publication(*replies).grade is not Grade.SAME
    report = study(cited("An agency-based framework of preparation", place=" :"), *WORDS)
    assert same_publication(one, report).grade is Grade.DIFFERENT
    assert resolve([Publication.of_study(s) for s in (one, report)]).clusters == ((0, 1),), "counted once"


def test_studies_are_merged_named_and_linked() -> None:
    preprint = study(cited(place="medRxiv :", DOI="10.1101/2020.01.01.123456"), *WORDS, name="preprint.pdf")
    other = study(cited(title="Sleep and memory in shift workers", authors="Doe J"), "Sleep was short.", name="b.txt")
    found = settle(
        [RECORD, PDF.model_copy(update={"citation": PDF.citation.model_copy(update={"PMID": "7"})}), preprint, other]
    )
    assert [s.id for s in found.studies] == ["a", "a-2", "a-3"], "ids differ, in the order given"
    assert found.messages[0] == "paper.pdf: counted once with pubmed.nbib (same PMID 7)"
    assert found.studies[0].relations[-1] == Relation(
        kind=RelationKind.HAS_PREPRINT, DOI=preprint.citation.DOI, reference="a-2"
    )
    assert found.studies[1].relations[-1].kind is RelationKind.HAS_ARTICLE
    assert found.studies[2].relations == ()


def test_decisions_become_relations_that_an_analysis_stores() -> None:
    one, two = study(cited(id="one"), *WORDS[:1]), study(cited(id="two", place="Gut 9:9", year=2023), *WORDS[1:2])
    for decision, kind in (
        (Settled.SAME_STUDY, RelationKind.SAME_STUDY),
        (Settled.DIFFERENT, RelationKind.OTHER_STUDY),
    ):
        told = Decision(studies=(Named.of(one.citation), Named.of(two.citation)), decision=decision)
        found = settle([one, two], Decisions((told,)))
        assert [s.relations for s in found.studies] == [(Relation(kind=kind, reference=x),) for x in ("two", "one")]
        assert found.messages == ()
    assert "perhaps reports of one study" in settle([one, two]).messages[0]


def test_the_phrase_of_a_database_makes_no_two_letters_one() -> None:
    phrase = ("An abstract is unavailable.", "This article is available as full text and PDF.")
    one = study(cited(title="Reply", authors="Lee A", year=2010, DOI="10.1000/a"), *phrase)
    other = study(cited(title="Reply", authors="Kim B", year=2019, DOI="10.1000/b"), *phrase)
    assert same_publication(one, other).grade is not Grade.SAME
    long = tuple(f"In week {n} the dogs walked {n + 3} miles." for n in range(8))
    assert (
        same_publication(study(cited(DOI="10.1000/a"), *long), study(cited(DOI="10.1000/b"), *long)).grade is Grade.SAME
    )
