"""Whom a figure is about: what is no region is looked for among the records that have a name.

A figure may come before what it is about is registered, so an id stays as it is, known or not. People write ids in
letters and digits, but names in Chinese: a Chinese text that means nothing known is a misspelt name, not an id.
"""

import re

from attrs import define, field

from kepu_core import Finding, Problem, Text
from kepu_core.domain import Indicator, Scheme, type_name
from kepu_office import problems
from kepu_office.names import Names
from kepu_office.place_names import PlaceNames
from kepu_office.shapes import Column, natural_name
from kepu_office.wording import folded

__all__ = ["Subjects", "is_chinese"]

UNKNOWN_SUBJECT = Problem(
    "office.subject",
    Text(
        "“{label}”：“{found}”不是已知的地区，也不是已登记的基地、单位等的名称或标识",
        "{label}: {found!r} is no known region, nor a name or id of a registered base, organisation or the like",
    ),
    Text(
        "{hint}填写地区的区划代码或全称；不是地区的，先登记，再填其标识",
        "{hint}give the code or full name of a region; register what is no region first, and give its id",
    ),
)
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_NO_SUBJECTS = {type_name(Indicator), type_name(Scheme), "region"}
_WHOLE = re.compile(r"(?:全|本|我)(?:国|省|市|州|区|县|镇)\Z")
"""What means a region only to those who wrote it."""


def is_chinese(text: str) -> bool:
    """Whether there are Chinese characters in a text, so that nobody means it as an id.

    >>> is_chinese("某馆2"), is_chinese("base-2")
    (True, False)
    """
    return _CHINESE.search(text) is not None


@define
class Subjects:
    """Finds what figures are about by id or exact name. Stored records are asked for when they are first needed."""

    names: Names
    places: PlaceNames
    _found: dict[str, str | Finding] = field(factory=dict, init=False)

    def resolve(self, column: Column, text: str) -> str | Finding:
        """The id that a text means in the column of subjects, or what is wrong with it."""
        if not is_chinese(text):
            return text
        found = self._found.get(text)
        if found is None:
            found = self._found[text] = self._look(column, text)
        return found

    def _look(self, column: Column, text: str) -> str | Finding:
        called: set[str] = set()
        for kind, record_type in self.names.codec.types.items():
            spec = natural_name(record_type.cls)
            if kind in _NO_SUBJECTS or spec is None or spec.name != "name":
                continue
            known = self.names.of(kind)
            if text in known.ids:
                return text
            called |= known.names.get(folded(text), set())
        if len(called) == 1:
            return called.pop()
        if called:
            return problems.AMBIGUOUS_NAME.finding(found=text, candidates=tuple(sorted(called)[:5]))
        return UNKNOWN_SUBJECT.finding(label=column.label, found=text, hint=self._hint(text))

    def _hint(self, text: str) -> Text:
        if _WHOLE.match(text):
            return Text("写明是哪个地区，如“广东省”。", "say which region that is, such as 广东省; ")
        near = self.places.near(text)
        return Text("是否为：{near}？", "did you mean: {near}? ").format(near=near) if near else Text("", "")
