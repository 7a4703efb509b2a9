"""The target that a person typed: in the compared form, or in the words of a document."""

import re
import unicodedata

from kepu_core import Target
from kepu_gongwen.glyphs import canonical
from kepu_gongwen.numbers import CHINESE
from kepu_gongwen.quantities import quantities_in
from kepu_gongwen.records_values import target_of

__all__ = ["typed_target"]

_NUMBER = r"\d{1,15}(?:\.\d{1,9})?"
# A unit that says nothing of how the number is meant: no scale or 余 before it, no 以上 behind it, no part of a date.
_UNIT = (
    rf"(?:(?!.*[{CHINESE}万亿])(?![余多几来约每至到年月日号届季周])(?!.*(?:[以之][上下内外]|左右|上下|[余多约起内])$)"
    r"(?:[一-龥]{1,2}|平方公里|平方米|个班次)|%|[A-Za-z][A-Za-z0-9/²³]{0,7})"
)
_PLAIN = re.compile(rf"(?P<sign>>=|<=|>|<|~)?{_NUMBER}(?P<upto>-{_NUMBER})?{_UNIT}")
_SIGN = re.compile(r"(>=|<=|>|<|~)?(.*)", re.DOTALL)
# Words of how it is meant, a number or two, the unit, words of how it is meant: nothing else.
_LEAD = r"""(?:
    (?:不得?|至|最)(?:少于|低于|小于|多于|高于|大于|超过|少|低|多)|达到?|超过|突破|超|逾|[少多低高小大]于
    |不足|不到|控制在|约为|大约|约|近
)*(?:了|为|在|有|完成|达)?"""
_WRITTEN = rf"(?:(?:\d{{1,3}}(?:，\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)[万亿千百]*|[{CHINESE}]+[万亿]?)[余多来几]?[万亿]?"
_TAIL = "[余多]?(?:（?含?）?及?以上|以下|以内|左右|上下|之内|内)?"
_SPACES = re.compile(r"(?<!\d)\s+|\s+(?!\d)")


def typed_target(text: str) -> Target | None:
    """The target that a text is as a whole; ``None`` where any of it is not understood.

    >>> typed_target(">=5场").comparison.value, typed_target("20场以上").comparison.value
    ('at_least', 'at_least')
    >>> typed_target("2.5万名").value, typed_target("1500余人").comparison.value
    (25000.0, 'about')
    >>> typed_target("每年5场") is None
    True
    """
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", text).replace("≥", ">=").replace("≤", "<=").strip())
    match = _PLAIN.fullmatch(plain)
    if match is not None:
        return None if match["sign"] and match["upto"] else target_of(plain)
    signed = _SIGN.fullmatch(plain)
    sign, words = (signed[1] or "", canonical(signed[2])) if signed is not None else ("", "")
    found = quantities_in(words)
    if len(found) != 1:
        return None
    told = next(s for s in (">=", "<=", ">", "<", "~", "") if found[0].startswith(s))
    target = target_of(found[0] if told else sign + found[0])
    if target is None or (sign and told and sign != told) or ((sign or told) and target.upto is not None):
        return None
    unit = re.escape(target.unit)
    whole = rf"{_LEAD}{_WRITTEN}(?:(?:{unit})?[—\-至到]{_WRITTEN})?{unit}{_TAIL}"
    return target if re.fullmatch(whole, words, re.VERBOSE) else None
