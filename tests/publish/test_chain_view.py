"""Links and chains show the labels that the rules worded, and what stands behind them."""

from __future__ import annotations

from pipeline.publish.viewing import page_of
from tests.publish.example import rich_analysis, settled


def test_a_link_shows_the_label_that_the_rules_worded_and_who_did_what() -> None:
    chain = page_of(rich_analysis()).main_chain
    assert chain is not None
    assert chain.label.text == "Weakest at step 2: Partly measured; link inferred"
    first, second, third = chain.links
    assert [link.label.text for link in chain.links] == [
        "Contested (1 for / 1 against)",
        "Partly measured; link inferred",
        "Seen together in one study; cause not tested",
    ]
    assert [(e.study, e.stance) for e in first.evidence] == [
        ("Birch & Cedar 2019", "Supports it"),
        ("Elm 2016", "Rules out an effect large enough to matter"),
        ("Alder et al. 2021", ""),
    ]
    assert first.reasons
    assert [e.study for e in second.evidence] == ["Alder et al. 2021"]
    assert third.quotations == 1


def test_chains_keep_the_order_of_the_settlement() -> None:
    analysis = rich_analysis()
    page = page_of(settled(analysis, chains=analysis.settlement.chains[::-1]))
    assert [c.name.split()[0] for c in page.chains] == ["Reflexes", "The"]
    assert [c.name.split()[0] for c in page.rivals] == ["The"]


def test_a_chain_without_a_label_is_shown_as_not_checked() -> None:
    chain = page_of(settled(rich_analysis(), chains=(), links=(), link_evidence=())).main_chain
    assert chain is not None
    assert chain.label.text == "Not checked"
    assert [(link.label.text, link.reasons) for link in chain.links] == [("Not checked", ())] * 3
    assert chain.remarks == ()


def test_a_broken_step_and_gaps_are_told() -> None:
    rival = page_of(rich_analysis()).rivals[0]
    assert rival.remarks == (
        "A chain is as strong as its weakest step.",
        "The evidence on step 1 speaks against it.",
        "Steps 1 and 2 are gaps: no study at hand shows both ends going together.",
    )


def test_a_chain_without_gaps_has_only_the_general_remark() -> None:
    analysis = rich_analysis()
    whole = analysis.settlement.chains[0].model_copy(update={"gaps": ()})
    chain = page_of(settled(analysis, chains=(whole,))).main_chain
    assert chain is not None
    assert chain.remarks == ("A chain is as strong as its weakest step.",)
