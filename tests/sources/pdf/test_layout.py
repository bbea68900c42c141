from __future__ import annotations

from dataclasses import replace

from pipeline.sources.pdf.layout import from_the_title, in_reading_order, without_running_lines
from pipeline.sources.pdf.lines import Line, Stretch
from pipeline.sources.pdf.runs import Box

PAGE = Box(0, 0, 595, 842)


def line(text: str, left: float, baseline: float, *, right: float | None = None, page: int = 1, angle: int = 0) -> Line:
    box = Box(left, baseline - 2, right if right is not None else left + 5 * len(text), baseline + 8)
    return Line(text, box, baseline, 10, "Times", False, False, angle, page)


def two_columns(count: int = 8) -> tuple[list[Line], list[Line]]:
    left = [line(f"left column, line number {i:02}", 50, 700 - 12 * i, right=285) for i in range(count)]
    right = [line(f"right column, line number {i:02}", 310, 700 - 12 * i, right=545) for i in range(count)]
    return left, right


def test_lines_that_jump_across_the_gutter_are_read_column_by_column() -> None:
    left, right = two_columns()
    woven = [x for pair in zip(left, right, strict=True) for x in pair]
    assert in_reading_order(woven) == [*left, *right]


def test_full_width_lines_part_the_columns_into_bands() -> None:
    left, right = two_columns()
    title = line("a title across both columns of the page", 50, 730, right=545)
    middle = line("a table caption across both of the columns", 50, 652, right=545)
    woven = [title, *(x for pair in zip(left[:4], right[:4], strict=True) for x in pair), middle]
    woven += [x for pair in zip(left[5:], right[5:], strict=True) for x in pair]
    side = line("turned", 10, 10, angle=90)
    assert in_reading_order([*woven, side]) == [title, *left[:4], *right[:4], middle, *left[5:], *right[5:], side]


def test_a_sound_stream_order_is_kept() -> None:
    left, right = two_columns()
    assert in_reading_order([*left, *right]) == [*left, *right]
    assert in_reading_order([*right, *left]) == [*right, *left]


def test_a_single_column_and_a_short_page_are_left_alone() -> None:
    lines = [line(f"one line of prose that is wide, number {i}", 50, 700 - 12 * i, right=545) for i in range(20)]
    assert in_reading_order(lines) == lines
    assert in_reading_order(lines[:3]) == lines[:3]


def test_running_heads_page_numbers_and_imprint_go_from_the_margins_only() -> None:
    pages = [
        [
            line(f"Journal of Legs {n}", 50, 820, page=n),
            line("Strength rose in both of the legs.", 50, 500, page=n),
            line(f"see page {n}", 50, 300, page=n),
            line(str(n), 290, 20, page=n),
        ]
        for n in (1, 2, 3)
    ]
    pages[0].append(line("doi: 10.1/x", 50, 30))
    pages[1].append(line("A footnote that stands once", 50, 40, page=2))
    kept = without_running_lines(pages, [PAGE] * 3)
    assert [[x.text for x in p] for p in kept] == [
        ["Strength rose in both of the legs.", "see page 1"],
        ["Strength rose in both of the legs.", "see page 2", "A footnote that stands once"],
        ["Strength rose in both of the legs.", "see page 3"],
    ]


def test_a_turned_line_that_comes_back_goes_from_the_side_of_the_page_only() -> None:
    def turned(text: str, left: float) -> Line:
        box = Box(left, 100, left + 10, 400)
        return replace(line(text, 100, -left, angle=90), stretches=(Stretch(0, box),))

    page = [turned("Downloaded from a shop by guest 7", 575), turned("J Legs 2", 10), turned("Table 2 again", 250)]
    assert without_running_lines([page, page], [PAGE] * 2) == [[page[2]], [page[2]]]


def test_a_stamp_of_a_download_goes_whole_where_it_stands_once() -> None:
    stamp = [line("Downloaded from", 20, 20), line("http://legs.org on May 1", 110, 20)]
    text = line("Downloaded from the register, the data had no gaps.", 50, 500)
    assert without_running_lines([[text, *stamp]], [PAGE]) == [[text]]


def test_a_masthead_above_the_title_is_no_text() -> None:
    masthead = [line("Contents at Here", 200, 780), line("Legs and Arms", 200, 760)]
    foot, title = line("journal homepage: www.legs.org", 200, 740), line("The title of the paper", 50, 700)
    assert without_running_lines([[title, *masthead, foot], masthead], [PAGE] * 2) == [[title], masthead]


def test_the_masthead_of_an_archive_is_no_text_and_no_title() -> None:
    masthead = [
        line("NIH Public Access", 50, 780),
        line("Author Manuscript", 50, 760),
        line("J Legs. Author manuscript; available in PMC 2010 May 1.", 50, 740),
        line("Published in final edited form as:", 50, 730),
    ]
    title = line("The title of the paper", 50, 600)
    assert without_running_lines([[*masthead, title]], [PAGE]) == [[title]]


def test_a_count_of_pages_goes_however_far_from_the_edge_it_stands() -> None:
    count, text = line("Page 4 of 41", 290, 110), line("Page 4 of 41 shows it.", 50, 500)
    assert without_running_lines([[text, count]], [PAGE]) == [[text]]


def test_what_a_journal_calls_its_articles_is_text_on_the_first_page_only() -> None:
    first, second, third = (line("EDITORIAL", 50, 820, page=n) for n in (1, 2, 3))
    assert without_running_lines([[first], [second], [third]], [PAGE] * 3) == [[first], [], []]
    assert without_running_lines([[first], [line("Open Access", 50, 820, page=2)]], [PAGE] * 2) == [[first], []]


def sized(text: str, baseline: float, size: float) -> Line:
    return replace(line(text, 50, baseline), size=size)


def test_a_first_page_is_read_from_its_title_on() -> None:
    title, authors = sized("Legs and arms", 760, 18), sized("Ann Lee and Bo Kim", 740, 11)
    text = [line(f"a line of the text that stands below the title, {i}", 50, 600 - 12 * i) for i in range(5)]
    note = sized("a note in small print at the foot of the page", 40, 7)
    journal = sized("Journal of Legs", 820, 9)
    assert from_the_title([note, *text, title, authors, journal]) == [journal, note, title, authors, *text]


def test_a_first_page_without_a_title_or_with_a_note_before_it_keeps_its_order() -> None:
    text = [line(f"a line of the text that stands below the title, {i}", 50, 600 - 12 * i) for i in range(5)]
    title = sized("Legs and arms", 760, 18)
    assert from_the_title(text) == text
    assert from_the_title([]) == []
    assert from_the_title([text[0], title, *text[1:]]) == [text[0], title, *text[1:]]


def test_lines_that_come_from_the_foot_of_the_page_are_read_from_the_top() -> None:
    left, right = two_columns()
    assert in_reading_order([*reversed(left), *reversed(right)]) == [*left, *right]
    assert in_reading_order(list(reversed(left))) == left
    assert in_reading_order([*right, *left]) == [*right, *left]


def test_numbers_in_a_row_of_cells_are_no_page_numbers() -> None:
    row = [line("Falls", 50, 800), line("12", 200, 800), line("14", 300, 800)]
    head = [line("Journal of Walking", 50, 820, page=page) for page in (1, 2)]
    number = line("58", 500, 820)
    assert without_running_lines([[head[0], number, *row], [head[1]]], [PAGE, PAGE]) == [row, []]


def test_a_note_that_names_a_doi_in_its_second_line_is_no_imprint() -> None:
    note = [
        line("Reprinted from Said CM and others (2012). Mobility of older adults: a phase II", 50, 76),
        line("feasibility study. doi: 10.1186/1471-2318-12-26.", 50, 64),
    ]
    imprint = [line("Journal of Walking", 50, 820), line("doi: 10.1186/1471-2318", 50, 808)]
    assert without_running_lines([[*imprint, *note]], [PAGE]) == [[imprint[0], *note]]
