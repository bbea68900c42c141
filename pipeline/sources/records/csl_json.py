"""Reads CSL-JSON: a list of items, one item, {"items": [...]}, items line by line, and answers of Crossref.

Promises one record or fault an item, each decoded by itself, so that a broken one is a fault with its line and the
others are read. An item that has a key twice is two items without a border, a fault. Nesting and numbers beyond what
Python's own decoder bears are faults.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import cast

from pipeline.sources.json_fields import Fields
from pipeline.sources.records.csl_items import draft_of_item
from pipeline.sources.records.draft import bounded, finished
from pipeline.sources.records.fragments import line_ends
from pipeline.sources.records.record import FaultyRecord, Record

_WORK_PER_CHARACTER = 20
"""How often a character may be looked at again after faults, so that a hostile file ends."""

_LIST = re.compile(r"\s*\{(?:[^{}\[\]]|\"message\"\s*:\s*\{|\{[^{}\[\]]{0,2000}\})*?\"items\"\s*:\s*\[")
_ONE = re.compile(r"\s*\{(?:[^{}\[\]])*?\"message\"\s*:\s*(?=\{)")
_BETWEEN = re.compile(r"[\s,]*")
_CLOSES = re.compile(r"[\s\]}]*\Z")
_OPENING = re.compile(r"\{\s*\"")
_HEAD = 20_000
_USUAL = frozenset(
    (
        *("title", "type", "id", "author", "issued", "container-title", "DOI", "abstract", "publisher", "language"),
        *("URL", "PMID"),
    )
)


def read_csl_json(text: str) -> Iterator[Record | FaultyRecord]:
    """The records of a CSL-JSON file in their order."""
    return bounded(text, _records)


def _records(text: str) -> Iterator[Record | FaultyRecord]:
    if not text.strip():
        return
    decoder = json.JSONDecoder(object_pairs_hook=_item_of_pairs)
    position, line, counted = _first(text), 1, 0
    budget = _WORK_PER_CHARACTER * len(text) + 10_000
    while position < len(text) and not _CLOSES.match(text, position):
        line, counted = line + line_ends(text, counted, position), position
        if text[position] in "]}":
            begin, budget = _next_item(decoder, text, position, budget)
            if begin == len(text) and text.lstrip().startswith("{"):
                # the list stood in an object, whose other keys follow
                return
            yield FaultyRecord(line, "is a piece of an item that ends too early")
            position = begin
            continue
        value, end, cause = _decoded(decoder, text, position)
        if isinstance(value, dict):
            yield finished(draft_of_item(cast("Fields", value), line))
        else:
            yield FaultyRecord(line, cause or "is no item of CSL-JSON")
        if cause or isinstance(value, list):
            end, budget = _next_item(decoder, text, position, budget - (end - position))
        position = _skipped(text, end)


def _first(text: str) -> int:
    """Where the first item begins: in the list, under "items", in the message of Crossref, or at once."""
    head = text[:_HEAD]
    listed = _LIST.match(head)
    if listed:
        return _skipped(text, listed.end())
    alone = _ONE.match(head)
    begin = alone.end() if alone else _skipped(text, 0)
    return _skipped(text, begin + 1) if text[begin : begin + 1] == "[" else begin


def _skipped(text: str, position: int) -> int:
    match = _BETWEEN.match(text, position)
    return match.end() if match else position


def _item_of_pairs(pairs: list[tuple[str, object]]) -> Fields:
    item: Fields = {}
    for key, value in pairs:
        if key in item and key in _USUAL:
            raise ValueError(f"has the key '{key}' twice, so it may be two items")
        item[key] = value
    return item


def _decoded(decoder: json.JSONDecoder, text: str, position: int) -> tuple[object, int, str]:
    """(value, end, '') or (null, how far it was read, why it cannot be read)."""
    try:
        value, end = cast("tuple[object, int]", decoder.raw_decode(text, position))
    except json.JSONDecodeError as error:
        return None, max(error.pos, position + 1), f"is not valid JSON ({error.msg[:80]}, on line {error.lineno})"
    except RecursionError:
        return None, len(text), "is nested too deeply"
    except ValueError as error:
        message = str(error) if str(error).startswith("has the key") else "holds a number that is too long"
        return None, len(text), message
    return value, end, ""


def _next_item(decoder: json.JSONDecoder, text: str, position: int, budget: int) -> tuple[int, int]:
    """(where the next whole item begins after a broken one, the work left); the end of the text for none.

    Objects inside the broken item, such as names and dates, are no items: they lack what an item has.
    """
    for match in _OPENING.finditer(text, position + 1):
        begin = match.start()
        if budget < 0:
            break
        value, end, cause = _decoded(decoder, text, begin)
        budget -= end - begin
        if not cause and isinstance(value, dict) and _is_item(cast("Fields", value)):
            return begin, budget
    return len(text), budget


def _is_item(value: Fields) -> bool:
    keys = value.keys()
    return ("title" in keys and len(keys & _USUAL) > 1) or ("type" in keys and bool(keys & {"author", "issued"}))
