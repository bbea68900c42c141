"""The scripted model of the suite behind the loopback server: it answers every stage so that whole claims complete.

The stage is found by the name of the reply's schema. Other questions with a schema (a probe's, say) are answered by
something that the schema allows.
"""

from __future__ import annotations

import json
import random
from typing import Any

from pipeline.stages import STAGES
from schemas.wire import RequestLine
from tests.replies.random_reply import random_reply
from tests.scripted import Scripted

_STAGES = {stage.reply.__name__: stage.name for stage in STAGES}
_MODEL = Scripted()


def answer(body: dict[str, Any]) -> str:
    """The text of the reply to a request body. KeyError when it asks for no JSON Schema."""
    form = body["response_format"]["json_schema"]
    stage = _STAGES.get(form["name"])
    if stage is None:
        said = random_reply(form["schema"], random.Random(form["name"]))
    else:
        said = _MODEL.content(RequestLine.ask(stage, body))
    return json.dumps(said, ensure_ascii=False)
