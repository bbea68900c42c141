"""Single fields: names, dates, identifiers, pages, markup, language."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.identifiers import plain_doi
from pipeline.sources.records.dates import date_of
from pipeline.sources.records.fields import doi_in_url, doi_of, language_of, one_line, pages_of, plain, pmid_of
from pipeline.sources.records.kinds import registrations
from pipeline.sources.records.names import names_of
from pipeline.sources.services.identifiers import parse_identifier


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("Lee, Anna B", ("Lee", "Anna B")),
        ("Lee, A.B.", ("Lee", "A.B.")),
        ("Lee AB", ("Lee", "AB")),
        ("Adler D.G.", ("Adler", "D.G.")),
        ("de Hoon M J L", ("de Hoon", "M J L")),
        ("van den Brink, Gertrude", ("van den Brink", "Gertrude")),
        ("Smith JA Jr", ("Smith", "JA Jr")),
        ("Locke, G.R., 3rd", ("Locke", "G.R. 3rd")),
        ("Quintanilla-Dieck L.", ("Quintanilla-Dieck", "L.")),
        ("Anna B. Lee", ("Lee", "Anna B.")),
        ("Lee, A. (0000-0001-2345-678X)", ("Lee", "A.")),
        ("Lee AB*", ("Lee", "AB")),
        ("World Health Organization", ("World Health Organization", None)),
        ("World Health Organization,", ("World Health Organization", None)),
        ("Department of Health, Education, and Welfare", ("Department of Health, Education, and Welfare", None)),
        ("WHO", ("WHO", None)),
    ],
)
def test_a_name_is_split_as_its_form_shows(printed: str, name: tuple[str, str | None]) -> None:
    assert [(n.family or n.literal, n.given) for n in names_of([printed])] == [name]


@pytest.mark.parametrize("printed", ["et al.", "Anonymous", "[Anonymous]", "No authorship indicated", "", ";", "-"])
def test_nobody_is_no_name(printed: str) -> None:
    assert names_of([printed]) == ()


@pytest.mark.parametrize(
    "printed",
    [
        "Lee, AB and Kim, C and Wu, D",
        "Lee, AB, and Kim, C & Wu, D",
        "Lee AB and Kim C and Wu D",
        "Lee AB, Kim C and Wu D",
    ],
)
def test_names_that_an_and_or_commas_join_are_several(printed: str) -> None:
    assert [(n.family, n.given) for n in names_of([printed])] == [("Lee", "AB"), ("Kim", "C"), ("Wu", "D")]


def test_bodies_with_an_and_are_one() -> None:
    bodies = ("Health and Safety Executive", "Sons and Daughters, U. S.", "University of A, Section B, C")
    assert [n.literal for n in names_of(bodies)] == [*bodies]


def test_several_names_in_one_field_are_several() -> None:
    assert [n.short for n in names_of(["Lee A.B., van Kim C, et al.", "Lee AB, Jr", "Group A, Group B"])] == [
        "Lee",
        "van Kim",
        "Lee AB",
        "Group A",
    ]
    assert [n.family for n in names_of(["Lee, A.; Kim, B.", "Lee, A., Kim, B.C., Park, D."])] == [
        "Lee", "Kim", "Lee", "Kim", "Park",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("printed", "parts"),
    [
        (("2013///",), (2013,)),
        (("2013/10/05/",), (2013, 10, 5)),
        (("2013//Oct-Dec",), (2013, 10)),
        (("2013 Oct-Dec",), (2013, 10)),
        (("2013 Dec-2014 Jan",), (2013, 12)),
        (("2020", "DEC 16 2020"), (2020, 12, 16)),
        (("2004", "JUN 8"), (2004, 6, 8)),
        (("2020", "2019/05/05"), (2020,)),
        (("2020-Dec",), (2020, 12)),
        (("20131005",), (2013, 10, 5)),
        (("Start date: 20131005",), (2013, 10, 5)),
        (("Spring 2013",), (2013,)),
        (("05/10/2013",), (2013,)),
        (("25/10/2013",), (2013, 10, 25)),
        (("c2004",), (2004,)),
        (("2021-13-45",), (2021,)),
        (("10 15",), None),
        (("in press",), None),
        ((None, ""), None),
    ],
)
def test_a_date_is_as_precise_as_it_is_printed(printed: tuple[str | None, ...], parts: tuple[int, ...] | None) -> None:
    date = date_of(*printed)
    assert (date.date_parts[0] if date else None) == parts


@pytest.mark.parametrize(
    ("start", "end", "pages"),
    [
        ("1453-4", None, "1453-1454"), ("244-55", "", "244-255"), ("152", "160", "152-160"), ("20", "20", "20"),
        ("110-123", "123", "110-123"), ("S12-S15", None, "S12-S15"), ("e10-8", None, "e10-e18"),
        ("00193-2021", None, "00193-2021"), ("No", "Specified", None),
        ("pp. 12--15", None, "12-15"), ("e0046493", None, "e0046493"), ("1279‐1297", None, "1279-1297"), ("", "", None),
    ],
)  # fmt: skip
def test_pages_are_written_in_full(start: str, end: str | None, pages: str | None) -> None:
    assert pages_of(start, end) == pages


@pytest.mark.parametrize(
    ("printed", "doi"),
    [
        ("https://doi.org/10.1000/ABC.def.", "10.1000/ABC.def"),
        ("doi:10.1000/x(1)2)", "10.1000/x(1)2"),
        ("10.1136/x [doi]", "10.1136/x"),
        ("http://dx.doi.org/10.4103%2F2303-9027.138783", "10.4103/2303-9027.138783"),
        (
            "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
            "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2",
        ),
        ("none", None),
        ("10.1000/", None),
    ],
)
def test_a_doi_is_bare_and_as_printed(printed: str, doi: str | None) -> None:
    assert doi_of(printed) == doi


@pytest.mark.parametrize(
    ("printed", "doi"),
    [
        ("10.1000/arm.1).", "10.1000/arm.1"),
        ("10.1016/S0140-6736(20)30183-5);", "10.1016/s0140-6736(20)30183-5"),
        ("10.1000.10/arm]}", "10.1000.10/arm"),
        ("10.1002/(SICI)1097<1::AID-X>3.0.CO;2-#>", "10.1002/(sici)1097<1::aid-x>3.0.co;2-#"),
        ("10.1000/arm.1”*", "10.1000/arm.1"),
    ],
)
def test_whoever_reads_a_doi_cuts_the_same_from_its_end(printed: str, doi: str) -> None:
    given = parse_identifier(printed)
    assert given is not None
    assert (doi_of(printed) or "").lower() == plain_doi(printed) == given.value == doi


def test_the_number_of_a_record_in_the_register_of_trials_is_no_doi() -> None:
    assert doi_of("10.1002/central/CN-01783882") is None
    assert doi_in_url("https://www.cochranelibrary.com/central/doi/10.1002/central/CN-01783882/full") is None
    assert doi_of("10.1002/14651858.CD001.pub2") == "10.1002/14651858.CD001.pub2"


def test_an_address_gives_its_doi_without_what_publishers_add() -> None:
    assert doi_in_url("https://example.org/articles/10.3389/fpsyg.2019.1/full") == "10.3389/fpsyg.2019.1"
    assert doi_in_url("https://example.org/record.uri?eid=2&doi=10.1000%2farm.1&md5=4") == "10.1000/arm.1"
    assert doi_in_url("https://example.org/10.5") is None


def test_a_pmid_counts_only_where_it_is_called_one() -> None:
    named = ("PMID: 123", "123 [pmid]", "MEDLINE:0123", "PUBMED 7", "https://pubmed.ncbi.nlm.nih.gov/9/")
    assert [pmid_of(text) for text in named] == ["123", "123", "123", "7", "9"]
    assert pmid_of("L2001373149 and 15368318") is None


def test_markup_goes_and_comparisons_stay() -> None:
    assert plain("a <i>b</i> p&lt;0.05 &amp;lt;x 10<sup>-3</sup> <5 and >3 a <b and c> d R&D") == (
        "a b p<0.05 <x 10⁻³ <5 and >3 a <b and c> d R&D"
    )


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        ("20 &mgr;M &PLUSMN; 2 &LT; 5 &T; &Xyz;", "20 μM ± 2 < 5 &T; &Xyz;"),
        ("3<middle dot>2%", "3·2%"),
        (
            "by <scp>NLP</scp> of <tex>a</tex> <mrow><mi>k</mi><mo stretchy='false'>·</mo></mrow> <mice>",
            "by NLP of a k· <mice>",
        ),
    ],
)
def test_names_of_signs_and_rarer_tags_are_read(printed: str, text: str) -> None:
    assert plain(printed) == text


def test_characters_that_were_escaped_three_times_are_read() -> None:
    assert (
        plain("<jats:p>&amp;lt;p&amp;gt;The &amp;amp;#8220;hub&amp;amp;#8221;&amp;amp;#160;is up") == "The “hub” is up"
    )


def test_languages_become_codes_where_they_are_common() -> None:
    assert [language_of(t) for t in ("eng", "English", "en-US", "ger; eng", "Klingon", "")] == [
        "en", "en", "en", "de", "Klingon", None,
    ]  # fmt: skip


def test_registers_of_trials_and_reviews_are_joined_each_once() -> None:
    found = registrations(["ClinicalTrials.gov/NCT01234567", "NCT01234567 ISRCTN12345678", "PROSPERO CRD42012002345"])
    assert found == "NCT01234567; ISRCTN12345678; CRD42012002345"
    assert registrations(["NCT0123", "GENBANK/AB123456"]) is None


@given(st.text(max_size=300))
def test_any_text_is_a_field_of_every_kind_or_none(text: str) -> None:
    date, pages = date_of(text), pages_of(text, text[::-1])
    assert date is None or 1500 <= date.date_parts[0][0] <= 2099
    assert pages is None or pages
    assert "\n" not in one_line(text)
    assert all(n.family or n.literal for n in names_of([text]))
    assert (doi_of(text) or "10.").startswith("10.")


def test_an_address_behind_a_name_is_no_part_of_it() -> None:
    assert [(n.family, n.given) for n in names_of(["Lee, Ann B. (ann.lee@example.org)"])] == [("Lee", "Ann B.")]
