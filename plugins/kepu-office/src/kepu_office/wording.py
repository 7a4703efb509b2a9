"""Texts as people type them: full-width or half-width, with spaces, brackets and units."""

import re
import unicodedata
from functools import lru_cache

__all__ = [
    "escaped",
    "folded",
    "is_missing_word",
    "label_key",
    "may_be_label",
    "narrow",
    "split_items",
    "unescaped",
    "units_in",
]

_MISSING = {"-", "--", "—", "——", "–", "/", "\\", "无", "n/a", "na", "未填"}
_LONGEST_MISSING = max(map(len, _MISSING))
_SPACES = re.compile(r"[\s\u200b\ufeff]+")
_UNIT = re.compile(r"[(（\[【]([^()（）\[\]【】]*)[)）\]】]\s*\*?\s*$")
_SEPARATORS = re.compile(r"[、；;\n]")
_MARKS = str.maketrans("", "", "*＊:：?？")
_DASHES = str.maketrans(dict.fromkeys("·・•∙‧—–-_/\\.、，,", "·"))


def narrow(text: str) -> str:
    """A text with its compatibility forms made plain: full-width digits and letters, ligatures.

    >>> narrow("１２％")
    '12%'
    """
    return unicodedata.normalize("NFKC", text)


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """A text for comparing: plain forms, no spaces, no difference between large and small letters.

    >>> folded(" 广东 科学中心（Ａ） ")
    '广东科学中心(a)'
    """
    return _SPACES.sub("", narrow(text)).casefold()


@lru_cache(maxsize=8192)
def label_key(text: str) -> str:
    """A header for comparing: without its unit, marks and what joins its parts.

    >>> label_key("* 联系人 - 电话："), label_key("展厅面积（㎡）")
    ('联系人·电话', '展厅面积')
    """
    plain = _UNIT.sub("", text.strip())
    return folded((plain or text).translate(_MARKS)).translate(_DASHES).strip("·")


def may_be_label(text: str, key: str) -> bool:
    """Whether :func:`label_key` of a text may be a key, by its first character: a cheap look before a dear one.

    An ASCII letter or digit before another one, and any Chinese character, stands for itself in a key.

    >>> may_be_label("Area (㎡)", "area"), may_be_label("深圳市", "名称"), may_be_label("（名称", "名称")
    (True, False, True)
    """
    first, two = text[:1], text[:2]
    if "\u4e00" <= first <= "\u9fff" or (two.isascii() and two.isalnum()):
        return key.startswith(first.lower())
    return True


def units_in(text: str) -> str | None:
    """The unit in brackets at the end of a header.

    >>> units_in("经费支出（万元）"), units_in("名称")
    ('万元', None)
    """
    match = _UNIT.search(text.strip())
    if match is None:
        return None
    unit = folded(match[1]).removeprefix("单位·").removeprefix("单位:").removeprefix("单位")
    return unit or None


def is_missing_word(text: str) -> bool:
    """Whether a text is what people write for “nothing”."""
    text = text.strip()
    return len(text) <= _LONGEST_MISSING and narrow(text).strip().casefold() in _MISSING


def escaped(text: str) -> str:
    """A text as it is written into a cell, so that it is read as itself.

    >>> escaped("深圳"), escaped("无"), escaped(" a")
    ('深圳', "'无", "' a")
    """
    return f"'{text}" if _needs_escape(text) else text


def unescaped(text: str) -> str:
    """The text that a cell means: trimmed, or exactly what follows an apostrophe that :func:`escaped` put."""
    if text.startswith("'") and _needs_escape(text[1:]):
        return text[1:]
    return text.strip("\u200b\ufeff \t\r\n\u3000\xa0")


def _needs_escape(text: str) -> bool:
    trimmed = text.strip("\u200b\ufeff \t\r\n\u3000\xa0")
    return trimmed != text or not text or is_missing_word(text) or (text.startswith("'") and _needs_escape(text[1:]))


def split_items(text: str) -> list[str]:
    """The items of a list in one cell.

    >>> split_items("航天、航空；海洋")
    ['航天', '航空', '海洋']
    """
    return [t for t in (part.strip() for part in _SEPARATORS.split(text)) if t]
