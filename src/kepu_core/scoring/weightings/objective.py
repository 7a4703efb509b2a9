"""Weights from the data: a child counts more, the more it tells subjects apart.

They are computed from the children's shares (so direction and missing data are dealt with already), over the
subjects that have all of them. Where the data say nothing (all columns constant, fewer than two subjects) all
children weigh the same.
"""

import numpy as np
from numpy.typing import NDArray

from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.fields import field
from kepu_core.domain.record import part
from kepu_core.scoring import exact
from kepu_core.scoring.blocks import in_blocks
from kepu_core.scoring.methods import Children

__all__ = ["Correlation", "Critic", "Entropy", "Merec", "PrincipalComponents", "StandardDeviation", "Variation"]

Floats = NDArray[np.float64]


class Correlation(LabelledEnum):
    """How the likeness of two columns is measured."""

    PEARSON = "pearson", "皮尔逊", "Pearson"
    SPEARMAN = "spearman", "斯皮尔曼", "Spearman"


def _or_equal(found: Floats) -> Floats:
    """Weights as found, or equal ones where nothing was found."""
    clear = np.where(np.isfinite(found), np.maximum(found, 0.0), 0.0)
    # A column without any spread leaves rounding noise behind, which is no information.
    return clear if clear.max(initial=0.0) > 1e-14 else np.ones(len(found))  # noqa: PLR2004


def _refuse_negative(shares: Floats, what: str) -> None:
    if shares.size and float(shares.min()) < 0:
        message = f"{what} needs shares of 0 or more: use rules with shares from 0 to 1"
        raise ValueError(message)


@part("熵权法", "entropy")
class Entropy:
    """One minus the entropy of each column, as parts of its sum: 1 + Σ p·ln p / ln n, p = x / Σx; 0·ln 0 is 0.

    Source: Shannon (1948); Hwang & Yoon, Multiple Attribute Decision Making (1981). Raises ``ValueError`` for
    negative shares.

    >>> Entropy().weights(Children(ids=("a", "b"), shares=np.array([[1.0, 1.0], [0.0, 1.0]])))
    array([0., 1.])
    """

    def weights(self, children: Children) -> Floats:
        """See ``Weighting.weights``."""
        _refuse_negative(children.shares, "entropy")
        size = children.shares.shape[1]
        if size < 2:  # noqa: PLR2004 - one subject tells nothing apart
            return np.ones(len(children.ids))
        return _or_equal(np.array([_divergence(row, size) for row in children.shares]))


def _divergence(row: Floats, size: int) -> float:
    most = float(row.max())
    if most <= 0:
        return 0.0
    if size <= exact.EXACT:
        scaled = row / most
        whole, logs = exact.total(scaled), exact.total(_x_log_x(scaled))
    else:
        sums = np.array(in_blocks(size, lambda at: _block_sums(row[at], most)))
        whole, logs = float(sums[:, 0].sum()), float(sums[:, 1].sum())
    return float(1.0 + (logs / whole - np.log(whole)) / np.log(size))


def _x_log_x(numbers: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(numbers)
        logs *= numbers
    logs[numbers == 0] = 0.0
    return logs


def _block_sums(row: Floats, most: float) -> tuple[float, float]:
    scaled = row / most
    return float(scaled.sum()), float(_x_log_x(scaled).sum())


@part("标准差法", "standard deviation")
class StandardDeviation:
    """The standard deviation of each column.

    Source: Diakoulaki, Mavrotas & Papayannakis (1995); Jahan & Edwards (2013).

    >>> StandardDeviation().weights(Children(ids=("a", "b"), shares=np.array([[0.0, 1.0], [0.0, 0.5]]))).round(4)
    array([0.7071, 0.3536])
    """

    def weights(self, children: Children) -> Floats:
        """See ``Weighting.weights``."""
        return _or_equal(_spreads(children.shares))


def _spreads(shares: Floats) -> Floats:
    return np.array([exact.spread(row) if row.size else 0.0 for row in shares])


@part("变异系数法", "coefficient of variation")
class Variation:
    """The standard deviation of each column divided by its mean; 0 where the mean is 0.

    Source: common in indices of science popularisation (变异系数法).

    >>> Variation().weights(Children(ids=("a", "b"), shares=np.array([[0.5, 1.0], [1.0, 1.0]]))).round(4)
    array([0.4714, 0.    ])
    """

    def weights(self, children: Children) -> Floats:
        """See ``Weighting.weights``."""
        middle = np.array([abs(exact.mean(row)) if row.size else 0.0 for row in children.shares])
        spread = _spreads(children.shares)
        return _or_equal(np.divide(spread, middle, out=np.zeros_like(spread), where=middle > 0))


@part("CRITIC 法", "CRITIC")
class Critic:
    """The spread of each column times its conflict with the others: sd_j · Σ_k (1 - r_jk).

    ``scaled`` draws every column to 0 … 1 first, as the source does. A constant column has weight 0.
    Source: Diakoulaki, Mavrotas & Papayannakis, Computers & Operations Research 22(7) (1995).

    >>> shares = np.array([[0.0, 0.5, 1.0], [1.0, 0.0, 0.5], [0.3, 0.3, 0.3]])
    >>> Critic().weights(Children(ids=("a", "b", "c"), shares=shares)).round(3)
    array([1.25, 1.25, 0.  ])
    """

    scaled: bool = field("先作极差标准化", "scaled first", default=True)
    correlation: Correlation = field("相关系数", "correlation", default=Correlation.PEARSON)

    def weights(self, children: Children) -> Floats:
        """See ``Weighting.weights``."""
        shares = children.shares
        if shares.shape[1] < 2:  # noqa: PLR2004 - one subject tells nothing apart
            return np.ones(len(shares))
        likeness = correlations(_ranks(shares) if self.correlation is Correlation.SPEARMAN else shares)
        columns = scaled_rows(shares) if self.scaled else shares
        spread = _spreads(columns)
        varied = spread > 1e-14  # noqa: PLR2004 - the noise of a constant column
        conflict = np.where(varied[None, :] & varied[:, None], 1.0 - likeness, 1.0)
        np.fill_diagonal(conflict, 0.0)
        return _or_equal(np.where(varied, spread * conflict.sum(axis=1), 0.0))


def scaled_rows(shares: Floats) -> Floats:
    """Every row drawn to 0 … 1; a constant one becomes 0."""
    least = shares.min(axis=1, keepdims=True)
    span = shares.max(axis=1, keepdims=True) - least
    scaled: Floats = (shares - least) / np.where(span > 0, span, 1.0)
    return scaled


def _ranks(shares: Floats) -> Floats:
    ranks = np.empty_like(shares)
    for k, row in enumerate(shares):
        rising = np.sort(row)
        ranks[k] = (np.searchsorted(rising, row, "left") + np.searchsorted(rising, row, "right")) / 2
    return ranks


def correlations(rows: Floats) -> Floats:
    """Pearson's correlation of each pair of rows; 0 with a constant row."""
    centred = rows - np.array([[exact.mean(row)] for row in rows])
    length = np.array([np.sqrt(exact.total(row * row)) for row in centred])
    size = len(rows)
    found = np.eye(size)
    for i in range(size):
        for k in range(i + 1, size):
            if length[i] > 0 and length[k] > 0:
                likeness = exact.total(centred[i] * centred[k]) / (length[i] * length[k])
                found[i, k] = found[k, i] = np.clip(likeness, -1.0, 1.0)
    return found


@part("MEREC 法", "MEREC")
class Merec:
    """How much the whole changes when a column is taken away.

    With n_ij = min_j / x_ij, performance S_i = ln(1 + Σ_j |ln n_ij| / m), and S_i without column j, the weight of j is
    Σ_i |S_i without j - S_i|. All shares must be above 0. Source: Keshavarz-Ghorabaee, Amiri, Zavadskas, Turskis &
    Antucheviciene, Symmetry 13(4) (2021).

    >>> Merec().weights(Children(ids=("a", "b"), shares=np.array([[0.5, 1.0], [0.9, 1.0]]))).round(3)
    array([0.285, 0.038])
    """

    def weights(self, children: Children) -> Floats:
        """See ``Weighting.weights``. Raises ``ValueError`` for shares of 0 or less."""
        shares = children.shares
        if not shares.shape[1]:
            return np.ones(len(shares))
        if float(shares.min()) <= 0:
            message = "MEREC needs shares above 0: give the rules a floor above 0"
            raise ValueError(message)
        logs = np.abs(np.log(shares.min(axis=1, keepdims=True) / shares)) / len(shares)
        whole = logs.sum(axis=0)
        effects = [np.abs(np.log1p(np.maximum(whole - row, 0.0)) - np.log1p(whole)) for row in logs]
        return _or_equal(np.array([exact.total(effect) for effect in effects]))


@part("主成分法", "principal components")
class PrincipalComponents:
    """Squared loadings on the principal components that matter, each component by the variance it explains.

    Components of the correlation matrix with an eigenvalue above 1 (at least the first) matter; a column's weight is
    Σ_c (loading_jc² / eigenvalue_c) · eigenvalue_c / Σ eigenvalue. No rotation. Source: OECD/JRC, Handbook on
    Constructing Composite Indicators (2008), step 6 (without varimax).

    >>> shares = np.array([[0.0, 0.5, 1.0], [0.1, 0.5, 0.9]])
    >>> PrincipalComponents().weights(Children(ids=("a", "b"), shares=shares)).round(3)
    array([0.5, 0.5])
    """

    def weights(self, children: Children) -> Floats:
        """See ``Weighting.weights``."""
        shares = children.shares
        spread = _spreads(shares)
        if shares.shape[1] < 2 or not bool(np.any(spread > 0)):  # noqa: PLR2004 - one subject tells nothing apart
            return np.ones(len(shares))
        varied = spread > 0
        values, vectors = np.linalg.eigh(correlations(shares[varied]))
        matter = values > 1.0 + 1e-9
        matter[-1] = True
        strength = values[matter] / values[matter].sum()
        found = np.zeros(len(shares))
        found[varied] = (vectors[:, matter] ** 2 * strength).sum(axis=1)
        return _or_equal(found)
