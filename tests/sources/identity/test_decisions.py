"""A person's decisions: kept as a person can read them, replaced whole or not at all, refused when damaged."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from pipeline.errors import OutputError, SourceError
from pipeline.sources.identity.decisions import (
    FILE_NAME,
    LARGEST_FILE,
    Decision,
    Decisions,
    Named,
    Settled,
    read_decisions,
    record_decision,
)
from schemas.study import Citation

A = Citation(id="a", title="Training", DOI="10.1000/x")
B = Citation(id="b", title="Training again", PMID="7")
BARE = Citation(id="bare", title="Training of the other leg")


def decision(one: Citation = A, other: Citation = B, **more: object) -> Decision:
    fields: dict[str, object] = {"studies": (Named.of(one), Named.of(other)), "decision": Settled.SAME_STUDY}
    return Decision.model_validate(fields | more)


def test_a_folder_without_file_holds_no_decision(tmp_path: Path) -> None:
    assert read_decisions(tmp_path).entries == ()


def test_a_decision_is_read_as_it_was_recorded(tmp_path: Path) -> None:
    made = decision(by="editor", on=dt.date(2026, 3, 1), why="same cohort: Lisbon")
    assert record_decision(tmp_path, made) == tmp_path / FILE_NAME
    record_decision(tmp_path, decision(B, BARE, decision="different"))
    assert read_decisions(tmp_path).entries == (made, decision(B, BARE, decision="different"))
    text = (tmp_path / FILE_NAME).read_text(encoding="utf-8")
    assert text.startswith("# What a person decided")
    assert "why: 'same cohort: Lisbon'" in text
    assert [p.name for p in tmp_path.iterdir()] == [FILE_NAME], "nothing is left beside it"


def test_what_a_reader_wrote_into_the_file_stays(tmp_path: Path) -> None:
    record_decision(tmp_path, decision())
    path = tmp_path / FILE_NAME
    path.write_text(path.read_text(encoding="utf-8") + "# asked the authors\n", encoding="utf-8")
    record_decision(tmp_path, decision(decision="different"))
    assert "# asked the authors\n" in path.read_text(encoding="utf-8")
    assert len(read_decisions(tmp_path).entries) == 2


def test_a_file_in_another_style_is_written_anew_with_all_its_entries(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_text('[{studies: [{pmid: 7}, {doi: "10.1000/x"}], decision: different}]', encoding="utf-8")
    record_decision(tmp_path, decision())
    assert [e.decision for e in read_decisions(tmp_path).entries] == [Settled.DIFFERENT, Settled.SAME_STUDY]


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("- studies: [", "not valid YAML"),
        ("studies: x", "no list of decisions"),
        ("- 3", "entry 1"),
        ("- studies: [{pmid: 7}, {pmid: 8}]\n  decision: maybe", "entry 1: decision"),
        ("- studies: [{pmid: 7}, {title: X}]\n  decision: different", "entry 1: studies.1"),
        ("- studies: [{pmid: 7}]\n  decision: different", "entry 1: studies"),
        ("- !!python/object/apply:os.getcwd []", "not valid YAML"),
        ("[" * 5000, "nested too deeply"),
        ("- &a [x, x]\n- [*a, *a]", "aliases"),
        ("x" * (LARGEST_FILE + 1), "larger than"),
        ("- \x00", "not valid YAML"),
    ],
)
def test_a_damaged_file_is_refused_in_one_line_with_what_to_do(tmp_path: Path, text: str, cause: str) -> None:
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    with pytest.raises(SourceError) as refused:
        read_decisions(tmp_path)
    assert cause in str(refused.value)
    assert "\n" not in str(refused.value)
    with pytest.raises(SourceError):
        record_decision(tmp_path, decision())
    assert (tmp_path / FILE_NAME).read_text(encoding="utf-8") == text, "a damaged file is not overwritten"


def test_a_folder_in_its_place_and_a_folder_that_is_missing_are_named(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(SourceError, match="cannot be read"):
        read_decisions(tmp_path)
    with pytest.raises(OutputError, match="cannot be written"):
        record_decision(tmp_path / "missing", decision())


def test_a_pair_is_found_by_identifier_or_by_id_and_title() -> None:
    kept = Decisions((decision(), decision(A, BARE)))
    moved = A.model_copy(update={"id": "z", "title": "TRAINING", "DOI": "https://doi.org/10.1000/X"})
    assert set(kept.pairs([B, moved, BARE])) == {(0, 1), (1, 2)}
    assert set(kept.pairs([B, A.model_copy(update={"DOI": "10.1000/y"}), BARE])) == set()
    assert set(kept.pairs([A, BARE.model_copy(update={"title": "Another title"})])) == set()
    assert set(kept.pairs([A, BARE.model_copy(update={"PMID": "9"})])) == {(0, 1)}, "an identifier found later"


def test_an_identifier_that_is_a_text_is_not_kept() -> None:
    assert Named.of(A.model_copy(update={"DOI": "10.1000/" + "x" * 3000})).doi is None


def test_two_records_with_one_doi_are_told_apart_by_id_and_title() -> None:
    notice = A.model_copy(update={"id": "n", "title": "Erratum"})
    kept = Decisions((decision(A, notice, decision="different"),))
    assert set(kept.pairs([A, notice, A.model_copy(update={"id": "other", "title": "Other"})])) == {(0, 1)}
