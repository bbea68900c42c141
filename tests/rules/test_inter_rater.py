"""Cohen's kappa against a worked example, against an independent implementation, and where it is undefined."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa as independent  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

from pipeline.rules.inter_rater import cohens_kappa
from schemas.vocabulary import Basis

PAIRS = st.lists(st.tuples(st.sampled_from(Basis), st.sampled_from(Basis)), min_size=1, max_size=40)


def test_a_worked_example() -> None:
    """Two readers of 50 proposals: 20 times both yes, 15 times both no: po = .7, pe = .5, kappa = .4."""
    pairs = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    assert cohens_kappa(pairs) == pytest.approx(0.4)


@given(PAIRS)
def test_kappa_is_what_an_independent_implementation_says(pairs: list[tuple[Basis, Basis]]) -> None:
    found = cohens_kappa(pairs)
    if found is None:
        assert len({category for pair in pairs for category in pair}) == 1
        return
    counts = Counter(pairs)
    table = [[counts[one, other] for other in Basis] for one in Basis]
    theirs = independent(table, return_results=False)
    assert isinstance(theirs, float)
    assert found == pytest.approx(theirs, abs=1e-12)


@given(PAIRS)
def test_kappa_lies_between_minus_one_and_one_whoever_comes_first(pairs: list[tuple[Basis, Basis]]) -> None:
    found, turned = cohens_kappa(pairs), cohens_kappa([(b, a) for a, b in pairs])
    assert found == turned
    assert found is None or -1 <= found <= 1


def test_without_pairs_and_with_one_category_throughout_it_is_undefined() -> None:
    assert cohens_kappa([]) is None
    assert cohens_kappa([("yes", "yes")] * 3) is None


def test_one_category_each_but_not_the_same_is_no_agreement_at_all() -> None:
    assert cohens_kappa([("yes", "no")] * 3) == 0
