"""The quote gate: words of the source are accepted whatever typesetting did to them, and no changed word ever is."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.rules.alignment import Difference, resemblance
from pipeline.rules.quotation import JOINED, TOO_SHORT, check_stale, locate, relocate_all
from schemas.quotation import LocatedQuote, Quote
from schemas.study import Study
from schemas.vocabulary import MatchGrade, QuoteFault, SectionKind
from tests.builders import study

EXACT, REFORMATTED = MatchGrade.EXACT, MatchGrade.REFORMATTED
CLIPPED, SLIP, ALTERED, NOT_FOUND = MatchGrade.CLIPPED, MatchGrade.SLIP, MatchGrade.ALTERED, MatchGrade.NOT_FOUND

TRIAL = "Daily stretching did not reduce the risk of injury (HR 0.97, 95% CI 0.90–1.05; P<0.05) in 120 recruits."
RISE = "In the trained leg, peak force rose by 15 % (from 310 to 357 N) after 8 weeks, but endurance did not."
SMALL = "Mean change in the control group [3] was −0.5 mmol/L, a nonsigniﬁcant diﬀer\u00adence of 1 200 units."
HEDGE = "These findings suggest that the drive to the muscle may have increased at the onset of contraction."
NONE = "There was no evidence, in either arm, that cross-\neducation improved balance in older men."
NOTABLE = "It was notable in most of the twelve women that NO production fell below 2.5 mM at rest."
PLAIN = "Blood was drawn from the left arm at noon and stored on ice for at most 2 hours."
CO = "Although strength did not change, walking speed improved in both groups within six weeks."


def of(*sentences: str, name: str = "alpha-2001") -> Study:
    return study(name, tuple((SectionKind.RESULTS, s) for s in sentences))


CORPUS = of(TRIAL, RISE, SMALL, HEDGE, NONE, NOTABLE, PLAIN, CO)


def gate(text: str, sentence: int = 1, source: Study = CORPUS, *others: Study) -> LocatedQuote:
    found = locate(Quote(sentence=sentence, text=text), source, {s.id: s for s in (source, *others)})
    if found.start is not None and found.found_in == source.id:
        assert source.text[found.start : found.end] == found.located
    assert found.accepted == (found.match in {EXACT, REFORMATTED} and found.fault is None)
    return found


PEERS = [
    TRIAL.replace("not ", ""),
    TRIAL.replace("reduce", "increase"),
    TRIAL.replace("0.97", "0.57"),
    TRIAL.replace("P<0.05", "P>0.05"),
]

CASES = [
    (TRIAL, EXACT),
    (f' "{TRIAL}" ', EXACT),
    (f"[1] {TRIAL}", EXACT),
    (f"{TRIAL} ...", EXACT),
    (f"{TRIAL} {RISE}", EXACT),
    (TRIAL.replace("–", "-").replace("P<0.05", "P < 0.05"), REFORMATTED),
    (TRIAL.upper(), REFORMATTED),
    (RISE.replace("15 %", "15%"), REFORMATTED),
    (SMALL, EXACT),
    (SMALL.replace("ﬁ", "fi").replace("ﬀ", "ff").replace("\u00ad", "").replace("−", "-"), REFORMATTED),
    (SMALL.replace(" [3]", ""), REFORMATTED),
    (SMALL.replace("−0.5 mmol/L", "− 0.5 mmol/l"), REFORMATTED),
    (SMALL.replace("nonsigniﬁcant", "non-significant"), REFORMATTED),
    (NONE.replace("cross-\n", "cross"), REFORMATTED),
    (NONE.replace("cross-\n", "cross-"), REFORMATTED),
    (NONE.replace("cross-\n", "cross "), REFORMATTED),
    ("did not reduce the risk of injury", EXACT),
    ("walking speed improved in both groups within six weeks", EXACT),
    *((text, ALTERED) for text in PEERS),
    (TRIAL.replace("120", "210"), ALTERED),
    (TRIAL.replace("0.90–1.05", "1.05–0.90"), ALTERED),
    (TRIAL.replace("0.97", "9.7"), ALTERED),
    (TRIAL.replace("0.97", "097"), ALTERED),
    (TRIAL.replace("0.97", ".97"), ALTERED),
    (TRIAL.replace("95%", "95"), ALTERED),
    (TRIAL.replace("P<0.05", "P=0.05"), ALTERED),
    (TRIAL.replace("P<0.05", "P≤0.05"), ALTERED),
    (TRIAL.replace("in 120", "in 120 male"), ALTERED),
    (TRIAL.replace("did not", "may not"), ALTERED),
    (RISE.replace("from 310 to 357", "from 357 to 310"), ALTERED),
    (RISE.replace("rose", "fell"), ALTERED),
    (RISE.replace("trained", "untrained"), ALTERED),
    (RISE.replace("8 weeks", "8 days"), ALTERED),
    (RISE.replace("357 N", "357 mN"), ALTERED),
    (RISE.replace("after 8", "after8").replace("15 %", "1 5 %"), ALTERED),
    (SMALL.replace("−0.5", "0.5"), ALTERED),
    (SMALL.replace("−0.5", "+0.5"), ALTERED),
    (SMALL.replace("1 200", "1200"), ALTERED),
    (SMALL.replace("control", "training"), ALTERED),
    (SMALL.replace("nonsigniﬁcant", "significant"), ALTERED),
    (SMALL.replace("[3]", "[3,4]"), ALTERED),
    (SMALL.replace("units", "units [7]"), ALTERED),
    (HEDGE.replace("may have ", ""), ALTERED),
    (HEDGE.replace("suggest", "prove"), ALTERED),
    (NONE.replace("no evidence", "evidence"), ALTERED),
    (NOTABLE.replace("notable", "not able"), ALTERED),
    (NOTABLE.replace("2.5 mM", "2.5 mm"), ALTERED),
    (NOTABLE.replace("NO production", "no production"), ALTERED),
    (NOTABLE.replace("2.5", "2. 5"), ALTERED),
    (NOTABLE.replace("twelve", "eleven"), ALTERED),
    (PLAIN.replace("left", "right"), ALTERED),
    (PLAIN.replace("at most", "at least"), ALTERED),
    ("5 % (from 310 to 357 N) after 8 weeks", ALTERED),
    ("peak force rose by 15 % (from 310 to 35", ALTERED),
    ("the risk of injury (HR 0.97, 95", ALTERED),
    ("peak force rose by 15", ALTERED),
    ("ence of 1 200 units.", ALTERED),
    ("education improved balance in older men", ALTERED),
    ("0.05) in 120 recruits.", ALTERED),
    ("0.5 mmol/L, a nonsigniﬁcant", ALTERED),
    ("rst of all the recruits were ﬁ", NOT_FOUND),
    ("reduce the risk of injury", CLIPPED),
    ("the drive to the muscle may have increased at the onset", CLIPPED),
    ("increased at the onset of contraction", CLIPPED),
    ("cross-education improved balance in older men.", CLIPPED),
    (PLAIN.replace("noon", "midday"), SLIP),
    (PLAIN.replace("stored on ice", "then stored on the ice"), SLIP),
    (PLAIN.replace(" and stored", ", and stored"), SLIP),
    ("peak force", SLIP),
    ("on ice for", SLIP),
    ("Blood was drawn from the left arm ... for at most 2 hours.", SLIP),
    ("Blood was drawn from the left arm [...] for at most 9 hours.", ALTERED),
    (f"{TRIAL} {PLAIN}", SLIP),
    ("Vitamin D cured every recruit of the study within one week of treatment.", NOT_FOUND),
    ("peak torque", NOT_FOUND),
    ("", NOT_FOUND),
    (" \u200b\u2009", NOT_FOUND),
    ("...", NOT_FOUND),
    ("¹", SLIP),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_each_quotation_gets_its_grade(text: str, expected: MatchGrade) -> None:
    found = gate(text)
    assert found.match is expected, found.differences
    faults = {EXACT: None, REFORMATTED: None, NOT_FOUND: QuoteFault.INVENTED}
    assert found.fault is faults.get(expected, QuoteFault.MISQUOTED)
    assert bool(found.differences) == (found.fault is not None)


@pytest.mark.parametrize(
    ("text", "difference"),
    [
        (PEERS[0], "quotation leaves out 'not'"),
        (PEERS[1], "source has 'reduce', quotation has 'increase'"),
        (PEERS[2], "source has '0.97', quotation has '0.57'"),
        (PEERS[3], "source has '<0.05', quotation has '>0.05'"),
        (RISE.replace("15 %", "35 %"), "source has '15 %', quotation has '35 %'"),
        (TRIAL.replace("in 120", "in all 120"), "quotation adds 'all'"),
        (NOTABLE.replace("notable", "not able"), "source has 'notable', quotation has 'not able'"),
        (SMALL.replace("−0.5", "0.5"), "quotation leaves out '−0.5'"),
        ("reduce the risk of injury", "leaves out 'not' before the quoted words: 'Daily stretching did not'"),
        ("5 % (from 310 to 357 N)", "quotation begins inside '15'"),
        ("peak force rose by 15", "quotation ends inside '15 %'"),
        ("peak force", TOO_SHORT),
        ("Blood was drawn from the left arm ... for at most 2 hours.", JOINED),
    ],
)
def test_what_differs_is_named(text: str, difference: str) -> None:
    assert difference in gate(text).differences


def test_a_wholly_invented_quotation_has_no_place() -> None:
    found = gate("Vitamin D cured every recruit of the study within one week of treatment.")
    assert (found.start, found.end, found.located, found.found_in, found.context) == (None, None, None, None, None)
    assert found.sentences == ()


def test_an_invented_sentence_behind_a_true_one_spoils_the_quotation() -> None:
    found = gate(f"{TRIAL} Vitamin D cured every recruit.")
    assert (found.match, found.fault) == (ALTERED, QuoteFault.MISQUOTED)
    assert any("Vitamin D cured every recruit" in d for d in found.differences)
    long = (
        "Vitamin D cured every recruit of this study within one week of taking the very first of all the capsules. " * 3
    )
    assert gate(f"{PLAIN} {long}").fault is QuoteFault.INVENTED


def test_the_finding_tells_sentences_section_page_and_context() -> None:
    paged = CORPUS.model_copy(
        update={"sentences": tuple(s.model_copy(update={"page": s.number}) for s in CORPUS.sentences)}
    )
    found = gate("(from 310 to 357 N) after 8 weeks, but endurance did not. Mean change in the control group", 2, paged)
    assert found.sentences == (2, 3)
    assert found.context == f"{RISE} {SMALL}"
    assert (found.section, found.page, found.found_in) == (SectionKind.RESULTS, 2, "alpha-2001")
    assert found.source_sha256 == CORPUS.sha256


def test_the_claimed_sentence_goes_before_the_nearest_one() -> None:
    twice = of(PLAIN, TRIAL, PLAIN, TRIAL, PLAIN)
    assert [gate(PLAIN, n, twice).sentences for n in (1, 3, 5)] == [(1,), (3,), (5,)]
    assert gate(PLAIN, 4, twice).sentences in {(3,), (5,)}
    assert gate(PLAIN, 99_999, twice).sentences == (5,)


def test_a_clipped_place_decides_only_in_the_claimed_sentence() -> None:
    bare = "Walking daily improved the balance of old men."
    source = of("We found no sign that walking daily improved the balance of old men.", PLAIN, bare)
    text = "alking daily improved the balance of old men"
    assert gate("w" + text, 1, source).match is CLIPPED
    assert gate("w" + text, 2, source).sentences == (3,)
    assert gate("W" + text, 3, source).match is EXACT


def test_a_place_that_cuts_a_number_gives_way_to_a_sound_one() -> None:
    source = of("It rose by 15 % of all the force.", "Then 5 % of all the force was lost.")
    assert gate("5 % of all the force", 1, source).sentences == (2,)


def test_a_short_quotation_counts_when_it_is_a_whole_sentence() -> None:
    assert gate("No harms.", 2, of(PLAIN, "No harms.")).match is EXACT
    assert gate("No harms", 2, of(PLAIN, "No harms were seen in the trial.")).match is SLIP


@pytest.mark.parametrize(
    ("sentence", "quoted", "clipped"),
    [
        ("The change in force was not significant in any group.", "The change in force", True),
        ("Training improved strength in none of the groups.", "Training improved strength", True),
        ("Training improved strength, but not significantly.", "Training improved strength", True),
        ("Training improved strength (not significant).", "Training improved strength", True),
        ("Training reduced injuries nonsignificantly in men.", "Training reduced injuries", True),
        ("Training improved strength, whereas speed did not change.", "Training improved strength", False),
        ("Training improved strength, but speed did not change.", "Training improved strength", False),
        ("Training improved strength compared with no training.", "Training improved strength", False),
        ("Training improved strength in men who had not trained.", "Training improved strength", False),
        ("Speed did not change; training improved strength in men.", "training improved strength in men", False),
        ("Speed did not change, but training improved strength.", "training improved strength", False),
        ("In May 2010, training improved strength in men.", "training improved strength in men", False),
        ("May training improved strength in men.", "training improved strength in men", False),
        ("It may be that training improved strength in men.", "training improved strength in men", True),
        ("In no trial it was seen, training improved strength.", "training improved strength", True),
        ("Neither training improved strength in old men.", "training improved strength in old men", True),
        ("It was unclear whether training improved strength.", "training improved strength", True),
        ("NO donors and training improved strength in men.", "training improved strength in men", False),
        ("They failed to show that training improved strength.", "training improved strength", True),
    ],
)
def test_a_negation_or_hedge_left_out_of_the_clause_clips(sentence: str, quoted: str, *, clipped: bool) -> None:
    assert gate(quoted, 1, of(sentence)).match is (CLIPPED if clipped else EXACT)


@pytest.mark.parametrize(
    ("sentence", "quoted"),
    [
        ("We saw a drop to −0.5 mmol per litre of blood.", "0.5 mmol per litre of blood."),
        ("We saw a drop to − 0.5 mmol per litre of blood.", "0.5 mmol per litre of blood."),
        ("The share was < 0.05 of all the recruits.", "0.05 of all the recruits."),
        ("It rose by 12–26% of the old force in men.", "26% of the old force in men."),
        ("It rose by 1.2 to 3.4 points of the scale used.", "3.4 points of the scale used."),
        ("The estimate was twice as much as 1.2 to 3.4 points.", "The estimate was twice as much as 1.2"),
        ("The titre in most men was about 2 × 10⁵ units.", "The titre in most men was about 2"),
        ("The titre in most men was about 10⁵ units.", "The titre in most men was about 10"),
        ("The dose in most of the men was 15 mg of it.", "The dose in most of the men was 15"),
        ("The value in most of the men was 0.57 of it.", "The value in most of the men was 0."),
        ("The value in most of the men was 0.57 of it.", "57 of it."),
        ("The value in most of the men was < 0.57 of it.", "The value in most of the men was <"),
        ("It had spread over most of the 12 cm² of skin.", "It had spread over most of the 12 cm"),
        ("It was a non-significant rise in all the men.", "significant rise in all the men."),
        ("It was an in-\ncreased rate in all of the men.", "creased rate in all of the men."),
        ("It was tested in men with anti-inflammatory drugs.", "It was tested in men with anti"),
        ("The ﬁrst of all the recruits was tested.", "irst of all the recruits was tested."),
        ("It was tested in all of the men with ﬂu.", "It was tested in all of the men with f"),
    ],
)
def test_a_cut_through_a_word_or_number_is_never_accepted(sentence: str, quoted: str) -> None:
    found = gate(quoted, 1, of(sentence))
    assert found.match is ALTERED, found.differences


def test_a_table_row_after_a_number_on_the_line_before_is_whole() -> None:
    source = CORPUS.model_copy(update={"text": "Primary HR 0.82\nMuscle or tendon injury 0.75", "sentences": ()})
    assert gate("Muscle or tendon injury 0.75", 1, source).match is EXACT


def test_a_word_with_a_reference_behind_it_is_not_cut() -> None:
    source = of("It was the most frequent complaint¹ in all the men.")
    assert gate("It was the most frequent complaint", 1, source).match is EXACT
    assert gate("the most frequent complaint in all the men", 1, source).match is REFORMATTED
    assert gate("the most frequent complaint1 in all the men", 1, source).match is REFORMATTED
    assert gate("the most frequent complaint2 in all the men", 1, source).match is ALTERED


@pytest.mark.parametrize(
    ("source", "quoted", "accepted"),
    [
        ("The e ffect was signi fi cant in all the men.", "The effect was significant in all the men.", True),
        ("The effect was ineffective in all the men.", "The effect was in effective in all the men.", False),
        ("The effect was a symptomatic one in all men.", "The effect was asymptomatic one in all men.", False),
        ("The men were no-\ntable for it in the end.", "The men were notable for it in the end.", True),
        ("The men were no-\ntable for it in the end.", "The men were no table for it in the end.", False),
        ("The men were notable for it in the end.", "The men were not-able for it in the end.", False),
        ("The self\ufffeserving men were asked for it.", "The self-serving men were asked for it.", True),
        ("The self\ufffeserving men were asked for it.", "The self serving men were asked for it.", True),
        ("Groups 1.2,3.4 were asked for it once.", "Groups 1.2, 3.4 were asked for it once.", True),
        ("Groups 1, 200 were asked for it once.", "Groups 1,200 were asked for it once.", False),
        ("The range 12 - 26 was asked for once.", "The range 12–26 was asked for once.", True),
        ("The range 12 - 26 was asked for once.", "The range 12 -26 was asked for once.", False),
        ("The men with IL-\n6 were asked for it.", "The men with IL-6 were asked for it.", True),
        ("The rise was 10\u202f000 in all the men.", "The rise was 10 000 in all the men.", True),
        ("The rise was 10\u202f000 in all the men.", "The rise was 10000 in all the men.", False),
        ("The 5 ML of blood were drawn from it.", "The 5 ml of blood were drawn from it.", False),
        ("The 5 mL of blood were drawn from it.", "The 5 ml of blood were drawn from it.", True),
        ("The regimens³ [4] were compared in men.", "The regimens³ [4] were compared in  men.", True),
        ("The dose per group [4] was doubled in men.", "The dose per group was doubled in men.", True),
    ],
)
def test_equal_folding_alone_is_no_agreement(source: str, quoted: str, *, accepted: bool) -> None:
    assert gate(quoted, 1, of(source)).accepted is accepted


def test_many_disagreements_are_counted_not_all_shown() -> None:
    source = of("They had " + " ".join(f"{n} {n}" for n in range(10, 40)) + " of it.")
    joined = "They had " + " ".join(f"{n}{n}" for n in range(10, 40)) + " of it."
    assert len(gate(joined, 1, source).differences) == 8
    source = of("They were " + " ".join(f"not able{x}" for x in "abcdefghijklmno") + " once.")
    assert len(gate(source.text.replace("not able", "notable"), 1, source).differences) == 8
    many = [f"word{chr(97 + i)} filler and long stretch" for i in range(20)]
    found = gate(" ".join(many).replace("filler", "padding"), 1, of(" ".join(many)))
    assert found.match is SLIP
    assert len(found.differences) <= 9


def test_a_quotation_of_another_study_is_a_wrong_study() -> None:
    mine, other = of(PLAIN), of(TRIAL, RISE, name="beta-2002")
    found = gate(RISE.replace("15 %", "15%"), 1, mine, other)
    assert (found.match, found.fault, found.found_in) == (REFORMATTED, QuoteFault.WRONG_STUDY, "beta-2002")
    assert other.text[found.start : found.end] == found.located == RISE
    assert found.sentences == (2,)
    assert found.source_sha256 == mine.sha256
    assert not found.accepted


def test_a_near_miss_at_home_still_belongs_to_the_other_study() -> None:
    mine, other = of(RISE.replace("15", "25")), of(RISE, name="beta-2002")
    assert gate(RISE, 1, mine, other).fault is QuoteFault.WRONG_STUDY
    assert gate(RISE.replace("15", "35"), 1, mine, other).fault is QuoteFault.MISQUOTED


def test_a_study_without_sentences_is_searched_all_the_same() -> None:
    bare = CORPUS.model_copy(update={"sentences": ()})
    found = gate("did not reduce the risk of injury", 1, bare)
    assert (found.match, found.sentences, found.section, found.context) == (EXACT, (), None, found.located)


def test_relocating_keeps_the_first_order_and_each_key_once() -> None:
    first, second = Quote(sentence=1, text=TRIAL), Quote(sentence=7, text=PLAIN)
    corpus = {CORPUS.id: CORPUS}
    found = relocate_all([(CORPUS.id, second), (CORPUS.id, first), (CORPUS.id, second), ("nobody", first)], corpus)
    assert [f.key.text for f in found] == [PLAIN, TRIAL, TRIAL]
    assert found[0].accepted
    unknown = found[2]
    assert (unknown.match, unknown.fault) == (NOT_FOUND, QuoteFault.INVENTED)
    assert unknown.differences == ("no study of that id",)


def test_a_changed_text_makes_the_finding_stale() -> None:
    found = gate(TRIAL)
    assert check_stale(found, CORPUS) is found
    moved = of(PLAIN, TRIAL)
    stale = check_stale(found, moved)
    assert stale.fault is QuoteFault.STALE_SOURCE
    assert not stale.accepted
    forged = CORPUS.model_copy(update={"text": CORPUS.text.replace("not", "now")})
    assert check_stale(found, forged).fault is QuoteFault.STALE_SOURCE
    assert check_stale(gate("Vitamin D cured every single recruit in a week."), moved).fault is QuoteFault.STALE_SOURCE
    with pytest.raises(ValueError, match="beta-2002"):
        check_stale(found, of(TRIAL, name="beta-2002"))


def test_a_wrong_study_finding_goes_stale_with_either_study() -> None:
    mine, other = of(PLAIN), of(TRIAL, name="beta-2002")
    found = gate(TRIAL, 1, mine, other)
    assert check_stale(found, mine) is found
    assert check_stale(found, other) is found
    assert check_stale(found, of(RISE)).fault is QuoteFault.STALE_SOURCE
    assert check_stale(found, of(RISE, name="beta-2002")).fault is QuoteFault.STALE_SOURCE


def test_resemblance_gathers_the_passage_and_drops_strays_on_either_side() -> None:
    stray = "The rain falls on one thing that was long and dull and slow as it came to pass here."
    near = "Cats sat down with many old dogs at dusk."
    found = resemblance("The rain falls x cats sat down with many old dogs at noon.", f"{stray} {near} {stray}", 0)
    assert found is not None
    assert f"{stray} {near}"[found.start : found.end].endswith(near)
    assert Difference("dusk", "noon", bearing=False) in found.differences


@pytest.mark.parametrize(("before", "behind"), [(True, False), (False, True)])
def test_the_same_word_far_off_is_not_taken_for_the_one_at_the_end_of_a_passage(*, before: bool, behind: bool) -> None:
    near = "The cats sat down with many old dogs at dusk."
    stray = "The rain falls on one thing that was long and dull and slow."
    source = f"{stray * before} {near} {stray * behind}".strip()
    found = resemblance(near.replace("sat", "lay"), source, 0)
    assert found is not None
    assert source[found.start : found.end] == near
    assert found.differences == (Difference("sat", "lay", bearing=False),)


def test_joined_words_that_stand_nowhere_are_invented() -> None:
    found = gate("Purple submarines sail under ice … green engines hum a tune", 1)
    assert (found.match, found.fault) == (MatchGrade.NOT_FOUND, QuoteFault.INVENTED)


def test_resemblance_of_nothing_or_of_mere_repetition_is_null() -> None:
    chance = random.Random(1)
    assert resemblance(" ", TRIAL, 0) is None
    assert resemblance("entirely foreign", TRIAL, 0) is None
    assert resemblance(" ".join(chance.choices("ab", k=600)), " ".join(chance.choices("ba", k=400)), 0) is None


@pytest.mark.parametrize("seed", range(20))
def test_resemblance_survives_shuffled_repetition(seed: int) -> None:
    chance = random.Random(seed)
    words = [f"{a}{b}" for a in "xyz" for b in "klm"] + ["rare", "seldom"]
    source = " ".join(chance.choices(words, k=300))
    found = resemblance(" ".join(chance.choices(words, k=150)), source, 0)
    assert found is None or (0 <= found.start < found.end <= len(source) and found.score >= 0.6)


WORDS = ("stretching", "force", "balance", "recruits", "after", "eight", "weeks", "was", "the", "of", "leg", "rose")
SENTENCE = st.lists(st.sampled_from(WORDS), min_size=4, max_size=12).map(lambda w: " ".join(w).capitalize() + ".")


@given(st.lists(SENTENCE, min_size=1, max_size=8), st.data())
def test_every_run_of_whole_sentences_is_exact(sentences: list[str], data: st.DataObject) -> None:
    source = of(*sentences)
    low = data.draw(st.integers(1, len(sentences)))
    high = data.draw(st.integers(low, len(sentences)))
    start, end = source.sentences[low - 1].start, source.sentences[high - 1].end
    found = gate(source.text[start:end], low, source)
    assert (found.match, found.start, found.end) == (EXACT, start, end)


@given(st.text(st.sampled_from("ab1 .-–not5%<>0\n\xadﬁ¹[],…'\"()"), max_size=80), st.text(max_size=60))
def test_located_text_is_its_slice_whatever_was_asked(quoted: str, source: str) -> None:
    for text in (source, quoted + source, source + " " + quoted[: len(quoted) // 2]):
        found = gate(quoted, 1, of(text or "x"))
        assert found.start is None or (text or "x")[found.start : found.end] == found.located


@given(st.sampled_from([TRIAL, RISE, SMALL, HEDGE, NONE, NOTABLE, PLAIN, CO]), st.integers(0, 10**6))
def test_typesetting_noise_on_a_true_quotation_is_accepted(sentence: str, seed: int) -> None:
    noisy = noise(sentence, random.Random(seed))
    found = gate(noisy)
    assert found.accepted, (noisy, found.differences)
    assert found.located == sentence


def noise(text: str, chance: random.Random) -> str:
    """What typesetting and copying do: other spaces, broken lines, ligatures, dashes, invisible characters."""
    spaces, dashes = " \u2009\u202f\xa0\n", "-–−‐‑"
    out: list[str] = []
    for at, c in enumerate(text):
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if c == " ":
            out.append(chance.choice(spaces) * chance.choice([1, 1, 2]))
        elif c in dashes:
            out.append(chance.choice(dashes))
        else:
            out.append(c)
        if c.isascii() and before.islower() and c.islower() and after.islower() and chance.random() < 0.05:
            out.append(chance.choice(["-\n", "\xad", "\ufffe", "\u200b", "\xad\n"]))
    joined = "".join(out)
    if chance.random() < 0.5:
        joined = joined.replace("fi", "ﬁ").replace("ff", "ﬀ")
    return joined if chance.random() < 0.8 else f"“{joined}”"


SWAPS = {"rose": "fell", "fell": "rose", "reduce": "raise", "increased": "reduced", "improved": "worsened"}
ALTERATIONS: dict[str, tuple[str, Callable[[re.Match[str]], str]]] = {
    "number": (r"\d", lambda m: str((int(m.group()) + 3) % 10)),
    "sign dropped": (r"−(?=\d)", lambda m: ""),
    "sign added": (r"(?<=[ (])(?=\d)", lambda m: "-"),
    "comparison": (r"[<]", lambda m: ">"),
    "negation dropped": (r"\b(?:not|no) ", lambda m: ""),
    "negation added": (r"\b(was|rose|improved|did|fell) ", lambda m: f"{m.group()}not "),
    "direction": (r"\b(?:rose|reduce|increased|improved|fell)\b", lambda m: SWAPS[m.group()]),
    "unit": (r"(?: ?%|weeks|hours|mmol|mM)", lambda m: " g"),
    "group": (r"\b(?:trained|control|left|men|women|recruits)\b", lambda m: "sham"),
    "point shifted": (r"\.(\d)(?=\d)", lambda m: f"{m.group(1)}."),
    "point dropped": (r"(?<=\d)\.(?=\d)", lambda m: ""),
    "numbers exchanged": (r"(\d[\d.]*)(\D+)(\d[\d.]*\d|\d)", lambda m: m.group(3) + m.group(2) + m.group(1)),
}


@given(
    st.sampled_from([TRIAL, RISE, SMALL, NONE, NOTABLE, PLAIN, CO]),
    st.sampled_from(sorted(ALTERATIONS)),
    st.integers(0, 10**6),
)
def test_an_alteration_under_any_noise_is_never_accepted(sentence: str, kind: str, seed: int) -> None:
    chance = random.Random(seed)
    pattern, change = ALTERATIONS[kind]
    hits = list(re.finditer(pattern, sentence))
    assume(hits)
    hit = chance.choice(hits)
    altered = sentence[: hit.start()] + change(hit) + sentence[hit.end() :]
    assume(altered != sentence)
    found = gate(noise(altered, chance))
    assert not found.accepted
    assert found.match is ALTERED or found.fault is not None


@given(st.sampled_from([TRIAL, RISE, SMALL, NONE, NOTABLE, PLAIN, CO]), st.integers(0, 200), st.integers(1, 200))
def test_no_accepted_fragment_cuts_a_word_or_number(sentence: str, start: int, length: int) -> None:
    quoted = sentence[start : start + length].strip()
    assume(quoted)
    found = gate(quoted, 1, of(sentence))
    if found.accepted:
        located, at = found.located or "", found.start or 0
        before, behind = sentence[:at], sentence[at + len(located) :]
        assert not (re.search(r"\w$", before) and re.match(r"\w", located))
        assert not (re.search(r"\w$", located) and re.match(r"\w", behind))


@pytest.mark.parametrize(
    ("source", "quoted"),
    [
        ("a " * 30_000, "aa" * 2_000),
        ("1 " * 30_000, "11" * 2_000),
        (" ".join(f"a x{i}" for i in range(8_000)), " ".join(f"a y{i}" for i in range(500))),
        ("word " * 12_000, "word word word ... " * 200),
        ("[1," * 20_000, "[1," * 1_300),
        ("e\u0301" * 30_000, "e\u0301" * 1_999 + "x"),
        ("word¹ " * 10_000, "word¹ " * 600 + "x"),
    ],
)
def test_hostile_repetition_ends_and_is_never_an_error(source: str, quoted: str) -> None:
    assert gate(quoted[:4_000], 1, of(source)).key.text == quoted[:4_000]
