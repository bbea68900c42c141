"""Nouns are frozen and closed; what they derive is right."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.claim import Claim
from schemas.mechanism import Chain
from schemas.quotation import LocatedQuote, QuoteKey
from schemas.study import Citation, Name
from schemas.vocabulary import Basis, MatchGrade, QuoteFault
from schemas.wire import ReplyError, ReplyLine, RequestLine, body_sha256, canonical_json
from tests.builders import study

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def test_an_unknown_field_is_an_error_and_a_noun_is_frozen() -> None:
    with pytest.raises(ValidationError):
        Claim.model_validate({"id": "a", "text": "x", "verdict": "strong"})
    with pytest.raises(ValidationError):
        Claim(id="a", text="x").text = "y"  # pyright: ignore[reportAttributeAccessIssue]


@given(st.dictionaries(st.text(), values))
def test_the_same_body_has_the_same_id_whatever_the_order_of_its_keys(body: dict[str, object]) -> None:
    turned = dict(reversed(list(body.items())))
    assert body_sha256(body) == body_sha256(turned)
    assert json.loads(canonical_json(body)) == body


@given(st.dictionaries(st.text(), values), st.data())
def test_the_id_of_a_body_is_the_hash_of_its_canonical_json_whatever_was_ready(
    body: dict[str, object], data: st.DataObject
) -> None:
    ready = {k: canonical_json(v) for k, v in body.items() if data.draw(st.booleans())}
    whole = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert body_sha256(body, ready) == hashlib.sha256(whole.encode()).hexdigest()


def test_any_change_of_a_body_is_a_new_question() -> None:
    one = RequestLine.ask("claim", {"model": "a", "messages": []})
    assert one.custom_id != RequestLine.ask("claim", {"model": "b", "messages": []}).custom_id
    assert one.custom_id.startswith("claim-")


def test_canonical_json_refuses_what_json_does_not_have() -> None:
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"x": float("nan")})


def test_replies_of_providers_may_carry_fields_of_their_own() -> None:
    line = ReplyLine.model_validate(
        {"id": "b1", "custom_id": "c", "response": {"status_code": 200, "request_id": "r", "body": {}, "x": 1}, "y": 2}
    )
    assert line.response is not None
    assert line.response.request_id == "r"


@pytest.mark.parametrize(
    ("authors", "label"),
    [
        (("Mendonca", "Vila-Cha", "Teodosio"), "Mendonca et al. 2021"),
        (("Green", "Gabriel"), "Green & Gabriel 2021"),
        (("Williams",), "Williams 2021"),
    ],
)
def test_a_citation_is_named_as_readers_say_it(authors: tuple[str, ...], label: str) -> None:
    citation = Citation.model_validate(
        {"id": "x", "author": [{"family": a} for a in authors], "issued": {"date-parts": [[2021]]}}
    )
    assert citation.label == label


def test_one_named_author_and_et_al_are_not_two_people() -> None:
    citation = Citation(id="x", author=(Name(family="Ruddy"), Name(literal="et al.")))
    assert citation.label == "Ruddy et al."
    assert Citation(id="x").label == "x"
    assert Citation(id="x", title="T").label == "T"


def test_a_sentence_is_found_by_its_number() -> None:
    source = study()
    assert source.sentence_text(1).startswith("Sixty adults")
    for number in (0, len(source.sentences) + 1):
        with pytest.raises(IndexError):
            source.sentence_text(number)


def test_bases_are_ranked_from_manipulated_down() -> None:
    assert [b.rank for b in Basis] == [5, 4, 3, 2, 1, 0]


@pytest.mark.parametrize("grade", list(MatchGrade))
def test_only_verbatim_quotations_without_a_fault_are_accepted(grade: MatchGrade) -> None:
    located = LocatedQuote(
        key=QuoteKey(study="a", sentence=1, text="x"), match=grade, fault=None, source_sha256="0" * 64
    )
    assert located.accepted is (grade in {MatchGrade.EXACT, MatchGrade.REFORMATTED})
    assert not located.model_copy(update={"fault": QuoteFault.WRONG_STUDY}).accepted


def link(cause: str, effect: str) -> dict[str, object]:
    return {
        "cause": cause,
        "effect": effect,
        "direction": "increases",
        "level": "tissue",
        "statement": "s",
        "quotes": [],
    }


def test_a_chain_with_a_gap_is_refused_and_the_gap_is_named() -> None:
    chain = {"name": "n", "counteracting": "", "links": [link("a", "b"), link("B ", "c"), link("x", "d")]}
    with pytest.raises(ValidationError, match="one ends in 'c', the next starts at 'x'"):
        Chain.model_validate(chain)


def test_a_chain_has_three_to_six_links() -> None:
    steps = [link(str(i), str(i + 1)) for i in range(7)]
    for count in (2, 7):
        with pytest.raises(ValidationError):
            Chain.model_validate({"name": "n", "counteracting": "", "links": steps[:count]})
    assert len(Chain.model_validate({"name": "n", "counteracting": "", "links": steps[:6]}).links) == 6


def test_an_error_that_is_no_object_is_no_error_line() -> None:
    with pytest.raises(ValidationError):
        ReplyError.model_validate("no quota left")
