from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.sources.heads import is_known_head, run_in_head
from pipeline.sources.passages import Passage, Role
from pipeline.sources.references import without_references
from pipeline.sources.sections import assign_sections, split_run_in_heads
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
    assert run_in_head("Methods We searched", 0, in_abstract=False, bare=True) is None


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
    body = Passage("We trained 30 adults. " * 9)
    kept = without_references([body, Passage(entry), Passage(run), Passage(entry, Role.HEAD)])
    assert [p.text for p in kept] == [body.text, entry]


def test_an_abstract_that_cites_in_full_is_no_list_of_references() -> None:
    cited = Passage("We extend Lee (2004) 3, Kim (2006) 9, Wu (2007) 1 and Xu (2008) 229, all on legs. They hold.")
    assert list(without_references([Passage("Legs"), cited, Passage("Conclusions", Role.HEAD)]))[1] == cited


def test_a_paragraph_with_a_list_of_years_is_no_run_of_entries() -> None:
    years = Passage("Floods came in 1975, 1981, 1984, 1991, 2005, 2006, 2007 and 2008. All were short.")
    assert list(without_references([years])) == [years]


def test_a_head_named_references_at_the_start_cuts_nothing() -> None:
    assert len(list(without_references([head("References"), Passage("A long body. " * 9)]))) == 2


def at(text: str, left: float, top: float, *, page: int = 1, role: Role = Role.BODY, size: float = 9) -> Passage:
    return Passage(text, role, (PrintedLine(0, len(text), page, left, top - 10, left + 200, top),), ("Times", size))


def kinds_of(*passages: Passage) -> list[tuple[Kind, str]]:
    parts = assign_sections(list(passages), short=False)
    return [(p.kind, p.passage.text) for p in parts if not p.is_head]


def test_a_side_box_ends_where_it_ends() -> None:
    found = kinds_of(
        at("Introduction", 300, 700, role=Role.HEAD), at("It begins.", 300, 680),
        at("WHAT THIS STUDY ADDS", 50, 400, role=Role.HEAD), at("It adds.", 52, 380),
        at("The text goes on.", 300, 660), at("And on.", 50, 700, page=2),
    )  # fmt: skip
    assert found == [
        (Kind.INTRODUCTION, "It begins."), (Kind.CONCLUSION, "It adds."),
        (Kind.INTRODUCTION, "The text goes on."), (Kind.INTRODUCTION, "And on."),
    ]  # fmt: skip


def test_two_boxes_in_a_row_give_back_the_section_around_them() -> None:
    found = kinds_of(
        at("Methods", 300, 700, page=2, role=Role.HEAD), at("We trained.", 300, 680, page=2),
        at("What is already known", 50, 400, page=2, role=Role.HEAD), at("Little.", 50, 380, page=2),
        at("What this study adds", 50, 360, page=2, role=Role.HEAD), at("More.", 50, 340, page=2),
        at("We measured.", 300, 660, page=2),
    )  # fmt: skip
    assert [kind for kind, _ in found] == [Kind.METHODS, Kind.METHODS, Kind.CONCLUSION, Kind.METHODS]


def test_a_paper_that_begins_without_a_head_below_its_abstract_begins_with_its_introduction() -> None:
    long = "Iron deficiency is common in many countries and has many causes. " * 5
    found = kinds_of(
        at("Abstract", 50, 700, role=Role.HEAD), at("Conclusions", 50, 690, role=Role.HEAD),
        at("It helps.", 50, 680), at("A short note.", 50, 600, size=7), at(long, 50, 500, size=10),
        at("Methods", 300, 700, role=Role.HEAD, size=10), at(long, 300, 680, size=10),
    )  # fmt: skip
    assert [kind for kind, _ in found] == [Kind.CONCLUSION, Kind.CONCLUSION, Kind.INTRODUCTION, Kind.METHODS]


@pytest.mark.parametrize(
    "text",
    [
        "1 Department of Medicine, University of Ghent, Ghent, Belgium",
        "Shanghai No.9 People’s Hospital, Shanghai Jiaotong University School of Medicine",
        "*Correspondence: someone@example.org",
        "Received 24 August 2009 Accepted 13 February 2010",
    ],
)
def test_where_the_authors_work_is_no_part_of_the_methods(text: str) -> None:
    head, after = at("Methods", 300, 700, role=Role.HEAD), at("We trained.", 300, 680)
    assert kinds_of(head, at(text, 50, 300), after) == [(Kind.OTHER, text), (Kind.METHODS, "We trained.")]
    assert kinds_of(head, at(text, 50, 300, page=2))[0][0] is Kind.METHODS


def test_prose_about_hospitals_is_no_affiliation() -> None:
    for text in ("Patients of the hospital were trained.", "We received 20 answers.", "A department of one hospital."):
        assert kinds_of(at("Methods", 300, 700, role=Role.HEAD), at(text, 50, 300)) == [(Kind.METHODS, text)]


def test_a_reference_list_without_a_head_goes_to_its_last_scrap() -> None:
    entries = [
        Passage("1 Kallen K. Smoking. Health 2001;11:329-33."), Passage("2 Rogers JM. Tobacco. Tox 2009;28:152-60."),
        Passage("4 Information Centre. Feeding survey: early results. The Centre, 2011."),
        Passage("Psychopharmacology 1998;136:201-4."),
    ]  # fmt: skip
    body = Passage("A long body of text. " * 30)
    numbered = Passage("1. It will lead to a better quality of life.")
    assert list(without_references([numbered, body, *entries])) == [numbered, body]
    assert list(without_references([body, *entries, head("Appendix"), numbered]))[-1] == numbered


@pytest.mark.parametrize("text", ["S TUD Y P RO TOCO L Open Access", "RESEARCH ARTICLE OPEN ACCESS", "R E S U L T S"])
def test_spaced_out_heads_and_publishers_labels_are_read(text: str) -> None:
    assert is_known_head(text)


def test_a_table_is_named_by_its_caption_wherever_that_stands() -> None:
    (part,) = assign_sections([Passage("A 1 2\nTable 1: Accuracy", Role.TABLE)], short=False)
    assert part.heading == "Table 1: Accuracy"


def test_a_long_paragraph_among_entries_is_no_part_of_the_list() -> None:
    entries = [Passage("1 Kallen K. Smoking. Health 2001;11:329-33."), Passage("2 Rogers JM. Tox. Tox 2009;28:152-60.")]
    body, after = Passage("A long body of text. " * 30), Passage("1 Appendix of the authors. " * 30)
    assert list(without_references([body, *entries, after])) == [body, after]


def test_a_short_note_below_an_abstract_is_not_the_beginning_of_the_text_whatever_its_print() -> None:
    plain = Passage("No print is known of this text. " * 9)
    found = kinds_of(at("Abstract", 50, 700, role=Role.HEAD), at("It helps.", 50, 680), plain)
    assert [kind for kind, _ in found] == [Kind.ABSTRACT, Kind.ABSTRACT]


def test_a_box_reaches_to_the_next_head_where_no_print_is_known() -> None:
    box = at("What this study adds", 50, 400, role=Role.HEAD)
    assert [kind for kind, _ in kinds_of(box, Passage("It adds."), Passage("More."))] == [Kind.CONCLUSION] * 2


def body(text: str, look: tuple[str, float] = ("Serif", 9.0)) -> Passage:
    return Passage(text, Role.BODY, (PrintedLine(0, len(text), 1, 50, 500, 300, 510),), look)


def test_the_paragraph_above_the_introduction_is_the_abstract_where_it_has_no_head() -> None:
    abstract = "Walking is a common pastime of dogs, and nobody has measured how fast they are when they walk. " * 3
    licence = "Copyright 2016 Ann Lee et al. This is an open access article under a licence that permits reuse. " * 3
    front = [head("Case Report", 1), body(licence), body("Ann T. Lee,[1] Bo Kim,[2] and so on, " * 9)]
    paper = [
        *front,
        body(abstract),
        body("Keywords: dogs, walking"),
        head("1. Introduction", 1),
        body("Dogs walk. " * 30),
    ]
    kinds = [kind for kind, _ in sections(*paper, short=False)]
    assert kinds == [Kind.OTHER, Kind.OTHER, Kind.ABSTRACT, Kind.OTHER, Kind.INTRODUCTION]
    headed = [*front, head("Abstract", 1), body(abstract), body(abstract, ("Sans", 7.0)), head("1. Introduction", 1)]
    assert [kind for kind, _ in sections(*headed, short=False)][2] is Kind.ABSTRACT


@pytest.mark.parametrize(
    "abstract",
    [
        "Abstract: Background and Aim. Legs are weak. Research Design and Methods. We trained 30 adults.",
        "ABSTRACT\u2014Background/Aims: Legs are weak. Patients and Methods: We trained 30 adults.",
        "Summary. Background Legs are weak. Methods: We trained 30 adults.",
        "Abstract Legs are weak. METHODS: We trained 30 adults.",
    ],
)
def test_the_word_abstract_before_an_abstract_is_its_head_and_no_part_of_its_first_sentence(abstract: str) -> None:
    found = sections(Passage(abstract))
    assert [text.removeprefix("Background ") for _, text in found] == ["Legs are weak.", "We trained 30 adults."]
    assert found[-1][0] is Kind.METHODS


def test_behind_a_cover_the_abstract_is_that_of_the_page_on_which_the_title_stands_again() -> None:
    title = Passage(
        "Training one leg makes the other strong", Role.TITLE, (PrintedLine(0, 39, 1, 50, 700, 300, 720),), ("Sans", 16)
    )
    cover = at("To cite this article, see the page of the journal.", 50, 400)
    again = replace(at(title.text, 50, 700, page=2), role=Role.HEAD)
    abstract = at("Objective: To train legs. Methods: We trained 30 adults. Results: Strength rose.", 50, 600, page=2)
    paper = [at("Introduction", 50, 500, page=2, role=Role.HEAD), at("Legs are weak.", 50, 480, page=2)]
    assert sections(title, cover, again, abstract, *paper, short=False)[2:] == [
        (Kind.INTRODUCTION, "To train legs."),
        (Kind.METHODS, "We trained 30 adults."),
        (Kind.RESULTS, "Strength rose."),
        (Kind.INTRODUCTION, "Legs are weak."),
    ]


def test_an_abstract_on_a_page_of_its_own_before_the_paper_is_one_and_a_summary_behind_it_is_not() -> None:
    front = [at("Ann Lee and Bo Kim", 50, 700), at("Abstract", 50, 700, page=2, role=Role.HEAD)]
    paper = [at("Legs are weak.", 50, 650, page=2), at("Introduction", 50, 700, page=3, role=Role.HEAD)]
    last = [at("Summary", 50, 300, page=3, role=Role.HEAD), at("Train them.", 50, 280, page=3)]
    kinds = [kind for kind, _ in kinds_of(*front, *paper, at("They are.", 50, 500, page=3), *last)]
    assert kinds == [Kind.OTHER, Kind.ABSTRACT, Kind.INTRODUCTION, Kind.CONCLUSION]


def test_every_head_in_capitals_is_read_in_an_abstract() -> None:
    abstract = (
        "IMPORTANCE Legs are weak. DESIGN, SETTING, AND PARTICIPANTS We trained 30 adults. MAIN OUTCOMES AND MEASURES "
        "The primary outcome was strength. CONCLUSIONS AND RELEVANCE In this trial, strength rose."
    )
    assert sections(Passage(abstract)) == [
        (Kind.INTRODUCTION, "Legs are weak."),
        (Kind.METHODS, "We trained 30 adults."),
        (Kind.METHODS, "The primary outcome was strength."),
        (Kind.CONCLUSION, "In this trial, strength rose."),
    ]


def test_an_abstract_that_begins_with_a_bare_head_has_others() -> None:
    abstract = "Aims To train legs. Design A trial. Findings All groups rose. Conclusions Legs can be trained."
    assert sections(Passage(abstract)) == [
        (Kind.INTRODUCTION, "To train legs."),
        (Kind.METHODS, "A trial."),
        (Kind.RESULTS, "All groups rose."),
        (Kind.CONCLUSION, "Legs can be trained."),
    ]


def test_a_head_at_the_end_of_its_paragraph_opens_its_section_in_the_next() -> None:
    found = sections(Passage("Results: Strength rose. Conclusions:"), Passage("Legs can be trained."))
    assert found == [(Kind.RESULTS, "Strength rose."), (Kind.CONCLUSION, "Legs can be trained.")]


@pytest.mark.parametrize("text", ["literature", "research:", "protocol", "procedures:"])
def test_a_line_of_one_small_word_is_no_head(text: str) -> None:
    assert not is_known_head(text)
    assert is_known_head(text.capitalize())
    assert is_known_head("a b s t r a c t")


def test_a_label_on_the_first_page_ends_no_section_beyond_it() -> None:
    front = [at("Introduction", 50, 700, role=Role.HEAD), at("Legs are weak.", 50, 680)]
    label, licence = at("Open Access", 350, 500, role=Role.HEAD), at("Anybody may share it.", 350, 480)
    rest = at("They need training.", 50, 700, page=2)
    assert kinds_of(*front, label, licence, rest) == [
        (Kind.INTRODUCTION, "Legs are weak."),
        (Kind.OTHER, "Anybody may share it."),
        (Kind.INTRODUCTION, "They need training."),
    ]
    later = at("Research Article", 50, 750, page=2, role=Role.HEAD)
    assert kinds_of(*front, later, rest)[-1] == (Kind.INTRODUCTION, "They need training.")


def test_key_points_sum_up_the_paper_and_evidence_before_it_is_not_its_own() -> None:
    methods = [at("Methods", 50, 700, page=2, role=Role.HEAD), at("We trained 30 adults.", 50, 680, page=2)]
    points = [at("Key Points", 350, 700, page=2, role=Role.HEAD), at("Legs can be trained.", 350, 680, page=2)]
    before = [at("Evidence before this study", 350, 500, page=3, role=Role.HEAD), at("None.", 350, 480, page=3)]
    assert [kind for kind, _ in kinds_of(*methods, *points, *before)] == [Kind.METHODS, Kind.ABSTRACT, Kind.OTHER]


def test_what_a_publisher_says_about_the_paper_is_no_abstract() -> None:
    abstract = body(
        "Walking is a common pastime of dogs, and nobody has measured how fast they are when they walk. " * 3
    )
    licence = body(
        "doi: 10.1/legs.2 \u00a9 2022 Lee and Kim. This is an open-access article under a licence that permits reuse. "
        * 3
    )
    kinds = [k for k, _ in sections(abstract, licence, head("Introduction", 2), body("Dogs walk. " * 30), short=False)]
    assert kinds[0] is Kind.ABSTRACT
    assert Kind.ABSTRACT not in kinds[1:]


def test_what_stands_beside_an_abstract_does_not_say_how_it_is_printed() -> None:
    long = "Iron deficiency is common in many countries and has many causes. " * 5
    abstract = [
        at("Abstract", 50, 700, role=Role.HEAD), at("Received: March 13, 2017.", 400, 690, size=7),
        at("Correspondence:", 400, 680, role=Role.HEAD, size=7), at("someone@example.org", 400, 670, size=7),
    ]  # fmt: skip
    assert kinds_of(*abstract, at(long, 50, 600))[-1] == (Kind.ABSTRACT, long)
