"""A YAML or JSON list, item by item.

Promises: no more than one item is held in its parsed form, which is many times its text; safe tags only. Does not know
what an item means.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.sources.plain_yaml import safe_loader


def items(text: str) -> Iterator[object]:
    """The items of the list that a text of one document is, or the one thing that it is.

    yaml.YAMLError where the text is no YAML, once that place is reached.
    """
    import yaml
    from yaml.composer import ComposerError

    loader = _loader(text)
    try:
        loader.get_event()  # the beginning of the stream, which always comes
        if loader.check_event(yaml.StreamEndEvent):
            return
        loader.get_event()
        if loader.check_event(yaml.SequenceStartEvent):
            loader.get_event()
            while not loader.check_event(yaml.SequenceEndEvent):
                yield loader.construct_document(loader.compose_node(None, None))
            loader.get_event()
        else:
            yield loader.construct_document(loader.compose_node(None, None))
        loader.get_event()
        if not loader.check_event(yaml.StreamEndEvent):
            mark = loader.peek_event().start_mark
            raise ComposerError(None, None, "more than one document", mark)
    finally:
        loader.dispose()


def _loader(text: str) -> Any:
    """The safe loader; only its composer, which can stop between two items, is always the one in Python."""
    from yaml.composer import Composer

    safe = safe_loader()

    class Loader(safe, Composer):
        def __init__(self) -> None:
            safe.__init__(self, text)
            Composer.__init__(self)

    return Loader()
