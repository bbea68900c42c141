"""BibTeX and BibLaTeX with the LaTeX of their exporters."""

from __future__ import annotations

import pytest

from pipeline.sources.records import bibtex
from pipeline.sources.records.bibtex import read_bibtex
from pipeline.sources.records.latex import latex_text
from pipeline.sources.records.record import FaultyRecord
from schemas.vocabulary import SectionKind
from tests.sources.records.exports import BIBTEX_ENTRIES, names, only, read, sections


def test_an_entry_has_names_dates_numbers_and_sections() -> None:
    records = read(read_bibtex, "".join(BIBTEX_ENTRIES))
    assert [r.line for r in records] == [1, 9, 17, 25]
    assert records[0].citation.title == "Training one ARM"
    assert names(records[0]) == [("Lee", "A. B."), ("Kim", "C.")]
    assert [kind for kind, _ in sections(records[0])][1:3] == [SectionKind.METHODS, SectionKind.RESULTS]


def test_names_of_every_form_are_split() -> None:
    record = only(
        read_bibtex,
        '@article{k, title={T}, author={M{\\"u}ller, J{\\"o}rg and Anna B. van den Berg and {Arm Study Group} and '
        "{World Health Organization} and Lee, Jr., Ann and others}}",
    )
    assert names(record) == [
        ("Müller", "Jörg"), ("van den Berg", "Anna B."), ("Arm Study Group", None), ("World Health Organization", None),
        ("Lee", "Jr. Ann"),
    ]  # fmt: skip


def test_names_with_initials_behind_them_are_read_as_medline_prints_them() -> None:
    record = only(read_bibtex, "@article{k, title={T}, author={Smith JA and de Snoo GR and O'Brien S and others}}")
    mixed = only(read_bibtex, "@article{k, title={T}, author={Lee, A. and van der Want H and Jun LI}}")
    assert names(record) == [("Smith", "JA"), ("de Snoo", "GR"), ("O'Brien", "S")]
    assert names(mixed) == [("Lee", "A."), ("van der Want", "H"), ("LI", "Jun")]


def test_macros_joined_values_and_doubled_braces_are_resolved() -> None:
    record = only(
        read_bibtex,
        '@string{arms = "The arm journal"}\n@Article{k, Title = {{Training}}, journal = arms # ", part " # {B},\n'
        " year = 2018, month = may, day = 17, pages = {1645--1654}, PMID = {29000001}}",
    )
    citation = record.citation
    assert (citation.title, citation.container_title) == ("Training", "The arm journal, part B")
    assert (citation.page, citation.PMID) == ("1645-1654", "29000001")
    assert citation.issued is not None
    assert citation.issued.date_parts == ((2018, 5, 17),)


def test_entries_without_a_key_are_read_as_endnote_writes_them() -> None:
    records = read(
        read_bibtex, "@string{a = {Arms}}\n@article{\n  author = {Lee, A.},\n  title = {T},\n}\n\n@Book{title={U}}"
    )
    assert [(r.line, r.citation.title) for r in records] == [(2, "T"), (7, "U")]
    assert names(records[0]) == [("Lee", "A.")]


def test_a_comma_that_is_missing_behind_a_field_costs_no_field() -> None:
    record = only(read_bibtex, '@article{k,\n  author = {Lee, A.}\n  title = "T"\n  year = {2019}\n}\n')
    assert (record.citation.title, record.citation.year, names(record)) == ("T", 2019, [("Lee", "A.")])


def test_biblatex_has_fields_of_its_own() -> None:
    record = only(
        read_bibtex,
        "@online{k, title={A}, subtitle={B}, date={2018-05-17}, journaltitle={Arms}, eprint={29000001},"
        " eprinttype={pubmed}, langid={ngerman}, doi={10.1000/arm\\_1}}",
    )
    assert (record.citation.title, record.citation.PMID, record.citation.DOI) == ("A: B", "29000001", "10.1000/arm_1")


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"100\% of $\alpha$-things \& \textit{x}", "100% of α-things & x"),
        (r"p {\textless} 0.05 and n \textgreater{} 30", "p < 0.05 and n > 30"),
        ("a 5% increase in R&D for $5 and $6", "a 5% increase in R&D for $5 and $6"),
        (r"H$_2$O, CO\textsubscript{2}, 10$^{-3}$ m\textsuperscript{2}", "H2O, CO2, 10⁻³ m²"),
        ("$e=mc^2$", "e=mc²"),
        (r"p$<$0.05, 5$\pm$1, $-$2, $\sim$50\% and $\beta$2 for $5-$10", "p<0.05, 5±1, -2, ∼50% and β2 for $5-$10"),
        (r"Na$^+$, Ca$^{2+}$, Cl$^{-}$ at 25$^\circ$C or 20$^{\circ}$C", "Na+, Ca²⁺, Cl- at 25°C or 20°C"),
        (r"200 \mbox{$\mu$}g \texttt{a} {\textsf{b}}", "200 μg a b"),
        (
            "Walking in {Dogs}: {A} {Randomised} {Trial} {and} {COVID}-19",
            "Walking in Dogs: A Randomised Trial and COVID-19",
        ),
        (r"{\'E}mile {\v{C}}apek \textit{E. coli} {\textit{K-12}}", "Émile Čapek E. coli K-12"),
        (r"{\'E}mile \v{C}apek, {\O}re", "Émile Čapek, Øre"),
        (r"see \href{https://example.org}{the page} and \href{a", "see the page and a"),
    ],
)
def test_latex_becomes_the_text_that_is_meant(latex: str, text: str) -> None:
    assert latex_text(latex) == text


def test_an_entry_may_stand_in_parentheses() -> None:
    records = read(read_bibtex, "@article(k, title={A (b)}, year=2020)\n@book{l, title={B}}")
    assert [r.citation.title for r in records] == ["A (b)", "B"]


def test_a_field_and_a_key_that_stand_twice_cost_nothing() -> None:
    records = read(read_bibtex, "@article{k, title={A}, note={x}, note={y}}\n@article{k, title={B}}\n@comment{x}")
    assert [r.citation.title for r in records] == ["A", "B"]


def test_an_unclosed_entry_is_a_fault_with_its_line_and_the_others_are_read() -> None:
    broken = BIBTEX_ENTRIES[1].replace("neither", "x").replace("title = {", "title = {{", 1)
    first, fault, third = read_bibtex(BIBTEX_ENTRIES[0] + broken + BIBTEX_ENTRIES[2])
    assert isinstance(fault, FaultyRecord)
    assert fault.line == 9
    assert not isinstance(first, FaultyRecord)
    assert not isinstance(third, FaultyRecord)


def test_an_entry_that_begins_behind_a_cut_is_read() -> None:
    found = [*read_bibtex(BIBTEX_ENTRIES[0][:90] + BIBTEX_ENTRIES[1])]
    assert [type(entry).__name__ for entry in found] == ["FaultyRecord", "Record"]


def test_an_entry_that_lost_its_first_line_is_a_fault() -> None:
    found = [*read_bibtex(BIBTEX_ENTRIES[0] + BIBTEX_ENTRIES[1].split("\n", 1)[1] + BIBTEX_ENTRIES[2])]
    assert [type(entry).__name__ for entry in found] == ["Record", "FaultyRecord", "Record"]


def test_macros_that_double_one_another_put_in_no_more_than_the_file_bears() -> None:
    macros = "".join(f"@string{{s{n} = s{n - 1} # s{n - 1}}}\n" for n in range(1, 18))
    source = '@string{s0 = "arms "}\n' + macros + "@article{k, title = s8, note = s3 # {x}, year = 2020}\n"
    entries = source + "".join(f"@article{{k{n}, title = {{T}}, abstract = s12}}\n" for n in range(400))
    records = read(read_bibtex, entries)
    assert len(records) == 401
    assert records[0].citation.title is not None
    assert records[0].citation.title.startswith("arms arms")
    read_in_full = [r for r in records[1:] if r.passages and len(r.passages[-1].text) > 1_000]
    assert 0 < len(read_in_full) < 400


def test_fields_that_nobody_asks_for_are_not_converted(monkeypatch: pytest.MonkeyPatch) -> None:
    converted: list[str] = []

    def recorded(value: str) -> str:
        converted.append(value)
        return latex_text(value)

    monkeypatch.setattr(bibtex, "latex_text", recorded)
    only(read_bibtex, "@article{k, title={Arms}, cited-references={Lee {\\&} Kim}, affiliation={Arm House}}")
    assert "Arms" in converted
    assert not {r"Lee {\&} Kim", "Arm House"} & {*converted}
