"""Stage mechanism: one to three rival chains over all studies; equal arrows of two chains are one link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.stages.stage import Ask, Dossier, Stage, frame_of, framed_values
from schemas.analysis import Evidence, NumberedChain, NumberedLink
from schemas.mechanism import Chain, Link, MechanismReply


def _ask(dossier: Dossier) -> Sequence[Ask]:
    return [Ask(None, {"frame": framed_values(frame_of(dossier)), "studies": dossier.ordered})]


def _check(_dossier: Dossier, _ask: Ask, reply: MechanismReply) -> Sequence[str]:
    return [
        f"link {number} of chain {chain.name!r} has an empty end"
        for chain in reply.chains
        for number, link in enumerate(chain.links, 1)
        if not (link.cause.strip() and link.effect.strip())
    ]


def _arrow(link: Link) -> tuple[str, str, str]:
    return (link.cause.strip().casefold(), link.effect.strip().casefold(), link.direction.value)


def number(chains: Sequence[Chain]) -> tuple[tuple[NumberedLink, ...], tuple[NumberedChain, ...]]:
    """Gives links the ids L1, L2 ... and chains C1 ... in the order proposed; a link proposed twice keeps the
    quotations of both proposals."""
    links: dict[tuple[str, str, str], NumberedLink] = {}
    numbered: list[NumberedChain] = []
    for place, chain in enumerate(chains, 1):
        ids: list[str] = []
        for link in chain.links:
            arrow = _arrow(link)
            known = links.get(arrow)
            if known is None:
                links[arrow] = NumberedLink(id=f"L{len(links) + 1}", link=link)
            else:
                more = tuple(q for q in link.quotes if q not in known.link.quotes)
                merged = known.link.model_copy(update={"quotes": known.link.quotes + more})
                links[arrow] = NumberedLink(id=known.id, link=merged)
            ids.append(links[arrow].id)
        numbered.append(
            NumberedChain(id=f"C{place}", name=chain.name, links=tuple(ids), counteracting=chain.counteracting)
        )
    return tuple(links.values()), tuple(numbered)


def _settle(dossier: Dossier, replies: Mapping[str | None, MechanismReply]) -> Evidence:
    links, chains = number(replies[None].chains)
    return dossier.evidence.model_copy(update={"links": links, "chains": chains})


MECHANISM = Stage("mechanism", ("claim",), MechanismReply, _ask, _check, _settle)
