"""Changes that break a PDF as transfers, bad writers and attackers do. Each takes a file, a chance, other files."""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Callable, Sequence

from tests.sources.pdf.hostile import pdf, stream

Mutation = Callable[[bytes, random.Random, Sequence[bytes]], bytes]
_NUMBER = re.compile(rb"(?<=[ /\[(<\n\r])\d{1,10}(?=[ \]/>)\n\r])")
_STRUCTURE = re.compile(
    rb"/(?:Length|Count|Size|Prev|First|N|W|Index|Kids|Root|Parent|Contents|XRefStm|Pages)\b[^<>/]*"
)
_NAME = re.compile(rb"/[A-Z][A-Za-z0-9]{1,20}")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
_ODD_NUMBERS = (b"0", b"-1", b"1", b"65535", b"2147483647", b"4294967296", b"99999999999999999999")


def flipped(data: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    out = bytearray(data)
    for place in chance.choices(range(len(out)), k=chance.choice([1, 4, 20, 200])):
        out[place] ^= 1 << chance.randrange(8)
    return bytes(out)


def cut(data: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    start, end = sorted((chance.randrange(len(data)), chance.randrange(len(data))))
    return chance.choice([data[:start], data[start:], data[:start] + data[end:]])


def shuffled(data: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    """A block repeated, or two swapped."""
    size = chance.choice([16, 512, 8192])
    one, two = sorted((chance.randrange(len(data)), chance.randrange(len(data))))
    if chance.random() < 0.5:
        return data[:one] + data[one : one + size] * chance.randrange(2, 50) + data[one:]
    return data[:one] + data[two : two + size] + data[one + size : two] + data[one : one + size] + data[two + size :]


def miscounted(data: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    """Numbers of the structure changed: lengths, counts, references, places in the cross-reference table."""
    places = list(_STRUCTURE.finditer(data)) or list(_NUMBER.finditer(data))
    for place in sorted(chance.sample(places, min(len(places), chance.choice([1, 3, 30]))), key=lambda m: -m.start()):
        numbers = list(_NUMBER.finditer(data, place.start(), min(place.end() + 1, len(data))))
        if numbers:
            number = chance.choice(numbers)
            other = chance.choice([*_ODD_NUMBERS, b"%d" % chance.randrange(2000)])
            data = data[: number.start()] + other + data[number.end() :]
    return data


def renamed(data: bytes, chance: random.Random, _: Sequence[bytes]) -> bytes:
    """Names exchanged among each other: filters, types, keys."""
    places = list(_NAME.finditer(data))
    if not places:
        return data
    for place in sorted(chance.sample(places, min(len(places), chance.choice([1, 5, 50]))), key=lambda m: -m.start()):
        data = data[: place.start()] + chance.choice(places).group() + data[place.end() :]
    return data


def repacked(data: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    """What is packed in a stream broken, and packed again: the damage gets past the checks of the packing."""
    places = [m for m in _STREAM.finditer(data) if len(m[1]) < 2_000_000]
    for place in sorted(chance.sample(places, min(len(places), 4)), key=lambda m: -m.start()):
        try:
            content = zlib.decompress(place[1])
        except zlib.error:
            continue
        if content:
            change = chance.choice([flipped, cut, shuffled, miscounted, renamed])
            content = zlib.compress(change(content, chance, others))
            data = data[: place.start(1)] + content + data[place.end(1) :]
    return data


def nested(data: bytes, chance: random.Random, others: Sequence[bytes]) -> bytes:
    """One file inside another: in its middle, after its end, as a stream, in an object stream."""
    other = chance.choice(others)
    place = chance.randrange(len(data))
    as_object_stream = pdf(
        [
            b"<</Type/Catalog/Pages 3 0 R/Extra 2 0 R>>",
            stream(zlib.compress(other), b"/Type/ObjStm/N %d/First %d/Filter/FlateDecode" % (place, place % 500)),
            b"<</Type/Pages/Kids[4 0 R]/Count 1>>",
            b"<</Type/Page/Parent 3 0 R/Contents 2 0 R/MediaBox[0 0 595 842]>>",
        ]
    )
    return chance.choice(
        [
            data[:place] + other + data[place:],
            data + other,
            data[:place] + other,
            data[:place] + b"\n7 0 obj\n" + stream(other) + b"\nendobj\n" + data[place:],
            as_object_stream + data,
            as_object_stream,
        ]
    )


MUTATIONS: dict[str, Mutation] = {
    "bytes flipped": flipped,
    "cut": cut,
    "blocks repeated or swapped": shuffled,
    "numbers changed": miscounted,
    "names changed": renamed,
    "streams broken inside": repacked,
    "nested": nested,
}
