"""From identifiers to forms: who is believed, what is refused, what costs nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.settings import Settings
from pipeline.sources.assembly import Origin, build_study
from pipeline.sources.passages import Passage, Role
from pipeline.sources.reading import read_study
from pipeline.sources.records.jats import read_jats
from pipeline.sources.records.record import Record
from pipeline.sources.services.asking import Manners
from pipeline.sources.services.fetching import Fetched, NotFetched, fetch_studies, form_sections
from pipeline.sources.services.form_files import write_form
from pipeline.sources.services.identifiers import parse_identifier
from schemas.study import Relation
from schemas.vocabulary import DocumentKind, PublicationStatus, RelationKind
from tests.loopback_services.formats import jats
from tests.loopback_services.library import CLOSED, PREPRINT, RETRACTED, STAIRS, Notice, Paper
from tests.loopback_services.server import Asked, Fault, ServicesServer


class Fetch:
    """Fetches with the settings and manners of the test."""

    def __init__(self, settings: Settings, manners: Manners) -> None:
        self.settings = settings
        self.manners = manners

    def __call__(self, *texts: str) -> list[Fetched | NotFetched]:
        wanted = [i for t in texts if (i := parse_identifier(t)) is not None]
        assert len(wanted) == len(texts)
        return fetch_studies(wanted, self.settings, manners=self.manners)

    def one(self, text: str) -> Fetched:
        (found,) = self(text)
        assert isinstance(found, Fetched), found
        return found

    def reason(self, text: str) -> str:
        (found,) = self(text)
        assert isinstance(found, NotFetched), found
        return found.reason


@pytest.fixture
def fetch(settings: Settings, manners: Manners) -> Fetch:
    return Fetch(settings, manners)


def test_an_open_article_comes_with_its_full_text_licence_and_all_identifiers(fetch: Fetch) -> None:
    found = fetch.one("10.5555/stairs.2021")
    form = found.form
    assert (STAIRS.doi, STAIRS.pmid, STAIRS.pmcid) == (form.citation.DOI, form.citation.PMID, form.citation.PMCID)
    assert form.citation.id == "alpha-2021-stair"
    assert form.registration == "NCT09999901"
    assert form.sections is not None
    assert [s.heading for s in form.sections][-4:] == ["Introduction", "Methods", "Results", "Discussion"]
    assert form.source is not None
    assert form.source.services == ("PubMed", "Crossref", "Europe PMC")
    assert form.source.licence == "cc by"
    assert form.source.URL is not None
    assert form.source.URL.endswith("/PMC7000001/fullTextXML")
    assert form.checked_on == form.source.retrieved_on == datetime.now(UTC).date()
    assert found.remarks == ()


@pytest.mark.parametrize("text", ["70000001", "PMC7000001", "https://doi.org/10.5555/STAIRS.2021"])
def test_every_identifier_of_a_study_leads_to_the_same_form(fetch: Fetch, text: str) -> None:
    assert fetch.one(text).form.citation == fetch.one("10.5555/stairs.2021").form.citation


def test_many_identifiers_are_asked_of_pubmed_and_the_converter_together(
    fetch: Fetch, services: ServicesServer
) -> None:
    fetch("10.5555/stairs.2021", "10.5555/closed.2019", "10.5555/retracted.2018")
    assert len(services.of("pubmed")) == 1
    assert len(services.of("idconv")) == 1


def test_a_closed_article_comes_with_its_abstract_from_pubmed(fetch: Fetch, services: ServicesServer) -> None:
    found = fetch.one("70000002")
    assert found.form.sections is not None
    assert "Grip strength rose by 6%" in found.form.sections[0].text
    assert not services.of("unpaywall")


def test_without_pubmed_the_abstract_is_crossrefs_with_its_heads(fetch: Fetch, services: ServicesServer) -> None:
    services.change(STAIRS, STAIRS.but(held_by=frozenset({"crossref"})))
    found = fetch.one("10.5555/stairs.2021")
    assert found.form.sections is not None
    assert [s.heading for s in found.form.sections] == ["Background", "Methods", "Results", "Conclusions"]
    assert found.form.source is not None
    assert found.form.source.services == ("Crossref",)


def test_the_status_is_the_worst_that_anybody_states_and_every_notice_is_kept(fetch: Fetch) -> None:
    form = fetch.one("10.5555/retracted.2018").form
    assert form.status is PublicationStatus.RETRACTED
    assert (
        Relation(
            kind=RelationKind.RETRACTED_BY, DOI="10.5555/retracted.notice", reference="Retraction", date="2024-03-26"
        )
        in form.relations
    )
    assert any(r.PMID == "70000093" and r.kind is RelationKind.RETRACTED_BY for r in form.relations)


@pytest.mark.parametrize(
    ("kind", "reftype", "status", "relation"),
    [
        ("retraction", "", PublicationStatus.RETRACTED, RelationKind.RETRACTED_BY),
        ("withdrawal", "", PublicationStatus.RETRACTED, RelationKind.RETRACTED_BY),
        ("expression_of_concern", "", PublicationStatus.EXPRESSION_OF_CONCERN, RelationKind.CONCERN_BY),
        ("partial_retraction", "", PublicationStatus.EXPRESSION_OF_CONCERN, RelationKind.CONCERN_BY),
        ("erratum", "", PublicationStatus.CORRECTED, RelationKind.CORRECTED_BY),
        ("Corrigendum", "", PublicationStatus.CORRECTED, RelationKind.CORRECTED_BY),
        ("addendum", "", PublicationStatus.CORRECTED, RelationKind.CORRECTED_BY),
        ("", "RetractionIn", PublicationStatus.RETRACTED, RelationKind.RETRACTED_BY),
        ("", "ExpressionOfConcernIn", PublicationStatus.EXPRESSION_OF_CONCERN, RelationKind.CONCERN_BY),
        ("", "ErratumIn", PublicationStatus.CORRECTED, RelationKind.CORRECTED_BY),
    ],
)
def test_what_crossref_or_pubmed_alone_state_counts(
    fetch: Fetch, services: ServicesServer, kind: str, reftype: str, status: PublicationStatus, relation: RelationKind
) -> None:
    notice = Notice(kind, reftype, "10.5555/notice" if kind else None, "70000099" if reftype else None)
    services.change(CLOSED, CLOSED.but(notices=(notice,)))
    form = fetch.one("10.5555/closed.2019").form
    assert form.status is status
    assert relation in {r.kind for r in form.relations}


def test_a_retraction_that_was_undone_no_longer_counts(fetch: Fetch, services: ServicesServer) -> None:
    retraction = Notice("retraction", "", "10.5555/n1", day=(2020, 1, 1), by="retraction-watch")
    undone = Notice("reinstatement", "", "10.5555/n2", day=(2021, 1, 1), by="retraction-watch")
    services.change(CLOSED, CLOSED.but(notices=(retraction, undone)))
    form = fetch.one("10.5555/closed.2019").form
    assert form.status is PublicationStatus.PUBLISHED
    assert [r.DOI for r in form.relations] == ["10.5555/n1"]


def test_an_article_that_updates_itself_is_retracted_and_a_notice_is_known_as_one(
    fetch: Fetch, services: ServicesServer
) -> None:
    services.change(CLOSED, CLOSED.but(updates=(("retraction", "10.5555/closed.2019"),)))
    assert fetch.one("10.5555/closed.2019").form.status is PublicationStatus.RETRACTED
    notice = Paper("10.5555/n", "Notice about an earlier article", updates=(("retraction", "10.5555/closed.2019"),))
    services.papers.append(notice.but(held_by=frozenset({"crossref"})))
    form = fetch.one("10.5555/n").form
    assert form.document is DocumentKind.RETRACTION_NOTICE
    assert form.status is PublicationStatus.PUBLISHED
    assert [(r.kind, r.DOI) for r in form.relations] == [(RelationKind.RETRACTS, "10.5555/closed.2019")]


def test_preprint_and_article_know_each_other(fetch: Fetch, services: ServicesServer) -> None:
    form = fetch.one("10.5555/preprint.2020").form
    assert (form.citation.type, form.citation.genre) == ("article", "preprint")
    assert Relation(kind=RelationKind.HAS_ARTICLE, DOI="10.5555/showers.2022") in form.relations
    services.change(CLOSED, CLOSED.but(has_preprint=PREPRINT.doi))
    article = fetch.one("10.5555/closed.2019").form
    assert [(r.kind, r.DOI) for r in article.relations] == [(RelationKind.HAS_PREPRINT, PREPRINT.doi)]


def test_an_unknown_identifier_costs_the_others_nothing(fetch: Fetch) -> None:
    found = fetch("10.5555/nothing", "10.5555/closed.2019", "79999999", "PMC7999999")
    assert isinstance(found[1], Fetched)
    reasons = [f.reason for f in found if isinstance(f, NotFetched)]
    assert reasons == [
        (
            "no record at Crossref or PubMed; check the identifier, or give the file if somebody else registered it "
            "(DataCite: data sets, arXiv)"
        ),
        "no record at PubMed; check the identifier",
        "no record at Europe PMC or PubMed; check the identifier",
    ]


def test_a_doi_that_is_answered_with_another_is_refused(fetch: Fetch, services: ServicesServer) -> None:
    services.change(CLOSED, CLOSED.but(held_by=frozenset({"crossref"})))
    work = b'{"status":"ok","message":{"DOI":"10.5555/other","title":["Another study altogether"]}}'
    services.fail("crossref", Fault(200, work))
    assert fetch.reason("10.5555/closed.2019") == "Crossref: answers about 10.5555/other"


def test_a_doi_that_was_given_up_for_another_is_followed(fetch: Fetch, services: ServicesServer) -> None:
    services.change(CLOSED, CLOSED.but(held_by=frozenset({"crossref"})))
    work = b'{"status":"ok","message":{"DOI":"10.5555/new","aliases":["10.5555/Closed.2019"],"title":["Grip"]}}'
    services.fail("crossref", Fault(200, work))
    assert fetch.one("10.5555/closed.2019").form.citation.title == "Grip"


def test_a_record_that_states_another_doi_is_left_out_and_said(fetch: Fetch, services: ServicesServer) -> None:
    """The converter ties the DOI to a PMID whose record is about something else."""
    wrong = RETRACTED.but(pmcid="PMC7000002")
    services.change(RETRACTED, wrong)
    tied = b'{"records":[{"doi":"10.5555/closed.2019","pmid":70000003,"pmcid":"PMC7000002"}]}'
    services.change(CLOSED, CLOSED.but(held_by=frozenset({"crossref"})))
    services.fail("idconv", Fault(200, tied))
    found = fetch.one("10.5555/closed.2019")
    assert found.form.status is PublicationStatus.PUBLISHED
    assert found.form.citation.title == CLOSED.title
    assert found.remarks == ("PubMed: answers about another publication (Delta 2018)",)
    assert found.form.checked_on is None


def test_a_full_text_of_another_article_is_left_out(
    fetch: Fetch, services: ServicesServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = STAIRS.but(doi="10.5555/other", pmid="1", title="Knitting and mood in retired miners", authors=())
    original = services.answer

    def swapped(asked: Asked) -> Fault:
        return Fault(200, jats(other)) if asked.path.endswith("fullTextXML") else original(asked)

    monkeypatch.setattr(services, "answer", swapped)
    found = fetch.one("10.5555/stairs.2021")
    assert found.text is None
    assert found.form.sections is not None
    assert "gives the full text of another publication" in found.remarks[0]
    assert "Knitting" not in found.form.model_dump_json()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(200, b"<!doctype html><html>log in</html>", kind="application/json"), "a web page instead of JSON"),
        (Fault(200, b'{"status": "ok", "mess'), "broken JSON"),
        (Fault(200, b"[1]"), "JSON that is no record"),
        (Fault(200, b'{"status":"failed","message":[]}'), "without a record"),
        (Fault(200, b"[" * 100_000), "broken JSON"),
    ],
)
def test_broken_answers_of_crossref_are_named_and_the_rest_goes_on(
    fetch: Fetch, services: ServicesServer, fault: Fault, said: str
) -> None:
    services.fail("crossref", fault)
    found = fetch.one("10.5555/closed.2019")
    assert said in found.remarks[0]
    assert found.form.citation.title is not None
    assert found.form.checked_on is None


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(200, b"<html><body>down</body></html>", kind="text/xml"), "a web page instead of XML"),
        (Fault(200, b'<?xml version="1.0"?><PubmedArticleSet><PubmedArticle><Medl'), "XML that ends too early"),
        (Fault(200, b"<eFetchResult><ERROR>Backend failure</ERROR></eFetchResult>"), "an error (Backend failure)"),
        (
            Fault(400, b'{"error":"API key invalid","api-key":"0123456789abcdef0123456789"}'),
            "HTTP 400: API key invalid)",
        ),
    ],
)
def test_broken_answers_of_pubmed_are_named_and_the_rest_goes_on(
    fetch: Fetch, services: ServicesServer, fault: Fault, said: str
) -> None:
    services.fail("pubmed", fault)
    found = fetch.one("10.5555/closed.2019")
    assert said in found.remarks[0]
    assert found.form.source is not None
    assert found.form.source.services == ("Crossref", "Europe PMC")


def test_a_list_of_which_ncbi_knows_no_number_is_refused_there_and_has_no_record_here(
    fetch: Fetch, services: ServicesServer
) -> None:
    none = b"<eFetchResult><ERROR>ID list is empty! In it there are neither IDs nor accessions.</ERROR></eFetchResult>"
    services.fail("pubmed", Fault(400, none, kind="text/xml"))
    assert fetch.reason("79999999") == "no record at PubMed; check the identifier"


def test_ncbis_refusal_with_status_200_is_waited_out(fetch: Fetch, services: ServicesServer) -> None:
    services.fail("pubmed", Fault(200, b'{"error":"API rate limit exceeded","count":"4"}'))
    assert fetch.one("70000002").remarks == ()


def test_when_nobody_can_be_asked_the_reason_names_everyone(fetch: Fetch, services: ServicesServer) -> None:
    for service in ("crossref", "pubmed", "europe_pmc", "idconv"):
        services.fail(service, Fault(500), times=20)
    reason = fetch.reason("10.5555/closed.2019")
    assert "Crossref: answers with HTTP 500" in reason
    assert "Europe PMC: answers with HTTP 500" in reason


def test_europe_pmc_states_retractions_where_pubmed_cannot_be_asked(fetch: Fetch, services: ServicesServer) -> None:
    notice = Notice("", "RetractionIn", None, "70000099")
    services.change(CLOSED, CLOSED.but(notices=(notice,)))
    services.fail("pubmed", Fault(500), times=20)
    form = fetch.one("10.5555/closed.2019").form
    assert form.status is PublicationStatus.RETRACTED
    assert [r.PMID for r in form.relations] == ["70000099"]
    assert form.checked_on is None


def test_the_key_goes_into_the_body_and_into_no_address(
    polite: Settings, manners: Manners, services: ServicesServer
) -> None:
    (found,) = fetch_studies([i for i in [parse_identifier("70000002")] if i is not None], polite, manners=manners)
    assert isinstance(found, Fetched)
    assert "api_key=secret-key-0123456789abcdef" in services.of("pubmed")[0].body
    assert all("secret-key" not in str(a.parameters) + a.path for a in services.asked)
    assert "secret-key" not in found.form.model_dump_json()
    assert "editor@loopback" not in found.form.model_dump_json()


def test_a_form_reads_as_the_very_text_that_the_service_gave(fetch: Fetch, tmp_path: Path) -> None:
    (record,) = read_jats(jats(STAIRS))
    assert isinstance(record, Record)
    body = [p for p in record.passages if p.role is not Role.TITLE]
    straight = build_study(body, record.citation, Origin("a", "0"))
    form = fetch.one("10.5555/stairs.2021").form
    written = write_form(tmp_path / "forms", form)
    assert read_study(written.path).text == straight.text


def test_tables_stay_tables_in_a_form() -> None:
    passages = (
        Passage("Title", Role.TITLE),
        Passage("Results", Role.HEAD),
        Passage("Group  n  Mean\nStairs  40  1.9", Role.TABLE),
        Passage("Only one row  7", Role.TABLE),
    )
    (section,) = form_sections(passages)
    assert section.heading == "Results"
    assert section.text.split("\n\n") == [
        "| Group | n | Mean |\n| Stairs | 40 | 1.9 |",
        "| Only one row | 7 |\n| --- |",
    ]
