"""Models that answer by chance: nonsense that fits every schema, and nonsense that passes every stage's checks too.

The second kind says what a schema cannot forbid: true sentences for the wrong purpose, wrong sentence numbers, altered
numbers, effects with any interval, the strongest basis for anything. Seeded; the same question gets the same answer.
"""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Callable
from typing import Any, Protocol, cast

from schemas.wire import RequestLine
from tests.replies.fault_server import Asked, Behaviour, Sent, ok, phrases_of, random_reply
from tests.scripted import Scripted, stage_of

_SENTENCE = re.compile(r"^\[(\d+)\] (.*)$", re.MULTILINE)
_STUDY = re.compile(r'<study id="([^"]+)">')
_LINK = re.compile(r"^(L\d+): cause: ", re.MULTILINE)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_NODES = ("training", "muscle size", "nerve drive", "early force", "energy store", "blood flow", "memory")
_TARGETS = (
    ("standardised_difference", 0.3, None),
    ("two_proportions", 0.2, 0.1),
    ("hazard_ratio", 0.8, 0.4),
    ("correlation", 0.3, None),
    ("proportion_precision", 0.3, 0.05),
    ("excluded_risk", 0.01, None),
    ("not_applicable", None, None),
    ("two_proportions", 0.2, 0.2),
    ("hazard_ratio", -1.0, 5.0),
)

LONGEST = 400
"""Characters of a name or phrase (`schemas.base.Line`), which the schema that is sent out does not say."""

Answer = dict[str, Any]


class Model(Protocol):
    def content(self, request: RequestLine) -> Any: ...


def answering(model: Model) -> Behaviour:
    """A server that answers every request as `model` does."""

    def behave(asked: Asked) -> Sent:
        return ok(json.dumps(model.content(request_of(asked))))(asked)

    return behave


def request_of(asked: Asked) -> RequestLine:
    """The request line whose body arrived at the server."""
    stage = str(asked.body["response_format"]["json_schema"]["name"]).removesuffix("Reply").lower()
    return RequestLine.ask(stage, asked.body)


def nonsense(seed: int) -> Behaviour:
    """Schema-valid answers made of texts that stand in no prompt."""

    def behave(asked: Asked) -> Sent:
        schema = asked.body["response_format"]["json_schema"]["schema"]
        rng = random.Random(f"{seed}:{json.dumps(asked.body, sort_keys=True)}")
        return ok(json.dumps(random_reply(schema, rng)))(asked)

    return behave


def _short(value: Any) -> Any:
    if isinstance(value, list):
        return [_short(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {k: _short(v) for k, v in cast("Answer", value).items()}
    return value[:LONGEST] if isinstance(value, str) else value


class Plausible(Scripted):
    """Passes every stage's checks and is otherwise random; quotes true sentences, most of them for no reason."""

    def __init__(self, seed: int, *, true: float = 0.7) -> None:
        super().__init__(seed, greedy=True)
        self._true = true

    def content(self, request: RequestLine) -> Any:
        prompt = request.body["messages"][1]["content"]
        rng = random.Random(f"{self._seed}:{request.custom_id}")
        schema = request.body["response_format"]["json_schema"]["schema"]
        reply = self._random(schema, prompt, rng)
        made: Callable[..., Any] = getattr(self, f"_any_{stage_of(request)}")
        return made(reply, prompt, rng, request)

    def _random(self, schema: Answer, prompt: str, rng: random.Random) -> Any:
        """A random reply whose texts are short enough and whose quotations are sentences."""
        return self._quoted(_short(random_reply(schema, rng, phrases_of([{"content": prompt}]))), prompt, rng)

    def _quoted(self, value: Any, prompt: str, rng: random.Random) -> Any:
        """`value` with every quotation replaced by a true sentence, or by one that is not quite true."""
        if isinstance(value, list):
            return [self._quoted(item, prompt, rng) for item in cast("list[Any]", value)]
        if not isinstance(value, dict):
            return value
        found = {k: self._quoted(v, prompt, rng) for k, v in cast("Answer", value).items()}
        if "sentence" in found and "text" in found:
            found |= (
                self._study_quote(prompt, rng)
                if "study" in found and _STUDY.search(prompt)
                else self._quote(prompt, rng)
            )
            found |= {} if rng.random() < self._true else self._altered(found, rng)
        if found.get("quote"):
            found |= self._figures(found, rng)
        return found

    def _quote(self, prompt: str, rng: random.Random, word: str = "") -> Answer:
        """Prefers sentences with numbers: those are the ones that could carry something."""
        found = [(int(n), t) for n, t in _SENTENCE.findall(prompt) if word in t]
        numbered = [s for s in found if _NUMBER.search(s[1])]
        number, text = rng.choice((numbered if rng.random() < 0.6 else found) or found or [(1, "nothing")])
        return {"sentence": number, "text": text}

    def _altered(self, quote: Answer, rng: random.Random) -> Answer:
        text = str(quote["text"])
        changed = (
            {"text": _NUMBER.sub(lambda m: str(float(m[0]) + 1), text)},
            {"text": text.replace(" not ", " ").replace("rose", "fell").replace("<", ">")},
            {"text": text[::-1]},
            {"sentence": rng.randrange(0, 100_000)},
            {"text": text[: len(text) // 2]},
            {"study": "nobody-1900"} if "study" in quote else {"text": ""},
        )
        return rng.choice(changed)

    def _figures(self, holder: Answer, rng: random.Random) -> Answer:
        """Numbers of the quotation, or any others, in the fields that repeat numbers."""
        there = _NUMBER.findall(str(holder["quote"]["text"])) or ["1"]

        def any_number() -> str:
            return rng.choice([rng.choice(there), f"{rng.uniform(-5, 5):.2f}", "", "0", "-1e400", "∞"])

        names = {"value", "estimate", "ci_low", "ci_high"} & holder.keys()
        figures: Answer = {name: any_number() for name in sorted(names)}
        return figures | ({"p": f"{rng.choice('<>=')} {rng.random():.3f}"} if "p" in holder else {})

    def _any_claim(self, reply: Answer, prompt: str, rng: random.Random, _request: RequestLine) -> Answer:
        text = prompt.split("<claim>")[1].split("</claim>", maxsplit=1)[0].strip()
        claim = reply["claims"][0] | {"text": text, "quotes": []}
        for part in ("population", "cause", "effect", "comparator"):
            claim[part] = {"words": rng.choice(["", *text.split()]), "meaning": rng.choice(_NODES)}
        return {"claims": [claim]}

    def _any_appraisal(self, reply: Answer, prompt: str, rng: random.Random, _request: RequestLine) -> Answer:
        document = {"document": "primary_study", "species": "human"} if rng.random() < 0.7 else {}
        return reply | document

    def _any_judgement(self, judgement: Answer, prompt: str, rng: random.Random, link: str) -> Answer:
        """Two of three claim the most that there is to claim, in words of their own quotation."""
        found: Answer = judgement | {"link": link}
        if not found["quotes"] or rng.random() < 0.33:
            return found
        words = str(found["quotes"][0]["text"]).split() or ["nothing"]
        start = rng.randrange(max(1, len(words) - 4))
        named = " ".join(words[start : start + 4])[:LONGEST]
        return found | {
            "quotes": [q | {"role": "result"} for q in found["quotes"]],
            "basis": rng.choice(["manipulated", "manipulated", "co_measured", "end_only"]),
            "finding": rng.choice(["supports", "opposite", "no_difference", "mixed"]),
            "comparison": rng.choice(["between_groups_at_the_same_time", found["comparison"]]),
            "design": rng.choice(["rct_parallel", "nrsi_controlled", "animal_randomised", found["design"]]),
            "cause_measure": named,
            "effect_measure": named,
            "cause_match": "same",
            "effect_match": rng.choice(["same", "same", "proxy"]),
        }

    def _any_stance(self, reply: Answer, prompt: str, rng: random.Random, _request: RequestLine) -> Answer:
        return {"judgement": self._any_judgement(reply["judgement"], prompt, rng, "claim")}

    def _any_verification(self, reply: Answer, prompt: str, rng: random.Random, request: RequestLine) -> Answer:
        schema = request.body["response_format"]["json_schema"]["schema"]
        links = _LINK.findall(prompt)
        shape = {**schema["properties"]["judgements"]["items"], "$defs": schema.get("$defs", {})}
        made = [self._random(shape, prompt, rng) for _ in links]
        return {"judgements": [self._any_judgement(j, prompt, rng, k) for j, k in zip(made, links, strict=True)]}

    def _any_mechanism(self, reply: Answer, prompt: str, rng: random.Random, _request: RequestLine) -> Answer:
        chains = [
            chain | {"links": self._contiguous(chain["links"], rng)} for chain in reply["chains"] if chain["links"]
        ]
        return {"chains": chains}

    def _contiguous(self, links: list[Answer], rng: random.Random) -> list[Answer]:
        nodes = rng.sample(_NODES, len(links) + 1)
        ends = itertools.pairwise(nodes)
        return [link | {"cause": a, "effect": b} for link, (a, b) in zip(links, ends, strict=True)]

    def _any_ladder(self, reply: Answer, prompt: str, rng: random.Random, _request: RequestLine) -> Answer:
        rungs: list[Answer] = self._ladder(prompt, rng)["rungs"]
        for rung in rungs:
            kind, value, second = rng.choice(_TARGETS)
            rung["target_effect"] |= {"kind": kind, "value": value, "second": second}
            rung |= {"allocation_ratio": rng.choice([0.2, 1.0, 5.0]), "dropout": rng.choice([0.0, 0.6])}
        return {"rungs": rungs}

    def _any_summary(self, reply: Answer, prompt: str, rng: random.Random, _request: RequestLine) -> Answer:
        return self._summary(prompt, rng) if rng.random() < 0.8 else reply
