"""Studies into a folder of forms: what is known is not fetched again, one study is one form, a PDF is the right one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import SetupError
from pipeline.settings import Settings
from pipeline.sources.reading import read_study
from pipeline.sources.services.adding import Added, add_studies, listed
from pipeline.sources.services.asking import Manners
from pipeline.sources.services.form_files import change_form, read_form
from schemas.source_report import SourceOutcome
from schemas.vocabulary import PublicationStatus
from tests.loopback_services.library import CLOSED, STAIRS, Notice
from tests.loopback_services.server import Asked, Fault, ServicesServer

READ, KNOWN, DUPLICATE, BARE, FAILED = SourceOutcome
Add = Callable[..., Added]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "studies"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def add(settings: Settings, manners: Manners, folder: Path, said: list[str]) -> Add:
    def run(*given: str, refresh: bool = False, polite: Settings | None = None) -> Added:
        return add_studies(given, folder, polite or settings, warn=said.append, refresh=refresh, manners=manners)

    return run


def pdf(tmp_path: Path, *lines: str) -> bytes:
    path = tmp_path / "made.pdf"
    canvas = Canvas(str(path), invariant=1)
    for place, line in enumerate(lines):
        canvas.drawString(60, 760 - 16 * place, line)
    canvas.save()
    return path.read_bytes()


def test_every_identifier_gets_an_item_in_its_order_and_one_study_one_form(add: Add, folder: Path) -> None:
    added = add("10.5555/stairs.2021", "nonsense", "70000002", "PMC7000001", "10.5555/bare.2015", "10.5555/nothing")
    assert [i.outcome for i in added.items] == [READ, FAILED, READ, DUPLICATE, BARE, FAILED]
    assert added.items[3].duplicate_of == added.items[0].study == "alpha-2021-stair"
    assert [p.name for p in added.files] == ["alpha-2021-stair.yaml", "gamma-2019-grip.yaml"]
    assert sorted(p.name for p in folder.iterdir()) == [
        "alpha-2021-stair.yaml",
        "epsilon-2015-letter.yaml",
        "gamma-2019-grip.yaml",
    ]
    assert str(added.items[1].reason).startswith("is no DOI, PMID or PMCID, and no file; write it as 10.1234/abc")
    assert (added.items[0].sentences or 0) > 5


def test_a_known_study_is_not_fetched_again_by_whatever_identifier(add: Add, services: ServicesServer) -> None:
    add("10.5555/stairs.2021")
    services.asked.clear()
    again = add("PMID 70000001", "https://doi.org/10.5555/stairs.2021", "PMC7000001")
    assert [i.outcome for i in again.items] == [KNOWN] * 3
    assert services.asked == []
    assert len(again.files) == 1


def test_a_form_that_a_person_wrote_is_known_by_its_doi(add: Add, folder: Path, services: ServicesServer) -> None:
    folder.mkdir()
    mine = "citation: {id: mine, DOI: 10.5555/Closed.2019}\nnote: retold\ntext: Grip rose. It rose by 6%.\n"
    (folder / "mine.yaml").write_text(mine, encoding="utf-8")
    assert [i.study for i in add("10.5555/closed.2019").items] == ["mine"]
    # Its PMID is not in the form: it is asked for, and then the study is known.
    assert [(i.outcome, i.study) for i in add("70000002").items] == [(KNOWN, "mine")]
    assert (folder / "mine.yaml").read_text(encoding="utf-8") == mine


def test_refresh_fetches_again_and_keeps_id_note_and_comments(add: Add, folder: Path, services: ServicesServer) -> None:
    folder.mkdir()
    mine = "# mine\ncitation: {id: mine, DOI: 10.5555/closed.2019}\nnote: keep this\ntext: Old words of a person.\n"
    (folder / "mine.yaml").write_text(mine, encoding="utf-8")
    services.change(CLOSED, CLOSED.but(notices=(Notice("retraction", "", "10.5555/n"),)))
    (item,) = add("10.5555/closed.2019", refresh=True).items
    assert item.reason is None, item.reason
    assert (item.outcome, item.study, item.status) == (READ, "mine", PublicationStatus.RETRACTED)
    text = (folder / "mine.yaml").read_text(encoding="utf-8")
    assert text.startswith("# mine\n")
    assert "note: keep this" in text
    assert "Old words" not in text
    assert [p.name for p in folder.iterdir()] == ["mine.yaml"]


def test_a_citation_without_text_is_asked_for_again_until_there_is_one(
    add: Add, folder: Path, services: ServicesServer, settings: Settings, manners: Manners
) -> None:
    (item,) = add("10.5555/bare.2015").items
    assert item.outcome is BARE
    assert item.reason is not None
    assert "no abstract and no open text" in item.reason
    bare = next(p for p in services.papers if p.doi == "10.5555/bare.2015")
    services.change(bare, bare.but(abstract=(("", "Balance was measured in ten fields. It varied by a third."),)))
    later = add_studies(
        ["10.5555/bare.2015"], folder, settings, warn=lambda _: None, max_age=timedelta(), manners=manners
    )
    assert [(i.outcome, i.study) for i in later.items] == [(READ, "epsilon-2015-letter")]
    assert [p.name for p in folder.iterdir()] == ["epsilon-2015-letter.yaml"]


def test_a_withdrawn_record_without_text_says_that_it_was_withdrawn(add: Add, services: ServicesServer) -> None:
    bare = next(p for p in services.papers if p.doi == "10.5555/bare.2015")
    services.change(bare, bare.but(notices=(Notice("withdrawal", "", "10.5555/bare.notice"),)))
    (item,) = add("10.5555/bare.2015").items
    assert (item.outcome, item.status) == (BARE, PublicationStatus.RETRACTED)
    assert item.reason == "it was withdrawn or retracted, and its record has no text"


def test_without_a_contact_address_unpaywall_is_left_out_and_that_is_said_once(
    add: Add, services: ServicesServer, said: list[str]
) -> None:
    add("10.5555/closed.2019", "10.5555/retracted.2018")
    assert services.of("unpaywall") == []
    assert [s for s in said if "MECHSYN_CONTACT" in s] == said
    assert len(said) == 1


def test_an_open_pdf_becomes_the_text_with_its_pages(
    add: Add, services: ServicesServer, polite: Settings, tmp_path: Path, folder: Path
) -> None:
    page = (CLOSED.title, "Gil Gamma", "Forty students rowed for eight weeks.", "Grip strength rose by 6% (p = 0.01).")
    services.files["grip.pdf"] = Fault(200, pdf(tmp_path, *page), kind="text/plain")
    services.change(CLOSED, CLOSED.but(pdf_url=f"{services.url}/files/grip.pdf", licence="cc-by"))
    added = add("10.5555/closed.2019", polite=polite)
    (item,) = added.items
    assert (item.outcome, item.pages, item.reason) == (READ, 1, None)
    file = read_form(added.files[0])
    assert file is not None
    assert file.form.file == "gamma-2019-grip.pdf"
    assert file.form.source is not None
    assert (file.form.source.licence, file.form.source.services[-1]) == ("cc-by", "Unpaywall")
    assert "Grip strength rose by 6%" in read_study(added.files[0]).text
    assert services.of("unpaywall")[0].parameters == {"email": "editor@loopback.example"}
    assert "editor@loopback.example" not in added.files[0].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "of another publication"), (b"<html>log in</html>", "is no PDF"), (b"%PDF-1.4 broken", "open PDF")],
)
def test_a_pdf_that_is_not_of_the_study_is_left_out_and_said(
    add: Add,
    services: ServicesServer,
    polite: Settings,
    tmp_path: Path,
    folder: Path,
    content: bytes | None,
    why: str,
) -> None:
    other = pdf(tmp_path, "Knitting and the mood of miners", "Twenty miners knitted.")
    services.files["grip.pdf"] = Fault(200, content or other, kind="application/pdf")
    services.change(CLOSED, CLOSED.but(pdf_url=f"{services.url}/files/grip.pdf", licence="cc-by"))
    (item,) = add("10.5555/closed.2019", polite=polite).items
    assert item.outcome is READ
    assert item.reason is not None
    assert why in item.reason
    assert [p.name for p in folder.iterdir()] == ["gamma-2019-grip.yaml"]
    study = read_study(folder / "gamma-2019-grip.yaml")
    assert "Grip strength rose by 6%" in study.text


@pytest.mark.parametrize(
    "url",
    [
        "https://10.0.0.8/a.pdf",
        "http://papers.example/a.pdf",
        "file:///etc/passwd",
        "https://[::1]/a.pdf",
        "://",
        "https://[bad",
    ],
)
def test_a_pdf_at_a_private_or_unsafe_address_is_never_asked_for(
    add: Add, services: ServicesServer, polite: Settings, url: str
) -> None:
    services.change(CLOSED, CLOSED.but(pdf_url=url, licence="cc-by"))
    (item,) = add("10.5555/closed.2019", polite=polite).items
    assert item.outcome is READ
    assert item.reason is not None
    assert item.reason.startswith("open PDF: ")
    assert services.of("files") == []


def test_the_title_of_a_hostile_record_cannot_lead_out_of_the_folder(
    add: Add, services: ServicesServer, folder: Path
) -> None:
    services.change(STAIRS, STAIRS.but(authors=(("../../etc", "A"),), title="../../passwd <script>x</script>", body=()))
    added = add("10.5555/stairs.2021")
    assert [p.parent for p in added.files] == [folder]


def test_a_broken_form_in_the_folder_is_named_and_left_alone(add: Add, folder: Path, said: list[str]) -> None:
    folder.mkdir()
    (folder / "broken.yaml").write_text("citation: [", encoding="utf-8")
    assert add("10.5555/closed.2019").items[0].outcome is READ
    assert "broken.yaml" in said[0]
    assert (folder / "broken.yaml").read_text(encoding="utf-8") == "citation: ["


def test_a_known_study_whose_form_has_gone_bad_is_a_failure(add: Add, folder: Path) -> None:
    add("10.5555/closed.2019")
    change_form(folder / "gamma-2019-grip.yaml", {"sections": None, "file": "gone.pdf"})
    (item,) = add("10.5555/closed.2019").items
    assert item.outcome is FAILED
    assert item.reason is not None
    assert "gone.pdf" in item.reason


def test_a_full_text_that_is_not_there_after_all_leaves_the_abstract(
    add: Add, services: ServicesServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.change(STAIRS, STAIRS.but(body=(("", ""),)))
    original = services.answer

    def without(asked: Asked) -> Fault:
        return Fault(404) if asked.path.endswith("fullTextXML") else original(asked)

    monkeypatch.setattr(services, "answer", without)
    (item,) = add("10.5555/stairs.2021").items
    assert (item.outcome, item.sentences) == (READ, 4)
    assert item.reason == "Europe PMC has no full text of it, although it says so"


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (
            Fault(422, b'{"HTTP_status_code":422,"error":true,"message":"Please use your own email"}'),
            "HTTP 422: Please use your",
        ),
        (
            Fault(200, b'{"HTTP_status_code":404,"error":true,"message":"invalid doi"}'),
            "reports an error (invalid doi)",
        ),
        (Fault(200, b'{"doi":"10.5555/other"}'), "answers about 10.5555/other"),
        (Fault(404), None),
    ],
)
def test_what_unpaywall_refuses_costs_the_study_nothing(
    add: Add, services: ServicesServer, polite: Settings, fault: Fault, why: str | None
) -> None:
    services.fail("unpaywall", fault)
    (item,) = add("10.5555/closed.2019", polite=polite).items
    assert item.outcome is READ
    assert (item.reason is None) if why is None else (why in (item.reason or ""))


def test_answers_that_cannot_be_kept_end_the_run_with_one_line(
    add: Add, settings: Settings, manners: Manners, folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    broken = settings.model_copy(update={"home": tmp_path / "file"})
    with pytest.raises(SetupError, match="answers of services cannot be kept here"):
        add_studies(["70000002"], folder, broken, warn=lambda _: None, manners=manners)


def test_a_list_leaves_out_empty_lines_and_comments() -> None:
    given = ["# spring", "", " 10.1234/a ", "PMID 5  # the first", "10.1234/a#b", "  #"]
    assert listed(given) == ["10.1234/a", "PMID 5", "10.1234/a#b"]
