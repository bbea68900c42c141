from __future__ import annotations

from pipeline.sources import read_text
from pipeline.sources.passages import Role
from pipeline.sources.plain import text_passages
from schemas.vocabulary import SectionKind


def kinds(text: str, *, markdown: bool = False) -> list[tuple[str, str]]:
    return [(p.role.value, p.text) for p in text_passages(text, markdown=markdown)]


def test_wrapped_lines_become_one_paragraph_and_keep_their_hyphens() -> None:
    text = "We trained thirty adults for four weeks in a double-\nblind trial and saw both legs\nafter it. All came."
    whole = "We trained thirty adults for four weeks in a double-blind trial and saw both legs after it. All came."
    assert kinds(text) == [("body", whole)]


def test_lines_that_end_sentences_early_are_paragraphs() -> None:
    assert [t for _, t in kinds("Strength rose in the trained leg.\nIt did.\n" + "x" * 60)] == [
        "Strength rose in the trained leg.", "It did.", "x" * 60,
    ]  # fmt: skip


def test_the_first_line_is_the_title_if_it_looks_like_one() -> None:
    assert kinds("Walking and knees\n\nWe walked.")[0] == ("title", "Walking and knees")
    assert kinds("We walked far.\n\nIt hurt.")[0] == ("body", "We walked far.")
    assert kinds("Methods\n\nWe walked.")[0] == ("head", "Methods")
    assert kinds("Walking and knees")[0] == ("body", "Walking and knees")


def test_markdown_heads_tables_and_marks_are_read() -> None:
    text = """# Walking and *knees*

Results
=======

Knees **hurt** in [12 people](http://x.org/(a)).

| Group | n |
|-------|---|
| Walk  | 12 |

## Discussion ##
It was _not_ much.
"""
    assert kinds(text, markdown=True) == [
        ("title", "Walking and knees"),
        ("head", "Results"),
        ("body", "Knees hurt in 12 people."),
        ("table", "Group n\nWalk 12"),
        ("head", "Discussion"),
        ("body", "It was not much."),
    ]


def test_plain_text_keeps_its_stars() -> None:
    assert kinds("p < .05 * and ** too.") == [("body", "p < .05 * and ** too.")]


def test_a_structured_abstract_in_text_has_sections_and_exact_offsets() -> None:
    study = read_text("Walking and knees\n\nMETHODS: We trained 30 adults. RESULTS: Strength rose by 12%. It stayed.")
    assert [(s.section, study.sentence_text(s.number)) for s in study.sentences] == [
        (SectionKind.TITLE, "Walking and knees"),
        (SectionKind.METHODS, "We trained 30 adults."),
        (SectionKind.RESULTS, "Strength rose by 12%."),
        (SectionKind.RESULTS, "It stayed."),
    ]
    assert study.extent == "abstract"
    assert Role.TITLE.value == "title"
