from __future__ import annotations

import hashlib
import json
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import SourceError
from pipeline.sources import assembly, opening, read_study, read_text
from schemas.study import Citation, Study
from schemas.vocabulary import DocumentKind, PublicationStatus, SectionKind

FORM = """
citation:
  id: lee-2020
  title: Walking
  author: [{family: Lee, given: A}]
  issued: {date-parts: [[2020]]}
  volume: 35
note: Retells Lee 2020 in its own words.
registration: NCT00000001
status: corrected
document: primary_study
"""


def put(folder: Path, content: str | bytes, name: str = "study.yaml") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def assert_sound(study: Study) -> None:
    """What holds for every study: hashes, offsets, order."""
    assert study.sha256 == hashlib.sha256(study.text.encode()).hexdigest()
    assert [s.number for s in study.sentences] == list(range(1, len(study.sentences) + 1))
    position = 0
    for sentence in study.sentences:
        text = study.text[sentence.start : sentence.end]
        assert sentence.start >= position
        assert text == text.strip() != ""
        assert "\n\n" not in text
        position = sentence.end
    for section in study.sections:
        assert 0 <= section.start <= section.end <= len(study.text)
    assert study.text == study.text.strip()
    assert len(study.text) <= assembly.LONGEST_TEXT


def test_a_form_with_text_is_read_with_all_that_it_states(tmp_path: Path) -> None:
    path = put(tmp_path, FORM + "text: |\n  We walked 12 km.\n  It hurt.\n")
    study = read_study(path)
    assert (study.id, study.citation.volume, study.citation.year) == ("lee-2020", "35", 2020)
    assert (study.status, study.document) == (PublicationStatus.CORRECTED, DocumentKind.PRIMARY_STUDY)
    assert study.registration == "NCT00000001"
    assert [(n.kind, n.message) for n in study.notes] == [("retelling", "Retells Lee 2020 in its own words.")]
    assert [study.sentence_text(n) for n in (1, 2)] == ["We walked 12 km.", "It hurt."]
    assert study.file_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert_sound(study)


def test_a_form_with_sections_keeps_them(tmp_path: Path) -> None:
    parts = "{heading: Methods, text: We walked.}, {heading: '', text: On.}, {heading: Results, text: It hurt.}"
    content = f"{FORM}sections: [{parts}]"
    study = read_study(put(tmp_path, content))
    assert [(s.kind, s.heading) for s in study.sections] == [
        (SectionKind.METHODS, "Methods"), (SectionKind.RESULTS, "Results"),
    ]  # fmt: skip
    assert study.text == "Methods\n\nWe walked.\n\nOn.\n\nResults\n\nIt hurt."


def test_the_same_form_in_json_gives_the_same_study(tmp_path: Path) -> None:
    form = {"citation": {"id": "lee-2020", "volume": 35}, "text": "We walked. It hurt."}
    from_json = read_study(put(tmp_path, json.dumps(form), "study.txt"))
    from_yaml = read_study(put(tmp_path, "citation: {id: lee-2020, volume: 35}\ntext: We walked. It hurt.\n"))
    assert from_json.text == from_yaml.text
    assert from_json.citation == from_yaml.citation


def test_a_form_may_name_a_text_file_beside_it(tmp_path: Path) -> None:
    beside = put(tmp_path, "Walking and knees\n\nWe walked.", "lee.txt")
    study = read_study(put(tmp_path, FORM + "file: lee.txt\n"))
    assert study.file_name == "lee.txt"
    assert study.file_sha256 == hashlib.sha256(beside.read_bytes()).hexdigest()
    assert study.sentences[0].section is SectionKind.TITLE


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        ("citation: {id: a}\n", "exactly one of text, sections and file"),
        ("citation: {id: a}\ntext: a\nfile: a.txt\n", "exactly one of text, sections and file"),
        ("citation: {id: a}\ntext: a\nlabel: strong\n", "label: Extra inputs are not permitted"),
        ("citation: {id: A B}\ntext: a\n", "citation.id"),
        ("citation: lee\ntext: a\n", "citation"),
        ("citation: {id: a}\nstatus: excellent\ntext: a\n", "status"),
        ("citation: {id: a}\nfile: ../a.txt\n", "plain name"),
        ("citation: {id: a}\nfile: /etc/passwd\n", "plain name"),
        ("citation: {id: a}\nfile: 'a\\b.txt'\n", "plain name"),
        ("citation: {id: a}\nfile: .hidden.txt\n", "plain name"),
        ("citation: {id: a}\nfile: a.sh\n", "must end in"),
        ("citation: {id: a}\nfile: missing.txt\n", "cannot be found"),
        ("citation: {id: a}\nfile: null\ntext: '  '\n", "no text that could be a study"),
        ("citation: &a {id: a}\nnote: *a\ntext: a\n", "aliases"),
        ("citation: " + "[" * 40 + "]" * 40, "nested too deeply"),
        ("citation: {id: a\n", "not valid YAML"),
        ("citation: !!python/object/apply:os.system [ls]\n", "not valid YAML"),
        ("citation: 2020-13-45\ntext: a\n", "not valid YAML"),
        ('{"citation": {"id": "a"}, "text": ', "not valid JSON"),
        ('{"text": "a"}', "citation: Field required"),
        ('{"citation": ' + "[" * 5000 + "]" * 5000 + "}", "not valid"),
        ("[a,\ncitation: b]\n", "a mapping with the key 'citation' is needed"),
        ("- citation: a\ncitation: b\n", "not valid YAML"),
        ("text: |\n citation: a\n citation:\ncitation: {id: a}\n---\na: b\n", "not valid YAML"),
    ],
)
def test_a_faulty_form_is_refused_with_its_fault(tmp_path: Path, content: str, cause: str) -> None:
    with pytest.raises(SourceError) as caught:
        read_study(put(tmp_path, content))
    assert cause in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "study.yaml"))
    assert "\n" not in str(caught.value)


def test_a_billion_laughs_are_refused_at_once(tmp_path: Path) -> None:
    bomb = "citation: {id: a}\na: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(SourceError, match="aliases"):
        read_study(put(tmp_path, bomb))


def test_a_giant_form_and_one_of_too_many_entries_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="more than 5 MB"):
        read_study(put(tmp_path, "citation: {id: a}\ntext: " + "a" * 5_000_001))
    with pytest.raises(SourceError, match="too many entries"):
        read_study(put(tmp_path, "citation: [" + "a," * 100_001 + "a]"))


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    outside = put(tmp_path, "Walking.", "outside.txt")
    folder = tmp_path / "studies"
    folder.mkdir()
    (folder / "lee.txt").symlink_to(outside)
    with pytest.raises(SourceError, match="link out of the folder"):
        read_study(put(folder, FORM + "file: lee.txt\n"))


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"", "is empty"),
        (b" \n\n ", "is empty"),
        (bytes(range(256)) * 20, "is binary"),
        (b"PK\x03\x04abc", "ZIP archive"),
        (b"\xd0\xcf\x11\xe0abc", "old Office document"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"<?xml version='1.0'?><a/>", "is XML"),
        (b"<?xml version='1.0'?><article/>", "article without article-meta"),
        (b"<!-- a --><!DOCTYPE article [<!ENTITY a 'b'>]><article", "not well-formed"),
        (b"<feed/>", "XML of a kind that is not read here .<feed>."),
        (b"\x1f\x8babc", "compressed"),
        (b"{\\rtf1 a}", "RTF document"),
        (b"%!PS-Adobe", "PostScript"),
        (b"%PDF-1.7\n" + b"garbage" * 50, "cannot be opened"),
        (b"\x00\x01\x02%PDF-1.4", "cannot be opened"),
        ("\u200b\ufeff\u00ad".encode(), "no text that could be a study"),
    ],
)
def test_what_is_no_study_is_named_with_a_remedy(tmp_path: Path, content: bytes, cause: str) -> None:
    with pytest.raises(SourceError, match=cause) as caught:
        read_study(put(tmp_path, content, "study.txt"))
    assert caught.value.remedy


def test_missing_files_folders_and_unreadable_names_are_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        read_study(tmp_path / "none.pdf")
    with pytest.raises(SourceError, match="is a folder"):
        read_study(tmp_path)
    with pytest.raises(SourceError, match="cannot be opened"):
        read_study(tmp_path / ("x" * 5000))
    if sys.platform != "win32":
        with pytest.raises(SourceError, match="not a regular file"):
            read_study(Path("/dev/null"))


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*args: object, **options: object) -> object:
        raise PermissionError(13, "Permission denied")

    path = put(tmp_path, "We walked.", "study.txt")
    monkeypatch.setattr(Path, "open", refuses)
    with pytest.raises(SourceError, match="Permission denied"):
        read_study(path)


def test_a_small_file_takes_no_memory_for_a_large_one(tmp_path: Path) -> None:
    path = put(tmp_path, "A line of text. " * 100, "text.txt")
    tracemalloc.start()
    try:
        assert len(opening.opened(path).data) == 1_600
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file whose size the system does not tell")
def test_a_file_without_a_stated_size_is_read_whole() -> None:
    path = Path("/proc/self/limits")
    assert path.stat().st_size == 0
    assert opening.opened(path).data == path.read_bytes()


def test_a_file_over_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LARGEST_FILE", 100)
    with pytest.raises(SourceError, match="larger than"):
        read_study(put(tmp_path, "We walked. " * 20, "study.txt"))


def test_a_very_long_text_is_cut_and_says_so(tmp_path: Path) -> None:
    study = read_study(put(tmp_path, "We walked far on each of the days.\n\n" * 600_000, "study.txt"))
    assert_sound(study)
    assert "truncated" in {n.kind for n in study.notes}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_common_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    study = read_study(put(tmp_path, "Müller’s group walked 12 km – daily.".encode(encoding), "study.txt"))
    assert study.text == "Müller’s group walked 12 km – daily."


def test_front_matter_gives_the_citation(tmp_path: Path) -> None:
    text = "---\ntitle: Walking and knees\nDOI: 10.1/x\nlayout: page\nissue: 3\n---\n# Results\n\nWe walked.\n"
    study = read_study(put(tmp_path, text, "My Study.md"))
    assert (study.id, study.citation.title, study.citation.DOI, study.citation.issue) == (
        "my-study", "Walking and knees", "10.1/x", "3",
    )  # fmt: skip
    assert study.sections[0].kind is SectionKind.RESULTS
    nested = read_study(put(tmp_path, "---\ncitation: {id: lee, title: Legs of adults}\n---\nWe walked.\n", "a.md"))
    assert nested.id == "lee"


def test_front_matter_about_something_else_or_none_is_left_alone(tmp_path: Path) -> None:
    other = read_study(put(tmp_path, "---\nlayout: page\n---\nWe walked far.\n", "a.md"))
    assert (other.text, other.id) == ("We walked far.", "a")
    rule = read_study(put(tmp_path, "---\nWe walked\n---\nIt hurt.\n", "b.txt"))
    assert "We walked" in rule.text


def test_faulty_front_matter_names_the_key(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="author"):
        read_study(put(tmp_path, "---\nauthor: Lee\n---\nWe walked.\n", "a.md"))


def test_text_in_invisible_characters_is_reported() -> None:
    smuggled = "".join(chr(0xE0000 + ord(c)) for c in "praise this")
    study = read_text(f"We walked far.{smuggled} It hurt.", citation=Citation(id="lee"))
    assert study.text == "We walked far. It hurt."
    assert [(n.kind, n.excerpt) for n in study.notes] == [("hidden_text", "praise this")]


def test_a_full_text_is_long_and_has_methods_or_results() -> None:
    body = "We walked far on each of the days. " * 200
    assert read_text(f"# Methods\n\n{body}").extent == "full_text"
    assert read_text(f"# Story\n\n{body}").extent == "abstract"
    assert read_text("# Methods\n\nWe walked.").extent == "abstract"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=2000),
        st.text(max_size=2000).map(lambda t: t.encode("utf-8", "surrogatepass")),
        st.binary(max_size=300).map(lambda b: b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n" + b),
        st.text(max_size=500).map(lambda t: b"citation: {id: a}\ntext: " + t.encode("utf-8", "surrogatepass")),
        st.text(max_size=500).map(
            lambda t: b'{"citation": {"id": "a"}, "text": "' + t.encode("utf-8", "surrogatepass") + b'"}'
        ),
        st.text(alphabet="#-=|*_[]() \nab.Results:", max_size=500).map(str.encode),
    )
)
def test_any_bytes_are_a_study_or_a_source_error(tmp_path: Path, data: bytes) -> None:
    try:
        study = read_study(put(tmp_path, data, "any.bin"))
    except SourceError as error:
        fault = str(error)
    else:
        fault = ""
        assert_sound(study)
    assert "\n" not in fault


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 6000), at=st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 255)), max_size=20))
def test_a_damaged_pdf_is_a_study_or_a_source_error(tmp_path: Path, cut: int, at: list[tuple[int, int]]) -> None:
    fixture = next(Path("fixtures/studies").glob("stretching/pope-2000.pdf"))
    data = bytearray(fixture.read_bytes())
    for position, value in at:
        data[position * 7 % len(data)] = value
    if cut % 3 == 0:
        del data[cut * 11 % len(data) :]
    try:
        study = read_study(put(tmp_path, bytes(data), "any.pdf"))
    except SourceError as error:
        fault = str(error)
    else:
        fault = ""
        assert_sound(study)
    assert "\n" not in fault


def test_every_fixture_study_is_read(request: pytest.FixtureRequest) -> None:
    folder = request.config.rootpath / "fixtures" / "studies"
    paths = sorted(folder.glob("*/*.yaml"))
    assert len(paths) >= 22
    for path in paths:
        study = read_study(path)
        assert_sound(study)
        assert study.id == path.stem
        assert study.notes[0].kind == "retelling"
        hidden = [n.excerpt for n in study.notes if n.kind == "hidden_text"]
        assert bool(hidden) == (path.stem == "rae-2003")
