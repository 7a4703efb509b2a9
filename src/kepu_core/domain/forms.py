"""The written forms of identifiers that exist in the world, and their checks.

A :class:`Form` is attached to a field; the same check then serves construction, decoding, sheets and
documentation. Forms check how an identifier is written; whether a region code is *known* is asked of
a :class:`~kepu_core.domain.region.RegionTable`.
"""

import re
from collections.abc import Callable
from enum import Enum
from functools import lru_cache

from kepu_core.domain.errors import InvalidData
from kepu_core.domain.findings import Problem
from kepu_core.domain.period import Period
from kepu_core.language import Text

__all__ = ["Form"]

_ID_LONGEST = 200
_DOCUMENT_NUMBER = re.compile(r"[\u4e00-\u9fff]+〔[12]\d{3}〕[1-9]\d*号")
_PHONE = re.compile(r"\+?[0-9][0-9 \-()]{4,24}(?:[转x][0-9]{1,6})?", re.ASCII)
_URL = re.compile(r"https?://[^\s<>\"']+", re.ASCII)


def _is_id(text: str) -> bool:
    return 0 < len(text) <= _ID_LONGEST and text.isprintable() and " " not in text and "\u3000" not in text


def _is_region_code(text: str) -> bool:
    return len(text) in {6, 9, 12} and text.isascii() and text.isdigit() and text[0] != "0"


@lru_cache(maxsize=4096)
def _is_period(text: str) -> bool:
    try:
        return Period.parse(text).text == text
    except InvalidData:
        return False


@lru_cache(maxsize=4096)
def _is_uscc(text: str) -> bool:
    from stdnum.cn import uscc  # noqa: PLC0415 - reads its tables, needed only where a USCC occurs

    return bool(uscc.is_valid(text)) and text == uscc.compact(text)


def _is_document_number(text: str) -> bool:
    return _DOCUMENT_NUMBER.fullmatch(text) is not None


def _is_phone(text: str) -> bool:
    return _PHONE.fullmatch(text) is not None


def _is_url(text: str) -> bool:
    return _URL.fullmatch(text) is not None


def _is_text(text: str) -> bool:
    return bool(text) and not text.isspace()


class Form(Enum):
    """How the text of a field is written.

    >>> Form.DOCUMENT_NUMBER.accepts("粤科协办发〔2021〕21号")
    True
    >>> Form.REGION_CODE.accepts("广州")
    False
    """

    TEXT = "text"
    ID = "id"
    REGION_CODE = "region-code"
    PERIOD = "period"
    USCC = "uscc"
    DOCUMENT_NUMBER = "document-number"
    PHONE = "phone"
    URL = "url"

    def accepts(self, text: str) -> bool:
        """Whether a text has this form."""
        return _CHECKS[self](text)

    @property
    def check(self) -> Callable[[str], bool]:
        """The bare check, for code that runs it a million times."""
        return _CHECKS[self]

    @property
    def problem(self) -> Problem:
        """What to say of a text that has not this form."""
        return _PROBLEMS[self]


_CHECKS: dict[Form, Callable[[str], bool]] = {
    Form.TEXT: _is_text,
    Form.ID: _is_id,
    Form.REGION_CODE: _is_region_code,
    Form.PERIOD: _is_period,
    Form.USCC: _is_uscc,
    Form.DOCUMENT_NUMBER: _is_document_number,
    Form.PHONE: _is_phone,
    Form.URL: _is_url,
}

_PROBLEMS: dict[Form, Problem] = {
    Form.TEXT: Problem(
        "field.blank",
        Text("“{label}”是空的", "{label} is empty"),
        Text("填写内容", "fill it in"),
    ),
    Form.ID: Problem(
        "field.id",
        Text("“{value}”不能作标识", "{value!r} cannot be an id"),
        Text(
            "用 1 到 200 个可见字符，不含空格和换行",
            "use 1 to 200 visible characters without spaces or line breaks",
        ),
    ),
    Form.REGION_CODE: Problem(
        "region.code-form",
        Text("“{value}”不是行政区划代码的形式", "{value!r} does not have the form of a region code"),
        Text(
            "填 GB/T 2260 的 6 位数字（乡级 9 位），如 440300",
            "give the 6 digits of GB/T 2260 (9 for townships), such as 440300",
        ),
    ),
    Form.PERIOD: Problem(
        "period.form",
        Text("“{value}”不是规范写法的统计期", "{value!r} is not a period in its standard form"),
        Text(
            "写作 2021、2021H1、2021Q3、2021-05、十四五 或 2021-09-01/2022-08-31",
            "write 2021, 2021H1, 2021Q3, 2021-05, 十四五 or 2021-09-01/2022-08-31",
        ),
    ),
    Form.USCC: Problem(
        "organisation.uscc",
        Text(
            "“{value}”不是有效的统一社会信用代码（GB 32100 校验不符）",
            "{value!r} is not a valid unified social credit code (GB 32100 check character)",
        ),
        Text("核对 18 位代码，字母大写", "check the 18 characters, letters in capitals"),
    ),
    Form.DOCUMENT_NUMBER: Problem(
        "plan.document-number",
        Text("“{value}”不是发文字号", "{value!r} is not a document number"),
        Text("写作 粤科协办发〔2021〕21号，年份用六角括号〔〕", "write 粤科协办发〔2021〕21号, the year in 〔〕"),
    ),
    Form.PHONE: Problem(
        "field.phone",
        Text("“{label}”不是电话号码", "{label} is not a phone number"),
        Text("只填数字、空格和连字符", "use digits, spaces and hyphens only"),
    ),
    Form.URL: Problem(
        "field.url",
        Text("“{value}”不是网址", "{value!r} is not a web address"),
        Text("以 http:// 或 https:// 开头", "begin with http:// or https://"),
    ),
}
