"""Beside scikit-criteria, pymcdm and SALib on random matrices. Where they differ, decision record 0012 says why."""

import numpy as np
import pytest
from boards import RULES as METHODS
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from kepu_core.domain.scheme_policies import Ties
from kepu_core.scoring import Cells, Children, Topsis, pairwise_weights
from kepu_core.scoring.ranking import ranks_of
from kepu_core.scoring.weightings.ahp import RandomIndex

pytestmark = [pytest.mark.filterwarnings("ignore")]

# Away from the cases in which they differ: no zeros, no constant columns (a value in a thousand, all different).
matrices = st.tuples(st.integers(3, 12), st.integers(2, 6)).flatmap(
    lambda shape: hnp.arrays(np.int64, shape, elements=st.integers(1, 10**6)).map(lambda a: a / 1000)
)


def spread(matrix):
    assume((np.ptp(matrix, axis=0) > 0.1).all())
    return matrix


def our_weights(kind, matrix, **params):
    ids = tuple(f"c{k}" for k in range(matrix.shape[1]))
    found = METHODS[kind].build(params).weights(Children(ids=ids, shares=matrix.T.copy()))
    return found / found.sum()


def our_shares(kind, column, *, higher, **params):
    cells = Cells(raw=column.copy(), higher=higher)
    return METHODS[kind].build(params).fit(cells).shares(cells)


def agree(ours, theirs, matrix):
    """CRITIC weighs by 1 - r: where every pair of columns is alike to six digits, only rounding errors are left of it."""
    if np.isnan(theirs).all():  # all columns alike: no conflict at all, where ours are equal
        assert ours.tolist() == pytest.approx([1 / len(ours)] * len(ours))
    else:
        assume((1 - np.corrcoef(matrix.T)).max() > 1e-6)
        assert ours == pytest.approx(theirs, abs=1e-6)


def min_max(matrix):
    return (matrix - matrix.min(axis=0)) / np.ptp(matrix, axis=0)


@given(matrices)
def test_weights_against_pymcdm(matrix):
    """Entropy, standard deviation, CRITIC, MEREC: the same weights on benefits without zeros."""
    weights = pytest.importorskip("pymcdm.weights")
    types = np.ones(matrix.shape[1])
    spread(matrix)
    assert our_weights("entropy", matrix) == pytest.approx(weights.entropy_weights(matrix, types), abs=1e-9)
    agree(our_weights("critic", matrix), weights.critic_weights(matrix, types), matrix)
    # Theirs is on columns scaled to 0 … 1, ours on the shares it is given.
    assert our_weights("standard_deviation", min_max(matrix)) == pytest.approx(
        weights.standard_deviation_weights(min_max(matrix), types), abs=1e-9
    )
    assert our_weights("merec", matrix) == pytest.approx(weights.merec_weights(matrix, types), abs=1e-9)


@given(matrices)
def test_weights_against_scikit_criteria(matrix):
    """Entropy, standard deviation and CRITIC, with either correlation."""
    weighters = pytest.importorskip("skcriteria.preprocessing.weighters")
    spread(matrix)
    assert our_weights("entropy", matrix) == pytest.approx(weighters.entropy_weights(matrix), abs=1e-9)
    assert our_weights("standard_deviation", matrix) == pytest.approx(weighters.std_weights(matrix), abs=1e-9)
    objectives = np.ones(matrix.shape[1])
    for correlation in ("pearson", "spearman"):
        theirs = weighters.critic_weights(matrix, objectives, correlation=correlation, scale=True)
        agree(our_weights("critic", matrix, correlation=correlation), theirs, matrix)


@given(matrices, st.booleans())
def test_normalisations_against_pymcdm(matrix, higher):
    """Min-max, vector, sum, maximum and linear, for benefits and costs."""
    theirs = pytest.importorskip("pymcdm.normalizations")
    column = spread(matrix)[:, 0]
    pairs = [
        ("min_max", {}, theirs.minmax_normalization),
        ("vector", {}, theirs.vector_normalization),
        ("fraction_of_sum", {}, theirs.sum_normalization),
        ("fraction_of_max", {"complement": True}, theirs.max_normalization),
        ("fraction_of_max", {}, theirs.linear_normalization),
    ]
    for kind, params, function in pairs:
        expected = function(column, cost=not higher)
        assert our_shares(kind, column, higher=higher, **params) == pytest.approx(expected, abs=1e-9), kind


@given(matrices, st.data())
def test_topsis_against_both(matrix, data):
    """Vector-normalised TOPSIS: the same similarity to the ideal."""
    methods = pytest.importorskip("pymcdm.methods")
    theirs = pytest.importorskip("pymcdm.normalizations")
    skc = pytest.importorskip("skcriteria")
    topsis = pytest.importorskip("skcriteria.agg.topsis")
    scalers = pytest.importorskip("skcriteria.preprocessing.scalers")
    spread(matrix)
    weights = np.array(
        data.draw(st.lists(st.integers(1, 9), min_size=matrix.shape[1], max_size=matrix.shape[1])), float
    )
    weights /= weights.sum()
    shares = matrix.T.copy()
    ours = Topsis().fit(shares, weights[:, None]).combine(shares, weights[:, None])
    expected = methods.TOPSIS(theirs.vector_normalization)(matrix, weights, np.ones(len(weights)))
    assert ours == pytest.approx(expected, abs=1e-9)
    scaled = scalers.VectorScaler(target="matrix").transform(skc.mkdm(matrix, [max] * len(weights), weights=weights))
    assert ours == pytest.approx(topsis.TOPSIS().evaluate(scaled).e_.similarity, abs=1e-9)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=10))
def test_ranks_against_both(scores):
    """Dense ranks as scikit-criteria has them, average ranks as pymcdm, competition ranks as scipy's minimum."""
    rrank = pytest.importorskip("pymcdm.helpers").rrankdata
    rankdata = pytest.importorskip("scipy.stats").rankdata
    column, everyone = np.array(scores, float), np.ones(len(scores), bool)
    assert ranks_of(column, everyone, ties=Ties.AVERAGE).tolist() == list(rrank(column))
    for ties, method in ((Ties.COMPETITION, "min"), (Ties.DENSE, "dense"), (Ties.AVERAGE, "average")):
        assert ranks_of(column, everyone, ties=ties).tolist() == rankdata(-column, method=method).tolist()


@given(st.lists(st.lists(st.integers(1, 9), min_size=4, max_size=4), min_size=4, max_size=4))
def test_pairwise_weights_against_numpy(numbers):
    """The principal eigenvector and eigenvalue as a general eigensolver finds them."""
    labels = ("a", "b", "c", "d")
    pairs = {(labels[i], labels[k]): numbers[i][k] / numbers[k][i] for i in range(4) for k in range(i + 1, 4)}
    matrix = np.ones((4, 4))
    for (first, second), times in pairs.items():
        i, k = labels.index(first), labels.index(second)
        matrix[i, k], matrix[k, i] = times, 1 / times
    values, vectors = np.linalg.eig(matrix)
    at = int(np.argmax(values.real))
    vector = np.abs(vectors[:, at].real)
    found = pairwise_weights(labels, pairs, RandomIndex.SAATY)
    assert list(found.weights.values()) == pytest.approx((vector / vector.sum()).tolist(), abs=1e-9)
    assert found.eigenvalue == pytest.approx(values[at].real, abs=1e-9)


def test_sobol_indices_against_salib():
    """The library that we use and the other one agree on a function of three variables, within sampling error."""
    sample = pytest.importorskip("SALib.sample.sobol")
    analyze = pytest.importorskip("SALib.analyze.sobol")
    stats = pytest.importorskip("scipy.stats")

    def model(x):
        return 4 * x[0] + 2 * x[1] ** 2 + x[0] * x[2]

    problem = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[0, 1]] * 3}
    theirs = analyze.analyze(problem, model(sample.sample(problem, 2**12, seed=1).T), seed=1)
    ours = stats.sobol_indices(func=model, n=2**12, dists=[stats.uniform()] * 3, rng=np.random.default_rng(1))
    assert ours.first_order == pytest.approx(theirs["S1"], abs=0.02)
    assert ours.total_order == pytest.approx(theirs["ST"], abs=0.02)


def test_moments_against_scipy():
    """Skewness and kurtosis of samples, as spreadsheets have them."""
    stats = pytest.importorskip("scipy.stats")
    from kepu_core.scoring import kurtosis, skewness

    rng = np.random.default_rng(2)
    for size in (4, 7, 51, 1000):
        column = rng.lognormal(size=size)
        assert skewness(column) == pytest.approx(stats.skew(column, bias=False))
        assert kurtosis(column) == pytest.approx(stats.kurtosis(column, bias=False))


def test_box_cox_against_scipy():
    """The power of greatest likelihood is the one that scipy finds."""
    stats = pytest.importorskip("scipy.stats")
    from kepu_core.scoring.treatment import _box_cox

    column = np.random.default_rng(3).lognormal(sigma=1.5, size=200)
    positive = (column - column.min()) / np.ptp(column) + 0.01
    expected, _ = stats.boxcox(positive)
    assert _box_cox(column) == pytest.approx(expected, rel=1e-4, abs=1e-4)
