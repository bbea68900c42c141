"""A scripted model: answers every stage from what the prompt shows, honestly, lazily or with intent to deceive."""

from __future__ import annotations

import itertools
import json
import random
import re
from collections.abc import Callable, Generator
from typing import Any, TypeVar

from schemas.wire import ReplyLine, RequestLine, Response

T = TypeVar("T")
Model = Callable[[RequestLine], ReplyLine]

_SENTENCE = re.compile(r"^\[(\d+)\] (.*)$", re.MULTILINE)
_STUDY = re.compile(r'<study id="([^"]+)">')
_LINK = re.compile(r"^(L\d+): cause: (.*?) \| effect: (.*?) \| ", re.MULTILINE)
_RUNG = re.compile(r"^\d+\. (\w+): ", re.MULTILINE)
_FACT = re.compile(r"^(F\d+): (.*)$", re.MULTILINE)
_NOTHING = {"says": "", "quote": None}


def stage_of(request: RequestLine) -> str:
    return request.custom_id.split("-")[0]


def answered(request: RequestLine, content: object, *, finish: str = "stop", **message: Any) -> ReplyLine:
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text} | message}
    usage = {"prompt_tokens": 100, "completion_tokens": 20}
    body = {"model": "scripted-1", "choices": [choice], "usage": usage}
    return ReplyLine(custom_id=request.custom_id, response=Response(status_code=200, body=body))


def pumped(core: Generator[list[RequestLine], list[ReplyLine], T], model: Model) -> T:
    """Runs a generator of the core to its end with a model that answers at once."""
    try:
        requests = next(core)
        while True:
            requests = core.send([model(r) for r in requests])
    except StopIteration as stop:
        return stop.value


class Scripted:
    """Answers from the prompt. `greedy` claims the strongest basis with true quotations of random sentences."""

    def __init__(self, seed: int = 0, *, greedy: bool = False, links: int = 3) -> None:
        self.asked: list[RequestLine] = []
        self._seed = seed
        self._greedy = greedy
        self._links = links

    def __call__(self, request: RequestLine) -> ReplyLine:
        self.asked.append(request)
        return answered(request, self.content(request))

    def content(self, request: RequestLine) -> Any:
        prompt = request.body["messages"][1]["content"]
        rng = random.Random(f"{self._seed}{request.custom_id}")
        return getattr(self, f"_{stage_of(request)}")(prompt, rng)

    def _quote(self, prompt: str, rng: random.Random, word: str = "") -> dict[str, Any]:
        found = [(int(n), t) for n, t in _SENTENCE.findall(prompt) if word in t]
        number, text = rng.choice(found) if found else (1, "nothing")
        return {"sentence": number, "text": text}

    def _study_quote(self, prompt: str, rng: random.Random) -> dict[str, Any]:
        study = rng.choice(_STUDY.findall(prompt))
        return {
            "study": study,
            **self._quote(prompt.split(f'<study id="{study}">')[1].split("</study>", maxsplit=1)[0], rng),
        }

    def _claim(self, prompt: str, rng: random.Random) -> Any:
        if "<claim>" in prompt:
            text, quotes = prompt.split("<claim>")[1].split("</claim>", maxsplit=1)[0].strip(), []
        else:
            text = "Strength training raises muscle strength."
            quotes = [self._study_quote(prompt, rng)]
        part = {"words": text.split()[0], "meaning": "training"}
        claim = {
            "text": text,
            "population": {"words": "", "meaning": "adults"},
            "cause": part,
            "effect": {"words": "", "meaning": "muscle strength"},
            "comparator": {"words": "", "meaning": "no training"},
            "direction": "increases",
            "claim_type": "causal_benefit",
            "type_reason": "it says what helps",
            "quotes": quotes,
        }
        return {"claims": [claim]}

    def _appraisal(self, prompt: str, rng: random.Random) -> Any:
        design = "rct_parallel" if "randomised" in prompt else "cross_sectional"
        contrast = {
            "name": "training or none",
            "set_or_exposed": "training",
            "comparator": "no training",
            "comparison": "between_groups_at_the_same_time",
            "design": design,
            "quote": self._quote(prompt, rng, "randomised"),
        }
        size = re.search(r"\[(\d+)\] (.*?\b(\d{2,5}) (?:adults|people).*)", prompt)
        number = (
            [
                {
                    "what": "people",
                    "role": "total_randomised",
                    "value": size.group(3),
                    "quote": {"sentence": int(size.group(1)), "text": size.group(2)},
                }
            ]
            if size
            else []
        )
        return {
            "document": "primary_study",
            "species": "human",
            "population": {"says": "adults", "quote": self._quote(prompt, rng)},
            "contrasts": [contrast],
            "numbers": number,
            "effects": [],
            "bias": [],
            "registration": {"identifier": "", "before_enrolment": "not_reported", "quote": None},
            "funding": _NOTHING,
            "conflict_of_interest": _NOTHING,
            "multicentre": "not_reported",
            "site": _NOTHING,
            "cohort": _NOTHING,
            "dates": _NOTHING,
        }

    def _judgement(self, prompt: str, rng: random.Random, link: str) -> dict[str, Any]:
        quotes = [self._quote(prompt, rng, "" if self._greedy else "strength rose") | {"role": "result"}]
        if self._greedy:
            quotes += [self._quote(prompt, rng) | {"role": rng.choice(["result", "method"])} for _ in range(2)]
        words = quotes[0]["text"].split()
        start = rng.randrange(max(1, len(words) - 2))
        named = " ".join(words[start : start + 2]) if self._greedy else "strength"
        return {
            "link": link,
            "quotes": quotes,
            "rationale": "because it says so",
            "cause_measure": named if self._greedy else "training",
            "cause_match": "same",
            "effect_measure": named,
            "effect_match": "same",
            "comparison": "between_groups_at_the_same_time",
            "design": "rct_parallel",
            "effect": None,
            "dose_response": "yes" if self._greedy else "not_reported",
            "mismatches": [],
            "basis": "manipulated",
            "finding": rng.choice(["supports", "supports", "opposite"]) if self._greedy else "supports",
        }

    def _stance(self, prompt: str, rng: random.Random) -> Any:
        return {"judgement": self._judgement(prompt, rng, "claim")}

    def _mechanism(self, prompt: str, rng: random.Random) -> Any:
        ends = ["training", *(f"step {i}" for i in range(1, self._links)), "muscle strength"]
        links = [
            {
                "cause": cause,
                "effect": effect,
                "direction": "increases",
                "level": "tissue",
                "statement": f"{cause} is followed by {effect}.",
                "quotes": [self._study_quote(prompt, rng)],
            }
            for cause, effect in itertools.pairwise(ends)
        ]
        return {"chains": [{"name": "the chain", "links": links, "counteracting": ""}]}

    def _verification(self, prompt: str, rng: random.Random) -> Any:
        return {"judgements": [self._judgement(prompt, rng, link) for link, _, _ in _LINK.findall(prompt)]}

    _second_verification = _verification

    def _ladder(self, prompt: str, rng: random.Random) -> Any:
        return {"rungs": [self._rung(rung) for rung in _RUNG.findall(prompt)]}

    def _rung(self, rung: str) -> dict[str, Any]:
        lines = [
            "design",
            "population",
            "intervention_or_exposure",
            "comparator",
            "timepoint",
            "duration",
            "randomisation_and_concealment",
            "blinding",
            "preregistration",
            "analysis",
            "tests",
            "feasibility",
            "ethics",
        ]
        outcome = dict.fromkeys(("name", "instrument", "unit", "minimal_important_difference"), "as usual")
        return dict.fromkeys(lines, "as usual") | {
            "rung": rung,
            "outcome": outcome | {"source_of_minimal_important_difference": "not established"},
            "target_effect": {"kind": "standardised_difference", "value": 0.5, "second": None, "source": "realistic"},
            "allocation_ratio": 1.0,
            "intracluster_correlation": 0.0,
            "cluster_size": 1,
            "dropout": 0.15,
            "confirms_if": "the interval lies above the smallest difference that matters",
            "refutes_if": "the interval excludes that difference",
            "resolves": ["imprecision"],
        }

    def _summary(self, prompt: str, _rng: random.Random) -> Any:
        facts = dict(_FACT.findall(prompt))
        numbers = re.findall(r"\d[\d,]*", facts["F1"])
        measured = "No study" if "none measured" in facts["F1"] else f"{numbers[0]} studies"
        people = f" with {numbers[1]} people" if " with " in facts["F1"] else ""
        said = [
            {"text": f"{measured}{people} looked at this.", "rests_on": ["F1"]},
            {"text": "What they say is very uncertain.", "rests_on": ["F2"]},
        ]
        return {"teaser": said[1], "how_it_works": [said[1]], "in_simple_terms": said}
