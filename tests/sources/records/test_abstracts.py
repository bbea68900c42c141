"""Abstracts: heads in the shapes of vendors, and what is no word of the study."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.passages import Passage, Role
from pipeline.sources.records.abstracts import Part, abstract_passages, labelled_passages, registration_statement
from pipeline.sources.records.kinds import registrations


def shape(text: str) -> list[tuple[str, str]]:
    return [(p.role.value, p.text) for p in abstract_passages(text)[0]]


@pytest.mark.parametrize(
    "text",
    [
        "METHODS: We did. RESULTS: It grew.",
        "Methods: We did.Results: It grew.",
        "METHODS We did. RESULTS It grew.",
        "MethodsWe did.ResultsIt grew.",
        "Methods\nWe did.\nResults\nIt grew.",
        "<b>Methods: </b>We did.<br/><b>Results: </b>It grew.",
        "<jats:title>Methods</jats:title><jats:p>We did.</jats:p><h3>Results</h3><p>It grew.</p>",
        "Abstract Methods: We did. Results: It grew.",
    ],
)  # fmt: skip
def test_heads_of_every_shape_stand_apart(text: str) -> None:
    assert [(role, body.lower()) for role, body in shape(text)] == [
        ("head", "methods"), ("body", "we did."), ("head", "results"), ("body", "it grew."),
    ]  # fmt: skip


def test_heads_of_embase_leave_the_number_open() -> None:
    assert shape("Material(s) and Method(s): We did. Result(s): It grew. Conclusion(s): Good.") == [
        ("head", "Material(s) and Method(s)"), ("body", "We did."), ("head", "Result(s)"), ("body", "It grew."),
        ("head", "Conclusion(s)"), ("body", "Good."),
    ]  # fmt: skip


def test_parts_of_pubmed_xml_in_another_export_are_heads_and_bodies() -> None:
    text = (
        '<AbstractText Label="Aims" NlmCategory="UNASSIGNED">We ran.</AbstractText>\n<AbstractText>It grew.'
        "</AbstractText><CopyrightInformation>© 2022 Wiley.</CopyrightInformation>"
    )
    assert shape(text) == [("head", "Aims"), ("body", "We ran."), ("body", "It grew.")]
    assert shape("AIMS: " + text) == shape(text)
    assert shape("In short: " + text)[0] == ("body", "In short:")


def test_a_head_of_several_words_in_capitals_is_one_head() -> None:
    assert shape("BACKGROUND AND AIMS RCT data are few. METHODS We did.")[0] == ("head", "BACKGROUND AND AIMS")


def test_words_that_only_look_like_heads_stay_in_their_sentence() -> None:
    assert shape("DNA Repair was seen. In AIDS: none. WHO Data are few.") == [
        ("body", "DNA Repair was seen. In AIDS: none. WHO Data are few.")
    ]


@pytest.mark.parametrize(
    "tail",
    [
        " © 2020 Elsevier Inc. All rights reserved.",
        " Copyright © 2019 The Author(s). Published by S. Karger AG, Basel.",
        ", Copyright (C) 2011 Blackwell Publishing Ltd.",
        " (PsycINFO Database Record (c) 2019 APA, all rights reserved)",
        " [ABSTRACT FROM AUTHOR] Copyright of Arms is the property of Arm House and its content may not be copied.",
        " [Author Abstract]",
        " © 2019 Wiley Periodicals, Inc. J Arms 2019.",
        " Crown Copyright © 2010. Published by Elsevier Ltd. All rights reserved.",
    ],
)
def test_a_statement_of_the_publisher_is_no_sentence_of_the_study(tail: str) -> None:
    assert shape("We did. It grew by 8 %." + tail) == [("body", "We did. It grew by 8 %.")]


@pytest.mark.parametrize(
    "opening",
    [
        "© 2015 Elsevier Inc. All rights reserved. ",
        "Copyright © 2014 The Authors. Published by Elsevier Ltd. This is an open access article. ",
        "© The Author(s) 2019. ",
        "(c) 2019 S. Karger AG, Basel. ",
    ],
)
def test_a_statement_before_the_abstract_goes_and_the_abstract_stays(opening: str) -> None:
    assert shape(opening + "Society members were weak. We did.") == [("body", "Society members were weak. We did.")]


def test_a_statement_that_runs_into_the_abstract_costs_none_of_it() -> None:
    assert shape("© The Author(s) 2019 Background: Arms were weak.") == [
        ("head", "Background"), ("body", "Arms were weak."),
    ]  # fmt: skip
    assert "aims to determine" in shape("© 2016 The Authors This study aims to determine what society is. It is.")[0][1]


@pytest.mark.parametrize(
    "text", ["This study (c) 2019 was small. We found 5 % more.", "It grew. © 2019 We found 5 % more (p < 0.05)."]
)
def test_results_behind_a_mark_of_copyright_are_never_lost(text: str) -> None:
    assert "5 %" in " ".join(body for _, body in shape(text))


@pytest.mark.parametrize(
    "text", ["No abstract available.", "[No abstract available]", "Abstract not available", "N/A", "", "Abstract", "-"]
)
def test_a_note_that_there_is_no_abstract_is_none(text: str) -> None:
    assert abstract_passages(text) == ([], [])


def test_an_abstract_that_the_database_cut_says_so() -> None:
    passages, notes = abstract_passages("We did. It (ABSTRACT TRUNCATED AT 250 WORDS)")
    assert [p.text for p in passages] == ["We did. It"]
    assert [note.kind for note in notes] == ["truncated"]


def test_labels_of_a_database_become_heads_and_unlabelled_parts_none() -> None:
    passages, _ = labelled_passages(
        [Part("UNLABELLED", "Arms."), Part("Patients & setting:", "Ten.", "METHODS"), Part("X", "")]
    )
    assert [(p.role, p.text) for p in passages] == [
        (Role.BODY, "Arms."), (Role.HEAD, "Methods"), (Role.HEAD, "Patients & setting"), (Role.BODY, "Ten."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Results: It grew. Trial registration: ISRCTN12345678.", "ISRCTN12345678"),
        ("It grew. (Funded by none; ClinicalTrials.gov number, NCT01234567.)", "NCT01234567"),
        ("Methods: We ran. This study is registered with ClinicalTrials.gov, number NCT01234567. {}", "NCT01234567"),
        (
            "(This trial has been registered at ClinicalTrials.gov under registration no. NCT01234567.) {}",
            "NCT01234567",
        ),
        ("We followed a registered protocol (PROSPERO CRD42012345678). {}", "CRD42012345678"),
        (
            "{} Clinical Trial Registration-clinicaltrials.gov. Identifier: NCT01234567. (Arms. 2010;1:2.)",
            "NCT01234567",
        ),
        ("{} It grew. CRD42012345678.", "CRD42012345678"),
        ("{} Trial registrationClinicalTrial.gov: NCT01234567, registered in 2010.", "NCT01234567"),
        ("We pooled NCT01234567 with two registered trials. {}", None),
        ("We searched ClinicalTrials.gov and found NCT01234567. {}", None),
    ],
)
def test_the_registration_that_an_abstract_states_as_its_own_is_found(text: str, number: str | None) -> None:
    passages = abstract_passages(text.replace("{}", "It grew much. " * 30))[0]
    assert registrations(registration_statement(passages)) == number


@given(st.text(max_size=400))
def test_no_letter_of_a_plain_text_is_lost(text: str) -> None:
    letters = [c for c in text if c.isascii() and c.isalpha()]
    plain_text = "".join(letters)
    found = abstract_passages(f"We saw {plain_text} here.")[0]
    assert "".join(p.text for p in found) == f"We saw {plain_text} here.".replace("  ", " ")


def test_heads_that_markup_marks_stay_heads_whatever_their_words() -> None:
    jats = (
        "<jats:title>Abstract</jats:title><jats:sec><jats:title>Results:</jats:title><jats:p>It fell by 10<jats:sup>-3"
        "</jats:sup> &lt; 1 m<sup>2</sup>.<jats:italic>P</jats:italic> = 0.01</jats:p><p>More.</jats:sec>"
    )
    assert abstract_passages(jats)[0] == [
        Passage("Results", Role.HEAD),
        Passage("It fell by 10⁻³ < 1 m².P = 0.01"),
        Passage("More."),
    ]
    assert abstract_passages("<h4>Where we ran</h4>We ran.<h4>Results</h4>We won.")[0] == [
        Passage("Where we ran", Role.HEAD),
        Passage("We ran."),
        Passage("Results", Role.HEAD),
        Passage("We won."),
    ]


def test_a_head_above_a_head_puts_it_into_its_section() -> None:
    nested = "<jats:title>Methods</jats:title><jats:sec><jats:title>Where</jats:title><jats:p>Here.</jats:p></jats:sec>"
    assert [p.text for p in abstract_passages(nested)[0]] == ["Methods", "Where", "Here."]


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Effects of <i>Salvia</i> &amp; tea on CO<sub>2</sub>", "Effects of Salvia & tea on CO2"),
        ("p < 0.05 and q > 3", "p < 0.05 and q > 3"),
        ("<script>x</script><jats:tex-math>y</jats:tex-math>It fell.", "It fell."),
    ],
)
def test_markup_goes_and_signs_stay(markup: str, text: str) -> None:
    assert [p.text for p in abstract_passages(markup)[0]] == [text]


@given(st.text(alphabet="<>/ &;abcpsuptitlejats:!-[]", max_size=60))
def test_any_markup_is_read(markup: str) -> None:
    assert all(p.text for p in abstract_passages(markup)[0])
