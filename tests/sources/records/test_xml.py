"""XML of strangers: entities, DOCTYPE, mixed content, size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.records.fragments import fragments
from pipeline.sources.records.xml import XmlError, open_xml, text_of


def test_named_characters_of_html_are_read_without_a_dtd() -> None:
    assert text_of(open_xml("<a>5&nbsp;&plusmn;&nbsp;2 &alpha;&beta; &lt; R&amp;D &eacute;</a>")) == "5 ± 2 αβ < R&D é"


def test_entities_of_the_document_stay_as_they_are_printed() -> None:
    bomb = (
        '<!DOCTYPE a [<!ENTITY a "lol"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/hostname">]>\n<a>&b;&c;</a>'
    )
    assert text_of(open_xml(bomb)) == "&b;&c;"


def test_raised_figures_stay_raised_and_lowered_ones_do_not() -> None:
    root = open_xml("<a>10<sup>-3</sup> m<sup>2</sup> CO<sub>2</sub> <i>in</i> <b>vivo</b> X<sup>th</sup></a>")
    assert text_of(root) == "10⁻³ m² CO2 in vivo Xth"


def test_blocks_are_set_apart_and_what_is_skipped_leaves_its_tail() -> None:
    root = open_xml("<a><p>One.</p><p>Two<xref>3</xref> four.</p></a>")
    assert text_of(root) == "One. Two3 four."
    assert text_of(root, skip=lambda node: node.tag == "xref") == "One. Two four."


def test_formulas_are_read_in_a_line() -> None:
    root = open_xml(
        "<a><m:mfrac><m:mi>a</m:mi><m:mn>x+1</m:mn></m:mfrac> <m:msup><m:mi>e</m:mi><m:mn>2</m:mn></m:msup></a>"
    )
    assert text_of(root) == "a/(x+1) e²"


def test_literal_text_stays_literal_and_comments_go() -> None:
    assert text_of(open_xml("<a><![CDATA[a < b & &nbsp;]]><!-- no & --> c &</a>")) == "a < b & &nbsp; c &"


@pytest.mark.parametrize(
    ("text", "line"), [("", 1), ("<a>", 1), ("\n\n<a></b>", 3), ("<!DOCTYPE a [<<<\n<a/>", 1), ("<a>" * 300, 1)]
)
def test_what_is_no_xml_is_an_error_with_its_line(text: str, line: int) -> None:
    with pytest.raises(XmlError, match=f"^line {line}: "):
        open_xml(text)


def test_deep_formulas_take_no_time_that_doubles_with_each_level() -> None:
    inner = "<mfrac>" * 100 + "<mi>1</mi><mi>2</mi>" + "</mfrac>" * 100
    assert "1" in text_of(open_xml(f"<a>{inner}</a>"))
    nested = "<i>x</i>"
    for _ in range(60):
        nested = f"<mfrac><mi>1</mi>{nested}</mfrac>"
    assert text_of(open_xml(f"<a>{nested}</a>")).startswith("1/")


def test_fragments_end_where_the_next_one_begins() -> None:
    found = [*fragments("<rs>\n<r>1</r>\r\n<r>2\r<r>3</r>\njunk</rs>", "r")]
    assert [(f.line, f.text.strip(), f.whole) for f in found] == [
        (2, "<r>1</r>", True), (3, "<r>2", False), (4, "<r>3</r>", True), (5, "junk</rs>", False),
    ]  # fmt: skip


@given(st.text(alphabet="<>&;/ab!-[]?'\"=#x0 \n", max_size=120))
def test_any_text_is_xml_or_an_error(text: str) -> None:
    try:
        read = text_of(open_xml(text))
    except XmlError as error:
        read = f"{error}"
    assert isinstance(read, str)
