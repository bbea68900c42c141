"""What users give: claims files, folders, the same study twice, unreadable files, nonsense."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.claimwork.intake import Task, Tasks, claim_of, read_claims, read_task, slug
from pipeline.errors import ClaimError, SourceError
from schemas.claim import Claim
from schemas.vocabulary import ClaimType, PublicationStatus

TEXT = "Sixty adults were randomised to training or none. Strength rose by 12% with training (p = 0.01)."
CLAIM = Claim(id="c", text="Training raises strength.")


@pytest.fixture
def said() -> list[str]:
    return []


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "empty"), (" \n ", "empty"), ("x" * 10_000, "10,000 characters"), ("12 34 !!", "no words")],
)
def test_what_is_no_claim_is_refused_with_a_remedy(text: str, message: str) -> None:
    with pytest.raises(ClaimError, match=message):
        claim_of(text)


@given(st.text(alphabet=st.characters(categories=("L", "N", "P", "Z")), min_size=1, max_size=300))
def test_every_claim_that_is_taken_has_a_folder_name(text: str) -> None:
    try:
        claim = claim_of(text)
    except ClaimError:
        return
    assert claim.id == slug(claim.text)


def test_two_claims_never_share_a_folder() -> None:
    one = "Training raises strength in young adults after eight weeks of work"
    assert slug(one) != slug(one + " with weights")


def only(tasks: Tasks) -> Task:
    (task,) = tasks
    return task


def test_one_unreadable_study_is_named_and_costs_nothing_else(tmp_path: Path, said: list[str]) -> None:
    good, empty = write(tmp_path, "good.txt", TEXT), write(tmp_path, "empty.pdf", "")
    (task,) = read_task(CLAIM, [good, empty], said.append)
    assert [s.file_name for s in task.studies] == ["good.txt"]
    assert [(u.stage, u.study, u.code) for u in task.missing] == [("sources", "empty.pdf", "unreadable")]
    assert len(said) == 1
    assert "empty.pdf" in said[0]


def test_a_task_without_a_readable_study_says_why(tmp_path: Path, said: list[str]) -> None:
    one, other = write(tmp_path, "a.txt", ""), write(tmp_path, "b.pdf", "")
    lone = only(read_task(CLAIM, [one], said.append)).fault
    assert isinstance(lone, SourceError)
    assert lone.file.endswith("a.txt")
    both = only(read_task(CLAIM, [one, other], said.append)).fault
    assert isinstance(both, ClaimError)
    assert re.search(r"a\.txt.*b\.pdf", str(both))
    assert "no study is given" in str(only(read_task(CLAIM, [], said.append)).fault)


def test_a_claim_without_a_readable_study_never_costs_the_others(tmp_path: Path, said: list[str]) -> None:
    write(tmp_path, "good.txt", TEXT)
    write(tmp_path, "bad.txt", "")
    path = write(
        tmp_path, "claims.yaml", "- {claim: One two three, studies: [bad.txt]}\n- {claim: Four, studies: [good.txt]}"
    )
    bad, good = read_claims([path], [], said.append)
    assert isinstance(bad.fault, SourceError)
    assert good.fault is None


def test_studies_are_read_when_it_is_their_claims_turn(tmp_path: Path, said: list[str]) -> None:
    path = write(
        tmp_path, "claims.yaml", "- {claim: One two three, studies: [a.txt]}\n- {claim: Four, studies: [b.txt]}"
    )
    tasks = iter(read_claims([path], [], said.append))
    write(tmp_path, "a.txt", TEXT)
    assert next(tasks).fault is None
    write(tmp_path, "b.txt", TEXT + " And more.")
    assert next(tasks).fault is None


def test_the_same_study_twice_counts_once_and_is_said(tmp_path: Path, said: list[str]) -> None:
    files = [write(tmp_path, name, TEXT) for name in ("a.txt", "b.txt")]
    (task,) = read_task(CLAIM, [*files, files[0]], said.append)
    assert len(task.studies) == 1
    assert any("counted once" in line for line in said)


def test_a_file_given_by_itself_and_through_its_form_is_not_said_to_equal_itself(
    tmp_path: Path, said: list[str]
) -> None:
    bare = write(tmp_path, "trial.txt", TEXT)
    form = write(tmp_path, "form.yaml", "citation: {id: smith-2001, title: T}\nfile: trial.txt\n")
    assert len(only(read_task(CLAIM, [bare, form], said.append)).studies) == 1
    assert said == ["trial.txt: counted once with another form of it (the same text)"]


def test_a_form_with_a_citation_wins_over_the_bare_text(tmp_path: Path, said: list[str]) -> None:
    bare = write(tmp_path, "bare.txt", TEXT)
    form = write(
        tmp_path,
        "form.yaml",
        f"citation: {{id: smith-2001, title: T, author: [{{family: Smith}}]}}\ntext: {TEXT!r}\n",
    )
    (study,) = only(read_task(CLAIM, [bare, form], said.append)).studies
    assert study.citation.label.startswith("Smith")


def test_two_studies_with_one_id_are_kept_apart(tmp_path: Path, said: list[str]) -> None:
    (tmp_path / "x").mkdir()
    files = [write(tmp_path, "trial.txt", TEXT), write(tmp_path / "x", "trial.txt", TEXT.replace("12%", "13%"))]
    assert [s.id for s in only(read_task(CLAIM, files, said.append)).studies] == ["trial", "trial-2"]


def test_a_folder_stands_for_its_files_at_any_depth_and_what_cannot_be_read_is_named(
    tmp_path: Path, said: list[str]
) -> None:
    write(tmp_path, "a.txt", TEXT)
    (tmp_path / "files" / "12").mkdir(parents=True)
    write(tmp_path / "files" / "12", "b.txt", TEXT.replace("12%", "13%"))
    (tmp_path / "notes.docx").write_bytes(b"PK\x03\x04abc")
    write(tmp_path, ".hidden.txt", "no")
    write(tmp_path, "duplicates.yaml", "[]")
    task = only(read_task(CLAIM, [tmp_path], said.append))
    assert [s.id for s in task.studies] == ["a", "b"]
    assert [m.study for m in task.missing] == ["notes.docx"]


def test_every_record_of_an_export_is_a_study_and_a_bare_citation_is_named(tmp_path: Path, said: list[str]) -> None:
    export = "TY  - JOUR\nTI  - Walking in dogs\nAB  - Thirty dogs walked. They were fast.\nER  - \n"
    bare = "TY  - JOUR\nTI  - Running in dogs\nER  - \n"
    task = only(read_task(CLAIM, [write(tmp_path, "found.txt", export + bare)], said.append))
    assert [s.citation.title for s in task.studies] == ["Walking in dogs"]
    assert [m.reason.partition(";")[0] for m in task.missing] == ["is a citation without an abstract"]
    assert "record 2 (line 5)" in said[0]


def test_a_file_that_is_named_twice_is_read_once_and_in_its_place(tmp_path: Path, said: list[str]) -> None:
    files = [write(tmp_path, f"{n}.txt", TEXT.replace("12%", f"{n}%")) for n in (1, 2, 3)]
    task = only(read_task(CLAIM, [files[0], files[1], files[0], files[2]], said.append))
    assert [s.id for s in task.studies] == ["1", "2", "3"]


def test_a_claims_file_may_hold_one_claim_or_many(tmp_path: Path, said: list[str]) -> None:
    write(tmp_path, "a.txt", TEXT)
    extra = write(tmp_path, "b.txt", TEXT.replace("12%", "14%"))
    one = write(tmp_path, "one.yaml", "id: mine\nclaim: Training raises strength.\nstudies: [a.txt]\n")
    (task,) = read_claims([one], [], said.append)
    assert task.claim is not None
    assert task.claim.id == "mine"
    many = write(
        tmp_path,
        "many.yaml",
        "- Training raises strength.\n- {claim: Training harms knees., type: causal_harm, studies: [a.txt]}\n",
    )
    first, second = read_claims([many], [extra], said.append)
    assert len(first.studies) == 1
    assert len(second.studies) == 2
    assert second.claim is not None
    assert second.claim.type is ClaimType.CAUSAL_HARM


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "holds no claim"),
        ("[]", "holds no claim"),
        ("{claim: [}", "no valid YAML"),
        ("claim: x y z\ntyp: causal_harm", "entry 1: typ"),
        ("- claim: ''", "entry 1: the claim is empty"),
        ("- 7", "entry 1"),
        ("- null\n- ''", "holds no claim"),
        ("- null\n- {claim: abc def}", "entry 1"),
        ("- {claim: abc def}\n- {}", "entry 2: claim"),
        ("- {claim: abc def}\n- {claim: [}", "no valid YAML or JSON near line 2"),
        ("- {claim: abc def}\n--- \n- {claim: abc xyz}", "no valid YAML or JSON near line 2"),
        ("- &a {claim: abc def}\n- *b", "no valid YAML or JSON near line 2"),
        ("- !!python/name:os.system", "no valid YAML"),
        ("- {claim: abc def, type: nonsense}", "entry 1: type"),
        (
            "- {id: a, claim: abc def, studies: [a.txt]}\n- {id: a, claim: abc, studies: [a.txt]}",
            "1 and 2 are the same",
        ),
    ],
)
def test_a_faulty_claims_file_is_named_with_its_entry(
    content: str, message: str, tmp_path: Path, said: list[str]
) -> None:
    write(tmp_path, "a.txt", TEXT)
    path = write(tmp_path, "claims.yaml", content)
    with pytest.raises(ClaimError, match=message) as error:
        read_claims([path], [], said.append)
    assert "claims.yaml" in str(error.value)


def test_a_claims_file_that_is_not_there_or_not_text_is_named(tmp_path: Path, said: list[str]) -> None:
    with pytest.raises(ClaimError, match="No such file"):
        read_claims([tmp_path / "nowhere.yaml"], [], said.append)
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(ClaimError, match="no valid YAML"):
        read_claims([tmp_path / "binary.yaml"], [], said.append)
    write(tmp_path, "huge.yaml", "#" * 20_000_001)
    with pytest.raises(ClaimError, match="split the file"):
        read_claims([tmp_path / "huge.yaml"], [], said.append)


def test_a_pdf_in_place_of_a_claims_file_is_called_so(tmp_path: Path, said: list[str]) -> None:
    (tmp_path / "trial.pdf").write_bytes(b"%PDF-1.7\n" + b"\xe2" * 6_000_000)
    with pytest.raises(ClaimError, match=r"trial\.pdf: a PDF is a study.*--study"):
        read_claims([tmp_path / "trial.pdf"], [], said.append)


def test_one_study_in_two_nearly_equal_files_counts_once_and_keeps_the_worse_status(
    tmp_path: Path, said: list[str]
) -> None:
    form = f"citation: {{id: smith-2001, title: T, author: [{{family: Smith}}]}}\ntext: {TEXT!r}\n"
    retracted = write(tmp_path, "a.yaml", form.replace("text:", "status: retracted\ntext:"))
    again = write(tmp_path, "b.txt", TEXT + " Funding: none.")
    for files in ([retracted, again], [again, retracted]):
        (study,) = only(read_task(CLAIM, files, said.append)).studies
        assert study.status is PublicationStatus.RETRACTED
    assert any("nearly the same text" in line for line in said)


def test_names_that_the_system_refuses_are_unreadable_studies(tmp_path: Path, said: list[str]) -> None:
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    good = write(tmp_path, "good.txt", TEXT)
    (task,) = read_task(
        CLAIM, [good, tmp_path / "loop.txt", tmp_path / ("x" * 5000), tmp_path / "a\0b.txt"], said.append
    )
    assert len(task.studies) == 1
    assert len(task.missing) == 3


def test_a_persons_decision_about_two_studies_holds_whenever_their_folder_is_read(
    tmp_path: Path, said: list[str]
) -> None:
    for name in ("one", "two"):
        form = (
            f"citation: {{id: {name}, title: Walking in {name} dogs, DOI: 10.1000/{name}}}\ntext: Dogs walked {name}.\n"
        )
        write(tmp_path, f"{name}.yaml", form)
    assert len(only(read_task(CLAIM, [tmp_path], said.append)).studies) == 2
    write(
        tmp_path,
        "duplicates.yaml",
        "- studies: [{doi: 10.1000/one}, {doi: 10.1000/two}]\n  decision: same_publication\n",
    )
    assert [s.id for s in only(read_task(CLAIM, [tmp_path], said.append)).studies] == ["one"]


def test_damaged_decisions_are_an_error_with_a_remedy(tmp_path: Path, said: list[str]) -> None:
    write(tmp_path, "one.txt", TEXT)
    write(tmp_path, "duplicates.yaml", "- [")
    task = only(read_task(CLAIM, [tmp_path], said.append))
    assert "duplicates.yaml" in str(task.fault)
