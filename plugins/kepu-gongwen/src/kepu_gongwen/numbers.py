"""Numbers as they are written: in digits, in Chinese, in both (1.5万)."""

from decimal import Decimal

__all__ = ["CHINESE", "in_digits", "is_scale", "value_of"]

CHINESE = "零〇一二两三四五六七八九十百千"
"""What numbers below ten thousand are written with."""
_TENS = {"十": 10, "百": 100, "千": 1000}
_SCALES = {"百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_DIGITS = {char: value for value, chars in enumerate(("零〇", "一", "二两", *"三四五六七八九")) for char in chars}


def is_scale(char: str) -> bool:
    """Whether a character behind digits multiplies them: 3百, 1.5万."""
    return char in _SCALES


def in_digits(number: str) -> str:
    """A number in digits; a point stays, and what stands between thousands is left out.

    >>> [in_digits(n) for n in ("1，000", "1.5万", "12.5", "三十", "两", "百")]
    ['1000', '15000', '12.5', '30', '2', '100']
    """
    if not number[0].isdigit():
        return str(value_of(number))
    times = 1
    while number[-1] in _SCALES:
        times *= _SCALES[number[-1]]
        number = number[:-1]
    value = f"{Decimal(number.replace('，', '')) * times:f}"
    return value.rstrip("0").rstrip(".") if "." in value else value


def value_of(number: str) -> int:
    """A number written in Chinese.

    >>> value_of("三十六"), value_of("二百一十"), value_of("一万二千"), value_of("百")
    (36, 210, 12000, 100)
    """
    total = section = digit = 0
    for char in number:
        if char in "万亿":
            total = (total + section + digit or 1) * _SCALES[char]
            section = digit = 0
        elif char in _TENS:
            section += (digit or 1) * _TENS[char]
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + section + digit
