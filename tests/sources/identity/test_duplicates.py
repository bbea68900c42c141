"""The report of duplicates and the command that shows and settles them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from pipeline.cli.deduplicating import register
from pipeline.errors import InputError
from pipeline.sources.identity.decisions import FILE_NAME, Settled
from pipeline.sources.identity.duplicates import find_duplicates, in_one_line, named
from pipeline.sources.identity.publication import Publication
from tests.sources.identity.cited import TITLE, cited

RECORDS = (
    cited(id="one", DOI="10.1000/x", where="a.ris:1"),
    cited(id="two", place=" :", where="b.bib:7"),
    cited(id="pre", place="medRxiv :", where="c.ris:1"),
    cited(id="talk", title="Sleep and memory in shift workers", place="Gut 3:4", where="d.ris:1"),
    cited(id="talk-2", title="Sleep and memory in shift workers", place="Gut 5:9", year=2022, where="d.ris:9"),
)


def test_the_report_counts_records_publications_and_studies() -> None:
    report = find_duplicates(RECORDS)
    assert (report.records, report.publications, report.studies) == (5, 4, 3)
    assert [[r.where for r in g.records] for g in report.same_publication] == [["a.ris:1", "b.bib:7"]]
    assert [[r.where for r in c.publications] for c in report.same_study] == [["a.ris:1", "c.ris:1"]]
    assert report.same_study[0].reasons == ("preprint and article, by title and first author",)
    assert [(u.one.where, u.other.where, u.question) for u in report.undecided] == [
        ("d.ris:1", "d.ris:9", Settled.SAME_STUDY)
    ]


def test_no_records_are_no_duplicates() -> None:
    assert find_duplicates([]).model_dump(exclude_defaults=True)["records"] == 0


def test_a_citation_in_one_line_says_what_is_known() -> None:
    assert in_one_line(RECORDS[0].citation) == (
        f"Mendonca GV, Vila-Cha C, Teodosio C (2021). {TITLE}. Eur J Appl Physiol 121: 2305-2321. DOI 10.1000/x"
    )
    assert in_one_line(cited(title=None, authors="", year=None, place=" :").citation) == "no author. no title"


def test_a_record_is_named_by_identifier_id_or_place() -> None:
    assert named(RECORDS, "https://doi.org/10.1000/X") is RECORDS[0]
    assert named(RECORDS, "talk") is RECORDS[3]
    assert named(RECORDS, "d.ris:9") is RECORDS[4]
    with pytest.raises(InputError, match="no record has this DOI"):
        named(RECORDS, "10.1000/none")
    twins = (*RECORDS, cited(id="six", title="Erratum", DOI="10.1000/x", where="e.ris:1"))
    with pytest.raises(InputError, match=r"names 2 records \(a.ris:1, e.ris:1\)"):
        named(twins, "10.1000/x")


def test_a_record_is_named_as_the_list_prints_its_place() -> None:
    odd = (*RECORDS, cited(id="odd", where="my  notes/line\nbreak\x1b[31m.ris:4"))
    assert named(odd, "my notes/line break [31m.ris:4") is odd[-1]


def command(*arguments: str, records: Sequence[Publication] = RECORDS) -> tuple[int, str]:
    app = typer.Typer()
    app.callback()(lambda: None)
    register(app, lambda paths, options: (records, 0))
    done = CliRunner().invoke(app, ["duplicates", *arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout


def test_the_command_shows_both_citations_of_a_pair_side_by_side(tmp_path: Path) -> None:
    code, shown = command(str(tmp_path))
    assert code == 0
    assert shown.startswith("5 records, 4 publications, 3 studies\n")
    assert "one study? (same title and first author in another place or year)\n  d.ris:1: Mendonca" in shown
    assert shown.endswith("1 pair to decide: --same A B, --same-study A B or --different A B\n")


def test_a_decision_is_kept_in_the_folder_and_holds_at_once_and_later(tmp_path: Path) -> None:
    code, shown = command(str(tmp_path), "--different", "talk", "talk-2", "--by", "editor", "--why", "two years")
    assert (code, "to decide" in shown) == (0, False)
    assert "by: editor" in (tmp_path / FILE_NAME).read_text(encoding="utf-8")
    report = json.loads(command(str(tmp_path / "d.ris"), "--json")[1])
    assert report["undecided"] == []
    code, shown = command(str(tmp_path), "--same", "talk", "d.ris:9")
    assert "one publication (decided on" in shown


def test_two_decisions_at_once_and_a_pair_of_one_record_are_refused(tmp_path: Path) -> None:
    assert command(str(tmp_path), "--same", "one", "two", "--different", "one", "two")[0] == 2
    with pytest.raises(InputError, match="name one record"):
        command(str(tmp_path), "--same", "one", "10.1000/x")
    with pytest.raises(InputError, match="--why: 2,001 characters"):
        command(str(tmp_path), "--same", "one", "talk", "--why", "x" * 2_001)
    assert list(tmp_path.iterdir()) == []
