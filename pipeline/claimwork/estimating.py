"""What a run would ask and cost, worked out before anybody is asked.

Promises: nothing is asked and nothing is written; the number of first questions is exact, and so is the text of those
that can be asked now; what is still to come is rendered with stand-ins of the usual length in place of what a model
would have said. One task at a time: ten thousand claims need no more memory than one, but for a number for each study.
Money is unknown where a price is. Attempts whose answer is lost on the way may have to be paid for and are not in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, TypeVar

from pipeline import synthesis
from pipeline.claimwork.intake import Task, claim_of
from pipeline.questions import Pending, first_request
from pipeline.replies.budget import BYTES_A_TOKEN, prompt_tokens
from pipeline.replies.driver import not_asked
from pipeline.replies.keeping import ReplySource
from pipeline.replies.prices import PriceTable
from pipeline.settings import Settings, SynthesisSettings
from pipeline.stages import STAGES, Ask, Dossier, Stage
from schemas.analysis import ClaimAnalysis, Evidence, NumberedLink, Unsettled, Usage
from schemas.claim import Claim, FramedClaim, FramePart
from schemas.ledger import ANSWERED, LedgerEntry
from schemas.mechanism import Link
from schemas.vocabulary import ClaimType, Direction, Level
from schemas.wire import NOT_ASKED, ReplyLine, RequestLine

T = TypeVar("T")


class Measured(NamedTuple):
    """How a stage's questions were answered: mean tokens of an answer, and the share of questions asked twice."""

    completion_tokens: int
    repeated: float


# Measured on the recordings in fixtures/replies: bytes of the answers' text over BYTES_A_TOKEN, averaged by stage, and
# second questions over first ones. A test measures them again and holds this table to a tenth.
MEASURED: Mapping[str, Measured] = {
    "claim": Measured(350, 0.0),
    "appraisal": Measured(1422, 0.0),
    "stance": Measured(496, 9 / 33),
    "mechanism": Measured(2590, 0.0),
    "ladder": Measured(6966, 0.0),
    "verification": Measured(1805, 3 / 34),
    "summary": Measured(581, 2 / 6),
}
_UNMEASURED = Measured(2000, 0.1)
_FEWEST_ANSWERS = 5
_COMPLAINT_TOKENS = 150
_LONGEST_COMPLAINT_TOKENS = 2000
_LONGER_TOKENS = round(20_000 / BYTES_A_TOKEN)
"""By how much a question to come may exceed its stand-in: 18 links or all facts at their longest."""

# Stand-ins of the usual length, in characters, seen in the recordings.
_LINKS = 9
_FACTS = 12
_PROPOSED = Claim(id="proposal", text="x" * 90)
_LINK = Link(
    cause="x" * 55, effect="x" * 55, direction=Direction.INCREASES, level=Level.TISSUE, statement="", quotes=()
)
_SETTLED = {"permitted": "x" * 470, "facts": tuple({"id": f"F{n}", "text": "x" * 240} for n in range(1, _FACTS + 1))}


@dataclass(frozen=True)
class Experience:
    """What the ledger tells of answers so far: mean completion tokens by stage, and mean seconds of an answer."""

    completion_tokens: Mapping[str, float]
    seconds: float | None

    @classmethod
    def of(cls, entries: Iterable[LedgerEntry]) -> Experience:
        """Of stages with at least five answers; seconds from at least five answers of any stage."""
        tokens: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        seconds, timed = 0.0, 0
        for entry in entries:
            if entry.outcome != ANSWERED:
                continue
            if not entry.usage.unreported:
                known = tokens[entry.stage]
                known[0] += 1
                known[1] += entry.usage.completion_tokens
            if entry.seconds is not None:
                timed += 1
                seconds += entry.seconds
        means = {stage: total / count for stage, (count, total) in tokens.items() if count >= _FEWEST_ANSWERS}
        return cls(means, seconds / timed if timed >= _FEWEST_ANSWERS else None)

    def answer_tokens(self, stage: str) -> float:
        """Completion tokens that an answer of `stage` takes on average."""
        return self.completion_tokens.get(stage, MEASURED.get(stage, _UNMEASURED).completion_tokens)


NO_EXPERIENCE = Experience({}, None)


@dataclass
class StageEstimate:
    """One stage of a run. `questions` are first questions, `now` of which can be asked at once and are exact; tokens
    and `cost` are about what they and the usual repeats take, `most` is the bound. None: the model has no price."""

    model: str
    questions: int = 0
    now: int = 0
    requests: float = 0.0
    prompt_tokens: float = 0.0
    completion_tokens: float = 0.0
    cost: Decimal | None = Decimal(0)
    most: Decimal | None = Decimal(0)


class Estimate:
    """Adds up what tasks would take. `batch` takes the price of the Batch API."""

    def __init__(
        self,
        settings: SynthesisSettings,
        known: ReplySource,
        prices: PriceTable,
        experience: Experience = NO_EXPERIENCE,
        *,
        batch: bool = False,
    ) -> None:
        self.claims = 0
        self.fruitless = 0
        self.prices = prices
        self._settings = settings
        self._known = known
        self._experience = experience
        self._batch = batch
        self._stages: dict[str, StageEstimate] = {}
        self._appraised: set[int] = set()

    @property
    def stages(self) -> dict[str, StageEstimate]:
        """The stages with questions, in the order of the method."""
        order = [s.name for s in STAGES]
        return dict(sorted(self._stages.items(), key=lambda kv: order.index(kv[0]) if kv[0] in order else len(order)))

    @property
    def cost(self) -> Decimal | None:
        """About what the run costs; None when a model has no price."""
        return _sum(s.cost for s in self._stages.values())

    @property
    def most(self) -> Decimal | None:
        """The most that the answered questions can cost, each repeated once and answered at full length."""
        return _sum(s.most for s in self._stages.values())

    @property
    def unpriced(self) -> tuple[str, ...]:
        """Models without a price."""
        return tuple(sorted({s.model for s in self._stages.values() if s.cost is None}))

    def seconds(self, settings: Settings) -> tuple[float, str] | None:
        """About how long the run takes and what holds it up; None when no limit and no time of an answer is known."""
        requests = sum(s.requests for s in self._stages.values())
        tokens = sum(s.prompt_tokens for s in self._stages.values())
        found: list[tuple[float, str]] = []
        if (rate := settings.requests_per_minute) is not None:
            found.append((60 * requests / rate, f"{rate:g} requests a minute"))
        if (rate := settings.tokens_per_minute) is not None:
            found.append((60 * tokens / rate, f"{rate:g} tokens a minute"))
        if (mean := self._experience.seconds) is not None:
            deep = len({_depth(s) for s in STAGES if s.name in self._stages})
            held = f"{settings.in_flight} questions in flight and {mean:.1f} s an answer, as the ledger knows them"
            found.append((mean * max(requests / settings.in_flight, deep), held))
        return max(found, default=None)

    def add(self, task: Task) -> None:
        """The questions of one task that nobody has answered yet."""
        self.claims += 1
        claim, others, proposed = task.claim, tuple[FramedClaim, ...](), False
        if task.fault is not None:
            self.fruitless += 1
            return
        if claim is None:
            unanswered, found = self._pumped(synthesis.propose(task.studies, self._settings))
            if unanswered:
                self._count_open(unanswered.values(), exact=True)
                claim, proposed = _PROPOSED, True
            elif isinstance(found, Unsettled):
                self.fruitless += 1
                return
            else:
                claim, others = claim_of(found[0].text), found[1:]
        core = synthesis.synthesise(claim, task.studies, self._settings, others, task.missing)
        unanswered, analysis = self._pumped(core)
        self._count_open(unanswered.values(), exact=not proposed)
        for stage in _to_come(analysis, {r.stage for r in unanswered.values()}):
            self._count_to_come(stage, task, analysis.evidence)

    def _pumped(self, core: Generator[list[RequestLine], list[ReplyLine], T]) -> tuple[dict[str, RequestLine], T]:
        """What a generator asks that is not known, and what it returns without."""
        unanswered: dict[str, RequestLine] = {}
        try:
            requests = next(core)
            while True:
                replies: list[ReplyLine] = []
                for request in requests:
                    reply = self._known.get(request.custom_id)
                    if reply is None:
                        unanswered[request.custom_id] = request
                    replies.append(reply or not_asked(request.custom_id))
                requests = core.send(replies)
        except StopIteration as stop:
            return unanswered, stop.value
        finally:
            core.close()

    def _count_open(self, requests: Iterable[RequestLine], *, exact: bool) -> None:
        for request in requests:
            if request.stage == "appraisal":
                # The one question that claims share: it asks about a study and no claim.
                digest = int(request.custom_id[-16:], 16)
                if digest in self._appraised:
                    continue
                self._appraised.add(digest)
            self._count(request, longer=0, now=exact)

    def _count_to_come(self, stage: Stage, task: Task, evidence: Evidence) -> None:
        dossier = _stood_in(task, evidence)
        for ask in _asks(stage, dossier):
            request = first_request(Pending(stage, ask), self._settings).request
            assert request is not None
            self._count(request, longer=_LONGER_TOKENS, now=False)

    def _count(self, request: RequestLine, *, longer: int, now: bool) -> None:
        stage, model = request.stage, str(request.body["model"])
        found = self._stages.setdefault(stage, StageEstimate(model))
        second = len(request.body["messages"]) > 2
        share = 0.0 if second else MEASURED.get(stage, _UNMEASURED).repeated
        prompt, answer = prompt_tokens(request.body), self._experience.answer_tokens(stage)
        asked = prompt + share * (prompt + answer + _COMPLAINT_TOKENS)
        found.questions += 1
        found.now += now
        found.requests += 1 + share
        found.prompt_tokens += asked
        found.completion_tokens += answer * (1 + share)
        found.cost = _sum((found.cost, self._cost(model, round(asked), round(answer * (1 + share)))))
        limit = int(request.body["max_completion_tokens"])
        found.most = _sum((found.most, self._most(model, prompt + longer, limit, second=second)))

    def _most(self, model: str, prompt: int, limit: int, *, second: bool) -> Decimal | None:
        """A question and its repeat, which shows the first answer and, where that was cut off, has twice the room."""
        if second:
            return self._cost(model, prompt, limit)
        return self._cost(model, 2 * prompt + limit + _LONGEST_COMPLAINT_TOKENS, 3 * limit)

    def _cost(self, model: str, prompt: int, completion: int) -> Decimal | None:
        usage = Usage(replies=1, prompt_tokens=prompt, completion_tokens=completion)
        return self.prices.cost(model, usage, batch=self._batch)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Unknown as soon as one amount is."""
    total = Decimal(0)
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def _depth(stage: Stage) -> int:
    needed = {s.name: s for s in STAGES}
    return 1 + max((_depth(needed[n]) for n in stage.needs), default=0)


def _to_come(analysis: ClaimAnalysis, unanswered: set[str]) -> list[Stage]:
    """Stages that were not opened because what they need has not been answered yet."""
    waiting = {u.stage for u in analysis.unsettled if u.study is None and u.code in NOT_ASKED} - unanswered
    return [s for s in STAGES if s.name in waiting]


def _stood_in(task: Task, evidence: Evidence) -> Dossier:
    """The dossier as later stages will find it, with stand-ins for what no model has said yet."""
    part = FramePart(words="", meaning="x" * 50)
    long = FramePart(words="", meaning="x" * 150)
    frame = evidence.frame or FramedClaim(
        text=evidence.claim.text,
        population=long,
        cause=part,
        effect=part,
        comparator=long,
        direction=Direction.INCREASES,
        claim_type=evidence.claim.type or ClaimType.CAUSAL_BENEFIT,
        type_reason="",
        quotes=(),
    )
    links = evidence.links or tuple(NumberedLink(id=f"L{n}", link=_LINK) for n in range(1, _LINKS + 1))
    return Dossier({s.id: s for s in task.studies}, evidence.model_copy(update={"frame": frame, "links": links}))


def _asks(stage: Stage, dossier: Dossier) -> Iterable[Ask]:
    """The stage's own questions; what the rules will let stand is stood in for as well."""
    if stage.needs_settlement:
        return [Ask(None, {"claim": dossier.evidence.claim.text, **_SETTLED})]
    return stage.ask(dossier)
