"""What both verifiers ask, refuse and advise: each study against all links at once.

Neither is told which study the proposer cited, nor what the other verifier said: the values of a question are the
claim's frame, the links and one study.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.stages import advice
from pipeline.stages.stage import Ask, Dossier, frame_of, framed_values
from schemas.analysis import StudyJudgement
from schemas.mechanism import VerificationReply


def ask(dossier: Dossier) -> Sequence[Ask]:
    """One question for each study."""
    frame = framed_values(frame_of(dossier))
    links = tuple(
        {"id": n.id, "cause": n.link.cause, "effect": n.link.effect, "direction": n.link.direction.replace("_", " ")}
        for n in dossier.evidence.links
    )
    return [Ask(s.id, {"frame": frame, "links": links, "study": s}) for s in dossier.ordered]


def check(dossier: Dossier, _ask: Ask, reply: VerificationReply) -> Sequence[str]:
    """What is wrong where not every link is judged exactly once."""
    asked = [n.id for n in dossier.evidence.links]
    given = Counter(j.link for j in reply.judgements)
    problems = [f"no judgement of {link}" for link in asked if not given[link]]
    problems += [f"{count} judgements of {link}" for link, count in given.items() if count > 1 and link in asked]
    return [*problems, *(f"there is no link {link!r}" for link in given if link not in asked)]


def judgements(replies: Mapping[str | None, VerificationReply]) -> tuple[StudyJudgement, ...]:
    """The judgements of all studies, in the order of the replies."""
    return tuple(
        StudyJudgement(study=k, judgement=j) for k, v in replies.items() if k is not None for j in v.judgements
    )


def advise(dossier: Dossier, ask: Ask, reply: VerificationReply) -> Sequence[str]:
    """What a second try could mend in the quotations of any judgement."""
    assert ask.study is not None
    study = dossier.studies[ask.study]
    found = [a for j in reply.judgements for a in advice.on_judgement(j, study, dossier.studies)]
    return found[: advice.MOST_ADVICE]
