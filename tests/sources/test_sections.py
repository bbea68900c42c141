from __future__ import annotations

import pytest

from pipeline.sources.heads import is_known_head, run_in_head
from pipeline.sources.passages import Passage, Role
from pipeline.sources.sections import assign_sections, split_run_in_heads, without_references
from schemas.study import PrintedLine
from schemas.vocabulary import SectionKind as Kind


def sections(*passages: Passage, short: bool = True) -> list[tuple[Kind, str]]:
    parts = assign_sections(list(split_run_in_heads(list(passages))), short=short)
    return [(p.kind, p.passage.text) for p in parts if not p.is_head]


def head(text: str, page: int | None = None) -> Passage:
    return Passage(text, Role.HEAD, (PrintedLine(0, len(text), page, 50, 500, 300, 510),) if page else ())


@pytest.mark.parametrize(
    "text",
    [
        "METHODS",
        "2. Results",
        "Conclusions:",
        "References",
        "S TUD Y P RO TOCO L",
        "IV. Discussion",
        "Methods & Design",
    ],
)
def test_heads_are_known_by_their_words(text: str) -> None:
    assert is_known_head(text)


@pytest.mark.parametrize("text", ["Results showed a rise", "Methods.", "A " * 60, "Strength"])
def test_other_lines_are_no_heads(text: str) -> None:
    assert not is_known_head(text)


@pytest.mark.parametrize(
    "abstract",
    [
        "Background: Legs are weak. Methods: We trained 30 adults. Results: Strength rose. Conclusions: It works.",
        "BACKGROUND Legs are weak. METHODS We trained 30 adults. RESULTS Strength rose. CONCLUSIONS It works.",
        "Background. Legs are weak. Methods. We trained 30 adults. Results. Strength rose. Conclusions. It works.",
        "Background—Legs are weak. Methods—We trained 30 adults. Results—Strength rose. Conclusions—It works.",
    ],
)
def test_the_parts_of_a_structured_abstract_are_their_own_sections(abstract: str) -> None:
    assert sections(Passage(abstract)) == [
        (Kind.INTRODUCTION, "Legs are weak."),
        (Kind.METHODS, "We trained 30 adults."),
        (Kind.RESULTS, "Strength rose."),
        (Kind.CONCLUSION, "It works."),
    ]


def test_a_bare_head_counts_at_the_start_of_a_paragraph_only() -> None:
    found = sections(Passage("Results Eight studies met the criteria. Results We expected were rare."))
    assert found == [(Kind.RESULTS, "Eight studies met the criteria. Results We expected were rare.")]
    assert sections(Passage("Results showed a rise.")) == [(Kind.ABSTRACT, "Results showed a rise.")]


def test_what_stands_before_the_first_head_is_abstract_in_a_short_text_and_other_in_a_long_one() -> None:
    assert sections(Passage("Strength rose."), short=True) == [(Kind.ABSTRACT, "Strength rose.")]
    assert sections(Passage("Strength rose."), short=False) == [(Kind.OTHER, "Strength rose.")]


def test_subheads_belong_to_the_section_in_which_they_stand() -> None:
    found = sections(
        head("1. Introduction"), Passage("a"), head("Methods"), Passage("b"), head("Ethics of training"), Passage("c"),
        head("Results"), Passage("d"), head("Participants"), Passage("e"), head("5 A circuit of our own"), Passage("f"),
        head("Summary"), Passage("g"),
    )  # fmt: skip
    assert [kind for kind, _ in found] == [
        Kind.INTRODUCTION, Kind.METHODS, Kind.METHODS, Kind.RESULTS, Kind.RESULTS, Kind.OTHER, Kind.CONCLUSION,
    ]  # fmt: skip


def test_in_the_body_of_a_paper_only_main_heads_with_a_colon_are_split_off() -> None:
    body = [head("Introduction"), head("Results"), Passage("Outcomes: ten of them."), Passage("Funding: the council.")]
    assert sections(*body) == [(Kind.RESULTS, "Outcomes: ten of them."), (Kind.OTHER, "the council.")]
    assert run_in_head("Methods We searched", 0, in_abstract=False) is None


def test_titles_and_tables_have_sections_of_their_own() -> None:
    table = Passage("Table 1: Age\nA 1 2", Role.TABLE)
    parts = list(assign_sections([Passage("T", Role.TITLE), head("Results"), table, Passage("x")], short=False))
    assert [p.kind for p in parts] == [Kind.TITLE, Kind.RESULTS, Kind.TABLE, Kind.RESULTS]
    assert parts[2].heading == "Table 1: Age"


def test_pages_and_places_are_kept_when_a_paragraph_is_split() -> None:
    text = "Methods: We trained them. Results: Strength rose."
    lines = (PrintedLine(0, 25, 1, 100, 500, 350, 510), PrintedLine(26, 49, 2, 100, 700, 330, 710))
    parts = list(split_run_in_heads([Passage(text, lines=lines)]))
    assert [(p.text, p.lines) for p in parts] == [
        ("Methods", (PrintedLine(0, 7, 1, 100, 500, 170, 510),)),
        ("We trained them.", (PrintedLine(0, 16, 1, 190, 500, 350, 510),)),
        ("Results", (PrintedLine(0, 7, 2, 100, 700, 170, 710),)),
        ("Strength rose.", (PrintedLine(0, 14, 2, 190, 700, 330, 710),)),
    ]


def test_the_reference_list_goes_and_appendices_stay() -> None:
    kept = without_references([
        Passage("A long body of text. " * 9), head("References"), Passage("1 Lee A. Legs. 2019;3:1."),
        Passage("Table 2: Doses", Role.TABLE), head("Appendix A"), Passage("More."),
    ])  # fmt: skip
    assert [p.text for p in kept][1:] == ["Table 2: Doses", "Appendix A", "More."]


def test_entries_of_a_list_without_head_go_too() -> None:
    entry = "12 Lee A, Kim B. Legs. BMJ 2019;3:1."
    run = "Lee A. Legs. 2019;3:1. Kim B. Arms. 2018;2:1. Wu C. Feet. 2017;1:9. Xu D. Toes. 2016;8:7."
    kept = without_references(
        [Passage("We trained 30 adults."), Passage(entry), Passage(run), Passage(entry, Role.HEAD)]
    )
    assert [p.text for p in kept] == ["We trained 30 adults.", entry]


def test_a_head_named_references_at_the_start_cuts_nothing() -> None:
    assert len(list(without_references([head("References"), Passage("A long body. " * 9)]))) == 2
