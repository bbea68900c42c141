"""Whatever the bytes: every reader ends, raises nothing, and a garbled entry never changes the others."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sources.records import draft
from pipeline.sources.records.charset import decode
from pipeline.sources.records.record import FaultyRecord, Record
from tests.sources.records.exports import SETS

NASTY = st.text(alphabet="{}[]\"'\\<>&@#,%$\r\n\x00 -=:;.aA1é", max_size=12)


def content(record: Record) -> tuple[object, ...]:
    """What a record says, its line aside."""
    return record.citation, record.passages, record.document, record.status, record.relations, record.registration


def whole(name: str, entries: list[str]) -> str:
    _, before, _, between, behind = SETS[name]
    return before + between.join(entries) + behind


@pytest.mark.parametrize("name", SETS)
def test_a_good_export_gives_every_entry_with_its_line(name: str) -> None:
    reader, before, entries, between, _ = SETS[name]
    found = [*reader(whole(name, entries))]
    lines = [(before + "".join(e + between for e in entries[:n])).count("\n") + 1 for n in range(len(entries))]
    assert all(isinstance(entry, Record) for entry in found)
    assert [entry.line for entry in found] == lines


@pytest.mark.parametrize("name", SETS)
@given(data=st.data())
@settings(max_examples=60)
def test_a_garbled_entry_never_changes_the_others(name: str, data: st.DataObject) -> None:
    reader, _, entries, _, _ = SETS[name]
    good = [content(r) for r in reader(whole(name, entries)) if isinstance(r, Record)]
    at = data.draw(st.integers(0, len(entries) - 1))
    begin = data.draw(st.integers(0, len(entries[at]) - 1))
    end = data.draw(st.integers(begin, min(len(entries[at]), begin + 120)))
    garbled = entries[at][:begin] + data.draw(NASTY) + entries[at][end:]
    changed = [*entries[:at], garbled.rstrip("\n") + "\n" * (2 if name == "medline" else 1), *entries[at + 1 :]]
    found = [content(r) for r in reader(whole(name, changed)) if isinstance(r, Record)]
    assert [r for n, r in enumerate(good) if n != at and r not in found] == []


@pytest.mark.parametrize("name", SETS)
@given(data=st.data())
@settings(max_examples=40)
def test_a_file_cut_anywhere_keeps_the_entries_before_the_cut(name: str, data: st.DataObject) -> None:
    reader, before, entries, between, _ = SETS[name]
    good = [content(r) for r in reader(whole(name, entries)) if isinstance(r, Record)]
    text = whole(name, entries)
    cut = data.draw(st.integers(0, len(text)))
    complete = sum(
        len(before) + sum(len(e) + len(between) for e in entries[:n]) <= cut for n in range(1, len(entries) + 1)
    )
    found = [content(r) for r in reader(text[:cut]) if isinstance(r, Record)]
    assert found[:complete] == good[:complete]


@pytest.mark.parametrize("name", SETS)
@given(data=st.binary(max_size=400))
@settings(max_examples=60)
def test_any_bytes_are_records_and_faults(name: str, data: bytes) -> None:
    reader = SETS[name][0]
    assert all(isinstance(entry, Record | FaultyRecord) for entry in reader(decode(data)))


@pytest.mark.parametrize("name", SETS)
@given(
    text=st.lists(
        st.sampled_from(
            [
                *'{}[]"<>/&@,=-:\n a',
                "\nTY  - ",
                "\nER  - ",
                "PT J\n",
                "\nPMID- ",
                "<record>",
                "</record>",
                "@a{",
                "\nTI  - ",
            ]
        ),
        max_size=60,
    ).map("".join)
)
@settings(max_examples=60)
def test_any_text_near_a_format_is_records_and_faults(name: str, text: str) -> None:
    reader = SETS[name][0]
    assert all(entry.line >= 1 for entry in reader(text))


@pytest.mark.parametrize("name", ["ris", "wos", "medline"])
def test_a_garbled_end_of_line_in_one_entry_is_no_end_of_the_file(name: str) -> None:
    reader, _, entries, _, _ = SETS[name]
    found = [*reader(whole(name, [entries[0], entries[1].replace("\n", "\x85", 1), *entries[2:]]))]
    assert len(found) >= len(entries) - 1


def test_entries_beyond_the_bound_are_one_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft, "MOST_RECORDS", 2)
    reader, _, entries, _, _ = SETS["ris"]
    found = [*reader(whole("ris", entries))]
    assert [type(entry).__name__ for entry in found] == ["Record", "Record", "FaultyRecord"]


def test_text_beyond_the_bound_is_one_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, _, entries, _, _ = SETS["ris"]
    monkeypatch.setattr(draft, "LARGEST_TEXT", len(entries[0]) + len(entries[1]))
    found = [*reader(whole("ris", entries))]
    assert [type(entry).__name__ for entry in found] == ["Record", "Record", "FaultyRecord"]
    assert "beyond" in getattr(found[-1], "cause", "")


def test_a_field_that_is_longer_than_any_is_cut_with_a_note() -> None:
    reader, _, entries, _, _ = SETS["ris"]
    record = next(iter(reader(entries[0].replace("RESULTS:", "RESULTS: " + "It grew. " * 60_000))))
    assert isinstance(record, Record)
    assert [note.kind for note in record.notes] == ["truncated"]
    assert sum(len(p.text) for p in record.passages) <= 400_100
