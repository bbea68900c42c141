"""YAML of a stranger is plain data or refused, and refusing it costs nothing."""

from __future__ import annotations

import pytest

from pipeline.sources.plain_yaml import UnsafeYamlError, load_yaml


def test_a_text_gives_mappings_lists_and_scalars() -> None:
    assert load_yaml("a: [1, x, null]\nb: {c: 2.5}") == {"a": [1, "x", None], "b": {"c": 2.5}}
    assert load_yaml("") is None


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("a: &x [1]\nb: *x", "aliases"),
        ("[" * 5_000, "nested too deeply"),
        ("!!python/object/apply:os.getcwd []", "not valid YAML"),
        ("a: [", "not valid YAML"),
        ("- 1\n---\n- 2", "not valid YAML"),
        ("- \x00", "not valid YAML"),
        ("2026-13-45", "not valid YAML"),
    ],
)
def test_what_is_no_plain_data_is_refused(text: str, cause: str) -> None:
    with pytest.raises(UnsafeYamlError, match=cause):
        load_yaml(text)


def test_a_list_longer_than_the_bound_is_refused_and_one_within_it_is_read() -> None:
    text = "- x\n" * 50
    assert load_yaml(text, most_events=60) == ["x"] * 50
    with pytest.raises(UnsafeYamlError, match="too many entries"):
        load_yaml(text, most_events=40)
