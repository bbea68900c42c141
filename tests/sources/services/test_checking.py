"""Asking again: what is new is noted, nothing gets better by itself, and who could not be asked is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.settings import Settings
from pipeline.sources.services.adding import add_studies
from pipeline.sources.services.asking import Manners
from pipeline.sources.services.checking import check_studies
from pipeline.sources.services.form_files import FormFile, change_form, read_form
from schemas.source_report import CheckItem, CheckOutcome, CheckReport
from schemas.study import Relation
from schemas.vocabulary import PublicationStatus, RelationKind
from tests.loopback_services.library import CLOSED, PREPRINT, Notice
from tests.loopback_services.server import Fault, ServicesServer

CHANGED, UNCHANGED, NOT_ASKED, NO_IDENTIFIER, UNREADABLE = CheckOutcome
RETRACTION = Notice("retraction", "RetractionIn", "10.5555/n", "70000099")
Check = Callable[..., CheckReport]


@pytest.fixture
def folder(tmp_path: Path, settings: Settings, manners: Manners) -> Path:
    """A folder with the closed article as it was fetched a while ago."""
    studies = tmp_path / "studies"
    add_studies(["10.5555/closed.2019"], studies, settings, warn=lambda _: None, manners=manners)
    change_form(studies / "gamma-2019-grip.yaml", {"checked_on": date(2026, 1, 1)})
    return studies


@pytest.fixture
def check(settings: Settings, manners: Manners) -> Check:
    def run(*paths: Path, dry_run: bool = False, max_age: timedelta = timedelta()) -> CheckReport:
        return check_studies(paths, settings, max_age=max_age, dry_run=dry_run, manners=manners)

    return run


def form(folder: Path, name: str = "gamma-2019-grip.yaml") -> FormFile:
    found = read_form(folder / name)
    assert found is not None
    return found


def only(report: CheckReport) -> CheckItem:
    (item,) = report.items
    return item


def test_a_retraction_since_then_is_told_with_its_notice_and_date_and_noted_in_the_form(
    check: Check, folder: Path, services: ServicesServer
) -> None:
    services.change(CLOSED, CLOSED.but(notices=(RETRACTION,)))
    item = only(check(folder))
    assert (item.outcome, item.was, item.now) == (CHANGED, PublicationStatus.PUBLISHED, PublicationStatus.RETRACTED)
    expected = Relation(kind=RelationKind.RETRACTED_BY, DOI="10.5555/n", reference="Retraction", date="2024-03-26")
    assert expected in item.notices
    assert "70000099" in {n.PMID for n in item.notices}
    noted = form(folder).form
    assert noted.status is PublicationStatus.RETRACTED
    assert expected in noted.relations
    assert noted.checked_on == datetime.now(UTC).date()
    assert only(check(folder)).outcome is UNCHANGED


def test_nothing_new_only_moves_the_day_of_the_check(check: Check, folder: Path) -> None:
    before = form(folder)
    item = only(check(folder))
    assert (item.outcome, item.complete, item.notices) == (UNCHANGED, True, ())
    assert form(folder).form == before.form.model_copy(update={"checked_on": datetime.now(UTC).date()})


def test_comments_and_the_words_of_a_person_stay(check: Check, tmp_path: Path, services: ServicesServer) -> None:
    path = tmp_path / "mine.yaml"
    mine = "# mine\ncitation:\n  id: mine  # short\n  DOI: 10.5555/closed.2019\nnote: retold\ntext: Grip rose a lot.\n"
    path.write_text(mine, encoding="utf-8")
    services.change(CLOSED, CLOSED.but(notices=(RETRACTION,)))
    assert only(check(path)).outcome is CHANGED
    assert path.read_text(encoding="utf-8").startswith(mine)


def test_a_dry_run_tells_and_writes_nothing(check: Check, folder: Path, services: ServicesServer) -> None:
    services.change(CLOSED, CLOSED.but(notices=(RETRACTION,)))
    before = form(folder).path.read_bytes()
    assert only(check(folder, dry_run=True)).outcome is CHANGED
    assert form(folder).path.read_bytes() == before


def test_everything_is_asked_afresh_unless_a_kept_answer_will_do(
    check: Check, folder: Path, services: ServicesServer
) -> None:
    services.change(CLOSED, CLOSED.but(notices=(RETRACTION,)))
    check(folder, dry_run=True, max_age=timedelta(days=1))
    services.asked.clear()
    check(folder, dry_run=True, max_age=timedelta(days=1))
    assert services.asked == []
    check(folder, dry_run=True)
    assert {a.service for a in services.asked} == {"crossref", "pubmed"}


def test_who_could_not_be_asked_is_named_and_the_day_of_the_check_stays(
    check: Check, folder: Path, services: ServicesServer
) -> None:
    services.change(CLOSED, CLOSED.but(notices=(Notice("", "RetractionIn", None, "70000099"),)))
    services.fail("crossref", Fault(500), times=20)
    item = only(check(folder))
    assert item.outcome is CHANGED
    assert not item.complete
    assert item.unheard == ("Crossref: answers with HTTP 500",)
    assert form(folder).form.status is PublicationStatus.RETRACTED
    assert form(folder).form.checked_on == date(2026, 1, 1)


def test_when_nobody_answers_the_study_was_not_asked_about(
    check: Check, folder: Path, services: ServicesServer
) -> None:
    for service in ("crossref", "pubmed"):
        services.fail(service, Fault(503), times=20)
    before = form(folder).path.read_bytes()
    item = only(check(folder))
    assert item.outcome is NOT_ASKED
    assert item.reason is not None
    assert "Crossref" in item.reason
    assert "PubMed" in item.reason
    assert form(folder).path.read_bytes() == before


def test_a_status_never_gets_better_by_itself(check: Check, folder: Path) -> None:
    change_form(form(folder).path, {"status": "retracted"})
    item = only(check(folder))
    assert (item.outcome, item.now) == (UNCHANGED, PublicationStatus.RETRACTED)
    assert item.reason == "the form says retracted, the services say published: change it by hand if they are right"
    assert form(folder).form.status is PublicationStatus.RETRACTED


def test_a_doi_that_belongs_to_another_study_does_not_retract_this_one(
    check: Check, tmp_path: Path, services: ServicesServer
) -> None:
    path = tmp_path / "typo.yaml"
    text = (
        "citation: {id: typo, title: Knitting and the mood of retired miners, DOI: 10.5555/retracted.2018}\ntext: x\n"
    )
    path.write_text(text, encoding="utf-8")
    item = only(check(path))
    assert item.outcome is NOT_ASKED
    assert item.reason is not None
    assert "answers about another publication (Delta 2018)" in item.reason
    assert path.read_text(encoding="utf-8") == text


def test_the_article_of_a_preprint_is_found_when_it_appears(
    check: Check, tmp_path: Path, settings: Settings, manners: Manners, services: ServicesServer
) -> None:
    studies = tmp_path / "s"
    services.change(PREPRINT, PREPRINT.but(preprint_of=None))
    add_studies(["10.5555/preprint.2020"], studies, settings, warn=lambda _: None, manners=manners)
    services.change(PREPRINT.but(preprint_of=None), PREPRINT)
    item = only(check(studies))
    assert item.notices == (Relation(kind=RelationKind.HAS_ARTICLE, DOI="10.5555/showers.2022"),)


def test_what_cannot_be_checked_is_counted(check: Check, tmp_path: Path) -> None:
    (tmp_path / "anonymous.yaml").write_text("citation: {id: a, title: Old letter}\ntext: x\n", encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("citation: [\n", encoding="utf-8")
    (tmp_path / "notes.md").write_text("# Notes\n", encoding="utf-8")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "claims.yaml").write_text("claim: Old letters are read.\n", encoding="utf-8")
    (tmp_path / "deeper" / "gone.yaml").write_text(
        "citation: {id: g, DOI: 10.5555/nothing}\ntext: x\n", encoding="utf-8"
    )
    report = check(tmp_path, tmp_path / "notes.md")
    by_name = {Path(i.file).name: i for i in report.items}
    assert by_name["anonymous.yaml"].outcome is NO_IDENTIFIER
    assert by_name["notes.md"].outcome is NO_IDENTIFIER
    assert by_name["broken.yaml"].outcome is UNREADABLE
    assert (by_name["gone.yaml"].outcome, by_name["gone.yaml"].reason) == (
        NOT_ASKED,
        "no record at Crossref or PubMed",
    )
    assert report.counts == {"changed": 0, "unchanged": 0, "not_asked": 1, "no_identifier": 2, "unreadable": 1}


def test_a_form_with_a_pmcid_alone_is_found_through_the_converter(check: Check, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("citation: {id: a, PMCID: PMC7000001}\ntext: x\n", encoding="utf-8")
    assert only(check(path)).outcome is UNCHANGED


def test_many_studies_are_asked_of_pubmed_together(
    check: Check, folder: Path, services: ServicesServer, tmp_path: Path
) -> None:
    for n in range(30):
        text = f"citation: {{id: s-{n}, PMID: {60000000 + n}}}\ntext: x\n"
        (folder / f"s-{n}.yaml").write_text(text, encoding="utf-8")
    services.asked.clear()
    check(folder, dry_run=True)
    assert len(services.of("pubmed")) == 1
    assert services.of("pubmed")[0].body.count("%2C") == 30
