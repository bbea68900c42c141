from __future__ import annotations

from pipeline.sources.heads import is_known_head
from pipeline.sources.passages import Passage, Role
from pipeline.sources.pdf.lines import Line, Stretch
from pipeline.sources.pdf.paragraphs import join_lines
from pipeline.sources.pdf.runs import Box

WIDTH = 240.0


def line(
    text: str,
    baseline: float,
    left: float = 60,
    *,
    width: float = WIDTH,
    size: float = 10,
    page: int = 1,
    bold: bool = False,
    font: str = "Times",
    cells: int = 1,
) -> Line:
    box = Box(left, baseline - 0.2 * size, left + width, baseline + 0.8 * size)
    return Line(text, box, baseline, size, font, bold, bold, 0, page, cells, (Stretch(0, box),))


def prose(*texts: str, top: float = 700, left: float = 60, page: int = 1) -> list[Line]:
    return [line(text, top - 12 * i, left, page=page) for i, text in enumerate(texts)]


BODY = prose(
    "Adults trained one leg for eight weeks, three times a", "week, and were measured before and after by people",
    "who did not know the groups. Nobody else was trained,", "and all came back to the second measuring in June.",
    top=400, left=320,
)  # fmt: skip


def joined(*lines: Line) -> list[Passage]:
    return join_lines([*lines, *BODY], is_known_head)


def test_a_paragraph_goes_on_below_a_table_with_all_of_its_lines() -> None:
    first = prose(
        "The strength of the trained leg rose in all of the", "weeks, and the strength of the other leg rose in"
    )
    caption = line("Table 1. Strength", 780, page=2, size=8, bold=True)
    row = line("Trained 12 14 16", 768, page=2, size=8, cells=4)
    rest = prose(
        "most of them. It had not been trained itself by any", "of the adults. The rest did not change.", page=2
    )
    texts = [p.text for p in joined(*first, caption, row, *rest)]
    assert texts[0] == (
        "The strength of the trained leg rose in all of the weeks, and the strength of the other leg rose in most of "
        "them. It had not been trained itself by any of the adults. The rest did not change."
    )
    assert texts[1] == "Table 1. Strength\nTrained 12 14 16"


def test_a_paragraph_goes_on_overleaf_whatever_head_ends_its_page() -> None:
    first = prose(
        "The strength of the trained leg rose in all of the", "weeks, and the strength of the other leg rose in"
    )
    side = line("Author for correspondence:", 120, 400, bold=True, width=120)
    rest = prose("most of them. It had not been trained itself by any", "of the adults.", page=2)
    texts = [p.text for p in joined(*first, side, *rest)]
    assert texts[0].endswith("rose in most of them. It had not been trained itself by any of the adults.")


def test_an_abstract_in_print_that_stands_out_is_prose_and_no_head() -> None:
    texts = ["Adults trained one leg for eight weeks and were", "measured before and after by people who did not"]
    abstract = [line(f"{texts[i % 2]}, {i}", 700 - 14 * i, size=12, width=420) for i in range(6)]
    last = line("the groups at all.", 616, size=12, width=100)
    passages = joined(line("Abstract", 730, bold=True, width=50), *abstract, last)
    assert [(p.role, p.text[:20]) for p in passages[:2]] == [
        (Role.HEAD, "Abstract"),
        (Role.BODY, "Adults trained one l"),
    ]
    assert passages[1].text.endswith("5 the groups at all.")


def test_the_last_word_of_a_title_is_no_head_whatever_it_says() -> None:
    title = [line("Training one leg improves the", 760, size=20), line("Outcome", 736, size=20, width=90)]
    passages = joined(*title, line("Methods", 650, size=20, width=80))
    assert [(p.role, p.text) for p in passages[:2]] == [
        (Role.TITLE, "Training one leg improves the Outcome"),
        (Role.HEAD, "Methods"),
    ]


def test_an_address_is_no_title() -> None:
    address, title = line("www.legs.org", 760, size=20, width=120), line("Legs and arms", 720, size=20, width=130)
    assert [(p.role, p.text) for p in joined(address, title)][:2] == [
        (Role.BODY, "www.legs.org"),
        (Role.TITLE, "Legs and arms"),
    ]


def test_behind_a_colon_a_paragraph_of_its_own_may_begin() -> None:
    first = prose(
        "The strength of the trained leg rose in all of the", "weeks, and in the other one it rose in all but"
    )
    box = line("Beside the text", 780, page=2, size=8)
    rest = prose("these, which is what had been foreseen by the plan:", "it rose in none.", page=2)
    assert "it rose in none." in [p.text for p in joined(*first, box, *rest)]


def test_a_line_that_begins_with_a_figure_goes_on_with_its_paragraph() -> None:
    lines = prose(
        "All adults came back to the second measuring. See", "Figure 1 (left) for those who had been trained, and"
    )
    assert joined(*lines, *prose("Figure 2 for the others.", top=676))[0].text == (
        "All adults came back to the second measuring. See Figure 1 (left) for those who had been trained, and "
        "Figure 2 for the others."
    )
    above = prose(
        "The adults are described there as well as here, in", "Table 2. The groups did not differ in their age."
    )
    assert joined(*above)[0].text.endswith("here, in Table 2. The groups did not differ in their age.")


def test_a_caption_stands_by_itself() -> None:
    lines = [*prose("All adults came back to the second measuring, and"), line("Figure 1: The adults", 688, bold=True)]
    assert [p.text for p in joined(*lines)][:2] == [
        "All adults came back to the second measuring, and", "Figure 1: The adults",
    ]  # fmt: skip


def test_a_caption_is_not_taken_up_again_by_the_next_sentence_of_the_text() -> None:
    caption = line("Fig. 1 The strength of the legs in all of the weeks", 100, width=WIDTH)
    after = prose("The groups did not differ.", page=2)
    assert [p.text for p in joined(caption, *after)][:2] == [caption.text, "The groups did not differ."]


def test_lettering_far_from_a_table_is_no_part_of_it() -> None:
    caption, row = line("Table 1. Strength", 700, size=8, bold=True), line("Trained 12 14 16", 688, size=8, cells=4)
    axis = line("1 week 4 weeks 6 weeks", 500, size=8, cells=3)
    assert [p.text for p in joined(caption, row, axis) if p.role is Role.TABLE] == [
        "Table 1. Strength\nTrained 12 14 16", "1 week 4 weeks 6 weeks",
    ]  # fmt: skip


def test_a_row_above_the_text_is_no_part_of_the_sentence_before_it() -> None:
    first = prose(
        "The probability of a random one is not different from", "that of its own, as was said, and not that of the"
    )
    row = line("Trained 0.84 0.91 0.87", 780, page=2, cells=4)
    rest = prose("other one, which does not come from chance alone.", page=2)
    texts = [p.text for p in joined(*first, row, *rest)]
    assert texts[0].endswith("and not that of the other one, which does not come from chance alone.")
    assert texts[1] == "Trained 0.84 0.91 0.87"


def test_a_head_below_a_table_of_the_page_before_is_a_head() -> None:
    row = [line("Table 1. Strength", 700, size=8, bold=True), line("Trained 12 14 16", 688, size=8, cells=4)]
    head = line("Subgroup analyses", 700, page=2, font="Sans", width=80)
    after = prose("Subgroups were those of age.", top=688, page=2)
    roles = [(p.text, p.role) for p in joined(*row, head, *after)]
    assert ("Subgroup analyses", Role.HEAD) in roles


def test_a_word_broken_at_a_page_end_is_no_word_of_the_document() -> None:
    first = prose("The finding was seen in all of the adults and high\u00ad")
    beside = line("arXiv:2406.17241", 300, left=20, size=20)
    after = prose("lights what had been foreseen.", page=2)
    assert joined(*first, beside, *after)[0].text.endswith("highlights what had been foreseen.")


def test_a_line_that_ends_in_an_initial_goes_on_with_a_small_letter() -> None:
    first = line("In five years 155 sharks of R.", 700, width=150)
    texts = [p.text for p in joined(first, line("terraenovae were caught again.", 688))]
    assert texts[0] == "In five years 155 sharks of R. terraenovae were caught again."
