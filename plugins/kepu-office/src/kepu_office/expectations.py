"""What a column wants, in words: for messages and hints."""

from collections.abc import Mapping
from enum import Enum

from kepu_core import Form, LabelledEnum, Text
from kepu_office.shapes import Column, Kind

__all__ = ["expected_of", "label_of"]


def expected_of(column: Column) -> Text:
    """What a column wants, in words."""
    if column.kind is Kind.CHOICE and column.choice is not None:
        zh, en = zip(*((str(label_of(m).zh), str(label_of(m).en)) for m in column.choice), strict=True)
        return Text("下列之一：" + "、".join(zh), "one of: " + ", ".join(en))
    if column.is_subject:
        return _SUBJECT
    if column.form in _FORMS:
        return _FORMS[column.form]
    return _EXPECTED[column.kind]


_SUBJECT = Text(
    "地区的代码或名称，或已登记的基地、单位等的名称或标识",
    "the code or name of a region, or a name or id of a registered base, organisation or the like",
)
_FORMS: Mapping[Form | None, Text] = {
    Form.REGION_CODE: Text("地区的代码或名称", "the code or name of a region"),
    Form.PERIOD: Text("统计期，如 2021、2021年上半年、2021-05", "a period, such as 2021, 2021H1 or 2021-05"),
    Form.PHONE: Text("电话号码", "a phone number"),
    Form.USCC: Text("18 位统一社会信用代码", "a unified social credit code of 18 characters"),
    Form.URL: Text("网址", "a web address"),
    Form.DOCUMENT_NUMBER: Text("发文字号", "a document number"),
}
_EXPECTED: Mapping[Kind, Text] = {
    Kind.TEXT: Text("文字", "text"),
    Kind.WHOLE: Text("整数", "a whole number"),
    Kind.NUMBER: Text("数", "a number"),
    Kind.TRUTH: Text("是或否", "yes or no"),
    Kind.DATE: Text("日期，如 2021-05-03", "a date, such as 2021-05-03"),
    Kind.TIME: Text("时间，如 2021-05-03 09:00", "a time, such as 2021-05-03 09:00"),
    Kind.BREAKDOWN: Text("分组，如 sex=female|age=18-30", "a breakdown, such as sex=female|age=18-30"),
    Kind.JSON: Text("JSON", "JSON"),
}


def label_of(member: Enum) -> Text:
    """What a member of a choice is called."""
    return member.label if isinstance(member, LabelledEnum) else Text(str(member.value), str(member.value))
