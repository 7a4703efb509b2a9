"""Rounding to the published precision, as people do it on paper.

Binary numbers stand a hair beside the decimals that people mean: 2.675 is stored below itself, and sums carry
noise in the last bits. Scores are therefore first cleared of noise far below the published precision, then
rounded as decimals.
"""

from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import numpy as np
from numpy.typing import NDArray

from kepu_core.domain.scheme_policies import Rounding, RoundingMode

__all__ = ["rounded", "rounded_decimal"]

_NOISE_DIGITS = 6
_MODES = {RoundingMode.HALF_UP: ROUND_HALF_UP, RoundingMode.HALF_EVEN: ROUND_HALF_EVEN}


def rounded_decimal(number: float, rounding: Rounding) -> Decimal:
    """One number, rounded as a decimal.

    >>> rounded_decimal(2.675, Rounding(decimals=2)), rounded_decimal(0.1 + 0.2 + 0.005, Rounding(decimals=2))
    (Decimal('2.68'), Decimal('0.31'))
    >>> rounded_decimal(0.125, Rounding(decimals=2, mode=RoundingMode.HALF_EVEN))
    Decimal('0.12')
    """
    finer = Decimal(1).scaleb(-(rounding.decimals + _NOISE_DIGITS))
    clear = Decimal(repr(float(number))).quantize(finer, ROUND_HALF_EVEN)
    result = clear.quantize(Decimal(1).scaleb(-rounding.decimals), _MODES[rounding.mode])
    return result or abs(result)


def rounded(numbers: NDArray[np.float64], rounding: Rounding) -> NDArray[np.float64]:
    """A column, rounded like :func:`rounded_decimal`.

    Only numbers near a boundary need decimals, each different one once; the rest are rounded at once, with the same
    result.
    """
    scale = 10.0**rounding.decimals
    scaled = numbers * scale
    result: NDArray[np.float64] = np.rint(scaled)
    scaled -= result
    near = np.abs(scaled, out=scaled) > 0.5 - 1e-4
    result /= scale
    places = np.flatnonzero(near)
    if len(places):
        different, which = np.unique(numbers[places], return_inverse=True)
        result[places] = np.array([float(rounded_decimal(x, rounding)) for x in different.tolist()])[which]
    result += 0.0
    return result
