"""The items of a list, one by one, are what the whole list holds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pipeline.claimwork.listing import items

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(VALUES, max_size=6), st.booleans())
def test_the_items_are_those_of_the_list_in_block_and_in_flow_style(values: list[object], flow: bool) -> None:
    text = yaml.safe_dump(values, default_flow_style=flow, allow_unicode=True)
    assert list(items(text)) == yaml.safe_load(text)


@pytest.mark.parametrize(("text", "found"), [("", []), ("# nothing", []), ("a: 1", [{"a": 1}]), ("word", ["word"])])
def test_what_is_no_list_is_the_one_item(text: str, found: list[object]) -> None:
    assert list(items(text)) == found


def test_an_item_may_name_what_an_earlier_one_holds() -> None:
    assert list(items("- &s [a, b]\n- {studies: *s}")) == [["a", "b"], {"studies": ["a", "b"]}]


def test_items_before_a_fault_are_there_before_it_is_found() -> None:
    found: Iterator[object] = items("- 1\n- 2\n- {")
    assert [next(found), next(found)] == [1, 2]
    with pytest.raises(yaml.YAMLError):
        next(found)
