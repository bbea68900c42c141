"""A process that records answers and faults without end, saying each that is on disk; the test kills it.

Started as a module with the folder of the store and the number of the first question.
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from pipeline.replies.kept import KeptReplies
from pipeline.replies.ledger import Ledger
from pipeline.replies.prices import read_prices
from schemas.ledger import Route
from schemas.wire import ReplyLine
from tests.replies.test_counts import answer, question


def main() -> None:
    with KeptReplies(Path(sys.argv[1])) as store:
        ledger = Ledger(store, read_prices(None))
        for number in count(int(sys.argv[2])):
            request = question(number=number)
            fault = ReplyLine.failed(request.custom_id, "http_503", "down")
            ledger.record(fault, Route.LIVE, request=request, attempt=1, seconds=0.1)
            ledger.record(answer(request, text="x" * 5000), Route.LIVE, request=request, attempt=2, seconds=0.1)
            sys.stdout.write(f"{request.custom_id}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
