"""Folding: what typesetting changes goes, what carries meaning stays, and every offset leads back to the original."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rules.folding import fold, spaced

TYPESET = st.text(st.sampled_from("abcX -–−'\"ﬁ²¹5.,<=>[3]\n\xad\x02\ufffe\u2009\u200b^é\u0301½𝑝µ·—"), max_size=60)

ALIKE = [
    ("cross-education", "crosseducation"),
    ("cross-\neducation", "crosseducation"),
    ("cross-\r\neducation", "cross-education"),
    ("cross\xadeducation", "crosseducation"),
    ("cross\xad\neducation", "crosseducation"),
    ("cross\ufffeeducation", "cross-education"),
    ("cross\x02\neducation", "crosseducation"),
    ("COVID\x0219", "COVID-19"),
    ("12–26 %", "12-26%"),
    ("−0.5", "-0.5"),
    ("(\xad0.5)", "(-0.5)"),
    ("p = .04", "p\u2009=\u202f.04"),
    ("p <= 0.05, q >= 2", "p ≤ 0.05, q ⩾ 2"),
    ("3 +/- 1", "3 ± 1"),
    ("2 × 10⁵", "2 x 10^5"),
    ("signiﬁcant eﬀects", "significant effects"),
    ("𝑝 < 0.05", "p < 0.05"),
    ("ＲＣＴ ４", "RCT 4"),
    ("5 µg", "5 μg"),
    ("0·05", "0.05"),
    ("“training”", '"training"'),
    ("the patient’s 5′", "the patient's 5'"),
    ("37 ˚C", "37 °C"),
    ("≠", "=\u0338"),
    ("café", "cafe\u0301"),
    ("word—word", "word – word"),
    ("word--word", "word—word"),
    ("cm²", "cm2"),
    ("m^2", "m2"),
    ("kg·m⁻²", "kg·m-2"),
    ("CO₂", "CO2"),
    ("The Rate", "the rate"),
    ("a\u200bb\ufeff", "ab"),
    ("complaint¹", "complaint"),
    ("complaint.¹²", "complaint."),
    ("complaint¹,² was", "complaint was"),
    ("both regimens [3].", "both regimens."),
    ("regimens [3,4] were", "regimens were"),
    ("regimens [3–5, 7] were", "regimens were"),
    ("force (MVC) [12]", "force (MVC)"),
]

UNLIKE = [
    ("-0.5", "0.5"),
    ("0.5", "05"),
    (".05", "05"),
    ("p < 0.05", "p > 0.05"),
    ("p ≤ 0.05", "p < 0.05"),
    ("≠ 2", "= 2"),
    ("10⁵", "105"),
    ("10₅", "105"),
    ("2½", "21/2"),
    ("5①", "51"),
    ("complaint1", "complaint"),
    ("95% CI [3, 4]", "95% CI"),
    ("95% CI [3, 4]", "95% CI [3, 5]"),
    ("rose by 5 [3-7]", "rose by 5"),
    ("5 mmHg [3]", "5 mmHg"),
    ("a score [3-5]", "a score"),
    ("as shown [5,3]", "as shown"),
    ("training [0]", "training"),
    ("cm²", "cm"),
    ("men²", "men"),
    ("dose²", "dose"),
    ("Ca²⁺", "Ca"),
    ("sodium⁺", "sodium"),
    ("¹⁴C", "C"),
    ("(x + 1)²", "(x + 1)"),
    ("30%²", "30%"),
    ("m2", "m"),
    ("mmol⁻¹", "mmol"),
    ("résumé", "resume"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_typesetting_folds_away(one: str, other: str) -> None:
    assert fold(one).folded == fold(other).folded


@pytest.mark.parametrize(("one", "other"), UNLIKE)
def test_what_carries_meaning_stays(one: str, other: str) -> None:
    assert fold(one).folded != fold(other).folded


def test_markers_may_be_kept_as_the_digits_they_are() -> None:
    kept = fold("complaint¹ [3]", drop_markers=False)
    assert kept.folded == "complaint1[3]"
    assert not kept.markers
    dropped = fold("complaint¹ was common [3–5]")
    assert [(m.at, m.digits) for m in dropped.markers] == [(9, "1"), (18, "3-5")]


def test_a_ligature_leads_back_to_its_one_character() -> None:
    folded = fold("a ﬁrst")
    assert folded.folded == "afirst"
    assert (folded.start(1), folded.end(2), folded.start(2), folded.end(3)) == (2, 3, 2, 3)
    assert folded.text[folded.start(1) : folded.end(6)] == "ﬁrst"


def test_a_run_of_characters_that_folds_to_one_keeps_its_length() -> None:
    folded = fold("p <= 5")
    assert folded.text[folded.start(1) : folded.end(2)] == "<="
    assert folded.between(1) == " "


def test_spaced_keeps_words_apart_and_letters_as_they_are() -> None:
    assert spaced("Not  able,\n−0.5\u2009mM [x] cross-\neducation") == "Not able, -0.5 mM [x] crosseducation"
    assert spaced("the regimens [3] rose") == "the regimens  rose"


@given(TYPESET)
def test_offsets_rise_and_stay_inside_the_text(text: str) -> None:
    for folded in (fold(text), fold(text, drop_markers=False)):
        assert len(folded.starts) == len(folded.folded)
        assert list(folded.starts) == sorted(folded.starts)
        for i in range(len(folded.folded)):
            assert 0 <= folded.start(i) < folded.end(i + 1) <= len(text)


@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_any_text_folds_without_white_space(text: str) -> None:
    folded = fold(text).folded
    assert not any(c.isspace() for c in folded)
    assert fold(text).folded == folded


@given(st.text(st.sampled_from("abc XYZ 159 .,()%<>="), max_size=80).filter(lambda t: not re.search(r"[<>]=|=<", t)))
def test_plain_ascii_folds_to_itself_without_spaces_in_lower_case(text: str) -> None:
    folded = fold(text)
    assert folded.folded == "".join(text.lower().split())
    assert all(text[folded.start(i)].lower() == c for i, c in enumerate(folded.folded))
