"""Study forms as files: found by identifier, written whole, and read back as what was meant."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.reading import read_study
from pipeline.sources.services.form_files import (
    Shelf,
    as_yaml,
    change_form,
    fields_of_form,
    read_form,
    write_form,
)
from pipeline.sources.services.identifiers import parse_identifier
from pipeline.sources.study_form import FormSection, FormSource, StudyForm, parse_form
from schemas.study import Citation, Relation
from schemas.vocabulary import PublicationStatus, RelationKind

TEXT = "Sixty adults were trained. Strength rose by 5% (p = 0.01)."


def form(**fields: object) -> StudyForm:
    stated: dict[str, object] = {"citation": Citation(id="lee-2020", title="A title", DOI="10.1234/a"), "text": TEXT}
    return StudyForm.model_validate({**stated, **fields})


def test_a_written_form_reads_as_it_was_meant_and_knows_its_sources(tmp_path: Path) -> None:
    whole = form(
        text=None,
        sections=(
            FormSection(heading="No", text=f"{TEXT}\n\n| a | 1 |\n| b | 2 |"),
            FormSection(heading="", text="x: y"),
        ),
        status=PublicationStatus.RETRACTED,
        relations=(Relation(kind=RelationKind.RETRACTED_BY, PMID="123", date="2024-03-26", reference="12:30"),),
        source=FormSource(
            services=("PubMed",), retrieved_on=date(2026, 1, 31), URL="https://x.example/?a=b", licence="no"
        ),
        checked_on=date(2026, 1, 31),
    )
    file = write_form(tmp_path, whole)
    assert file.form == whole
    study = read_study(file.path)
    assert study.status is PublicationStatus.RETRACTED
    assert study.relations == whole.relations


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_survives_being_written(heading: str, text: str) -> None:
    clean = "".join(c for c in text if c.isprintable() or c in "\n\t")
    head = "".join(c for c in heading if c.isprintable())
    whole = form(text=None, sections=(FormSection(heading=head, text=clean),))
    assert parse_form(as_yaml(whole), "x.yaml", is_json=False) == whole


def test_old_forms_and_numbers_that_nobody_put_in_quotes_still_load() -> None:
    text = "citation: {id: a, PMID: 12}\nrelations:\n- {kind: retracted_by, PMID: 34, date: 2024-03-26}\ntext: x\n"
    loaded = parse_form(text, "a.yaml", is_json=False)
    assert loaded.relations == (Relation(kind=RelationKind.RETRACTED_BY, PMID="34", date="2024-03-26"),)
    assert parse_form("citation: {id: a}\ntext: x\n", "a.yaml", is_json=False).source is None


def test_a_name_that_is_taken_gets_a_number_and_the_id_with_it(tmp_path: Path) -> None:
    first, second = write_form(tmp_path, form()), write_form(tmp_path, form())
    assert (first.path.name, second.path.name) == ("lee-2020.yaml", "lee-2020-2.yaml")
    assert second.form.citation.id == "lee-2020-2"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["lee-2020-2.yaml", "lee-2020.yaml"]


def test_a_change_keeps_what_a_person_wrote(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"# mine\ncitation: {{id: a}}  # short\nnote: retold\ntext: >-\n  {TEXT}\n", encoding="utf-8")
    assert change_form(path, {"status": "retracted", "checked_on": date(2026, 1, 31)})
    text = path.read_text(encoding="utf-8")
    assert text.startswith(f"# mine\ncitation: {{id: a}}  # short\nnote: retold\ntext: >-\n  {TEXT}\n")
    changed = read_form(path)
    assert changed is not None
    assert (changed.form.status, changed.form.checked_on) == (PublicationStatus.RETRACTED, date(2026, 1, 31))
    assert not change_form(path, fields_of_form(changed.form, "status", "relations", "checked_on"))


def test_a_shelf_finds_forms_by_any_identifier_and_names_what_is_no_form(tmp_path: Path) -> None:
    write_form(tmp_path, form(citation=Citation(id="a", DOI="10.1234/A", PMID="5")))
    (tmp_path / "claims.yaml").write_text("claim: Something helps.\n", encoding="utf-8")
    (tmp_path / "bad.yaml").write_text("citation: {id: b}\n", encoding="utf-8")
    (tmp_path / ".hidden.yaml").write_text("citation: {", encoding="utf-8")
    said: list[str] = []
    shelf = Shelf(tmp_path, said.append)
    for text in ("https://doi.org/10.1234/a", "PMID 5"):
        identifier = parse_identifier(text)
        assert identifier is not None
        found = shelf.find([identifier])
        assert found is not None
        assert found.path.name == "a.yaml"
    assert len(said) == 1
    assert "bad.yaml: is not a valid study form" in said[0]


@pytest.mark.parametrize(
    ("fields", "has_text"),
    [({}, True), ({"text": " "}, False), ({"text": None, "file": "a.pdf"}, True),
     ({"text": None, "sections": (FormSection(heading="Results", text=""),)}, False)],
)  # fmt: skip
def test_a_form_without_a_word_of_text_holds_nothing_to_analyse(
    tmp_path: Path, fields: dict[str, object], has_text: bool
) -> None:
    assert write_form(tmp_path, form(**fields)).has_text is has_text
