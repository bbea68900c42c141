"""PDFs written by hand, object by object, so that what is wrong with them is there to be read: bombs, cycles, lies."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

SENTENCE = "The trained group gained strength in the other leg and kept it."
TEXT = b"BT /F1 12 Tf 60 700 Td (%s) Tj ET\n" % SENTENCE.encode()
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
TREE = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
FLATE = b"/Filter/FlateDecode"
FIRST_FREE = 6
"""Number of the first object that `page` is given as `more`."""


def pdf(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """A file of the objects, numbered from 1; the first is the catalogue."""
    out = bytearray(b"%PDF-1.7\n")
    offsets: list[int] = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer <</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, start)
    return bytes(out)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content)


def packed(content: bytes, entries: bytes = b"") -> bytes:
    return stream(zlib.compress(content, 9), entries + FLATE)


def page(
    content: bytes,
    *,
    resources: bytes = b"",
    entries: bytes = b"",
    box: bytes = b"[0 0 595 842]",
    catalog: bytes = b"",
    more: Sequence[bytes] = (),
    trailer: bytes = b"",
) -> bytes:
    """A file of one page: `content` is the object of its content stream, `more` are objects from FIRST_FREE on."""
    own = b"<</Type/Page/Parent 2 0 R/MediaBox%s/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>%s>>%s>>"
    root = CATALOG.replace(b">>", catalog + b">>")
    return pdf([root, TREE, own % (box, resources, entries), content, FONT, *more], trailer)


def _form(content: bytes, entries: bytes = b"") -> bytes:
    return stream(content, b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]" + entries)


def _doubling_forms(depth: int = 30) -> bytes:
    twice = [
        _form(b"/X Do /X Do", b"/Resources<</XObject<</X %d 0 R>>>>" % (FIRST_FREE + level + 1))
        for level in range(depth)
    ]
    last = _form(b"0 0 1 1 re f")
    return page(packed(TEXT + b"/X Do"), resources=b"/XObject<</X 6 0 R>>", more=[*twice, last])


def _nested_filters() -> bytes:
    inner = zlib.compress(zlib.compress(TEXT + b" " * 100_000_000, 9), 9)
    return page(stream(zlib.compress(inner, 9), b"/Filter[/FlateDecode/FlateDecode/FlateDecode]"))


def _image(width: int, height: int, entries: bytes, content: bytes) -> bytes:
    size = b"/Type/XObject/Subtype/Image/Width %d/Height %d" % (width, height)
    return page(
        packed(TEXT + b"q 500 0 0 500 0 0 cm /I Do Q"),
        resources=b"/XObject<</I 6 0 R>>",
        more=[packed(content, size + entries)],
    )


def with_object_stream(padding: bytes = b"", count: int = 3) -> bytes:
    """A file of one page whose catalogue, page tree and page lie in an object stream that says it holds `count`."""
    inner = [
        CATALOG,
        TREE,
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
    ]
    starts = [sum(len(body) + 1 for body in inner[:n]) for n in range(3)]
    head = b" ".join(b"%d %d" % (number, start) for number, start in enumerate(starts, start=1)) + b" "
    held = packed(head + b" ".join(inner) + padding, b"/Type/ObjStm/N %d/First %d" % (count, len(head)))
    out = bytearray(b"%PDF-1.7\n")
    rows = b"\0\0\0\0\0" + b"".join(b"\2\0\0\6" + bytes([place]) for place in range(3))
    for number, body in enumerate((packed(TEXT), FONT, held), start=4):
        rows += b"\1" + len(out).to_bytes(3, "big") + b"\0"
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"7 0 obj\n%s\nendobj\n" % stream(rows, b"/Type/XRef/Size 7/W[1 3 1]/Root 1 0 R")
    return bytes(out) + b"startxref\n%d\n%%%%EOF" % start


BOMBS: dict[str, Callable[[], bytes]] = {
    "spaces": lambda: page(packed(TEXT + b" " * 200_000_000)),
    "operators": lambda: page(packed(TEXT + b"q Q " * 300_000)),
    "letters": lambda: page(packed(TEXT + b"BT /F1 1 Tf (a) Tj ET " * 100_000)),
    "one string": lambda: page(packed(TEXT + b"BT /F1 9 Tf (" + b"a" * 70_000_000 + b") Tj ET")),
    "nested filters": _nested_filters,
    "form that draws itself": lambda: page(
        packed(TEXT + b"/X Do"),
        resources=b"/XObject<</X 6 0 R>>",
        more=[_form(b"/X Do /X Do", b"/Resources<</XObject<</X 6 0 R>>>>")],
    ),
    "forms that double": _doubling_forms,
    "giant image": lambda: _image(30_000, 30_000, b"/BitsPerComponent 8/ColorSpace/DeviceGray", b"\0" * 200_000_000),
    "image that lies": lambda: _image(60_000, 60_000, b"/BitsPerComponent 16/ColorSpace/DeviceRGB", b"\0" * 1_000),
    "giant page": lambda: page(packed(TEXT), box=b"[0 0 10000000 10000000]"),
    "page without end": lambda: page(packed(TEXT), box=b"[0 0 1e38 1e39]"),
    "tiles": lambda: page(
        packed(TEXT + b"/Pattern cs /P scn 0 0 595 842 re f"),
        resources=b"/Pattern<</P 6 0 R>>",
        more=[
            stream(
                b"0 0 0.001 0.001 re f",
                b"/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep 0.0001/YStep 0.0001/Resources<<>>",
            )
        ],
    ),
    "page tree in a circle": lambda: pdf([CATALOG, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 100000>>"]),
    "billions of pages": lambda: pdf(
        [CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 2000000000>>", b"<</Type/Page/Parent 2 0 R>>"]
    ),
    "deep brackets": lambda: page(packed(TEXT + b"[" * 1_000_000)),
    "deep objects": lambda: page(packed(TEXT), catalog=b"/X " + b"[" * 300_000 + b"]" * 300_000),
    "metadata": lambda: page(
        packed(TEXT), catalog=b"/Metadata 6 0 R", more=[packed(b"<x>" * 30_000_000, b"/Type/Metadata/Subtype/XML")]
    ),
    "annotations": lambda: page(
        packed(TEXT),
        entries=b"/Annots[" + b"6 0 R " * 300_000 + b"]",
        more=[b"<</Subtype/Text/Rect[0 0 9 9]/Contents(" + b"a" * 1_000_000 + b")>>"],
    ),
    "object stream": lambda: with_object_stream(b" " * 200_000_000, 100_000_000),
}
"""By name; each is made when it is called, because some take a second and much memory to make."""
