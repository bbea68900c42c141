"""The recorded driver: answers from reply files, for the demo, for tests and for anybody offline.

Promises: needs no network and no key; reads files only when first asked; says `unanswered` for what was not recorded.
Does not alter a recorded reply and does not choose: the file that comes first by name answers.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline.errors import ReplyFileError
from pipeline.replies.driver import not_asked
from pipeline.replies.exchange import REPLIES, read_replies
from schemas.wire import ReplyLine, RequestLine


class Recorded:
    """Answers from `*.replies.jsonl` of a folder, or from the files given, in that order."""

    def __init__(self, source: Path | Iterable[Path]) -> None:
        self._source = source if isinstance(source, Path) else tuple(source)
        self._replies: dict[str, ReplyLine] | None = None

    async def answer(self, request: RequestLine) -> ReplyLine:
        """The recorded reply, or `unanswered`.

        Raises ReplyFileError, with file, line, cause and remedy, when a recording is missing or damaged.
        """
        return self.get(request.custom_id) or not_asked(request.custom_id)

    def get(self, custom_id: str) -> ReplyLine | None:
        """The recorded reply or None; the first call reads the files. Raises as `answer` does."""
        if self._replies is None:
            self._replies = self._read()
        return self._replies.get(custom_id)

    def _read(self) -> dict[str, ReplyLine]:
        replies: dict[str, ReplyLine] = {}
        for path in self._paths():
            for reply in read_replies(path):
                if reply.is_answer:
                    replies.setdefault(reply.custom_id, reply)
        return replies

    def _paths(self) -> Iterable[Path]:
        if not isinstance(self._source, Path):
            return self._source
        if self._source.is_dir():
            return sorted(self._source.glob("*" + REPLIES))
        if not self._source.exists():
            raise ReplyFileError(f"{self._source}: no such file or folder of recorded replies; name one that exists")
        return (self._source,)
