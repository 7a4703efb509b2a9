"""The numbers that Word displays before paragraphs and does not write into them."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from attrs import define, field, frozen
from docx.oxml.ns import qn

__all__ = ["Numbering"]

_VAL = qn("w:val")
_LEVELS = 9
_CIRCLED = 0x2460
_MOST_CIRCLED = 20
_BASED_ON = 12  # how far a style is followed to those that it is based on
_PLACE = re.compile(r"%([1-9])")
_NO = {"0", "false", "off"}


@frozen(kw_only=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False


@define
class _Count:
    """How far a list has come, by level; ``None``: not begun."""

    at: list[int | None] = field(factory=lambda: [None] * _LEVELS)


class Numbering:
    """Counts the lists of one document, paragraph by paragraph in their order."""

    def __init__(self, document: Any) -> None:
        self._counts: dict[str, _Count] = {}
        self._levels: dict[str, dict[int, _Level]] = {}
        self._abstract: dict[str, str] = {}
        self._begun: set[str] = set()
        self._over: dict[str, dict[int, int]] = {}
        self._styles = _styles(document)
        self._default = _default_style(self._styles)
        root = _part(document)
        if root is not None:
            self._read(root)

    def _read(self, root: Any) -> None:
        links: dict[str, str] = {}
        abstracts: dict[str, Any] = {}
        for abstract in root.findall(qn("w:abstractNum")):
            ident = abstract.get(qn("w:abstractNumId"), "")
            abstracts[ident] = abstract
            link = abstract.find(qn("w:styleLink"))
            if link is not None:
                links[link.get(_VAL, "")] = ident
        for number in root.findall(qn("w:num")):
            found = number.find(qn("w:abstractNumId"))
            ident = number.get(qn("w:numId"), "")
            home = "" if found is None else found.get(_VAL, "")
            linked = None if home not in abstracts else abstracts[home].find(qn("w:numStyleLink"))
            if linked is not None:
                home = links.get(linked.get(_VAL, ""), home)
            if home in abstracts:
                self._abstract[ident] = home
                self._levels[ident] = dict(_levels(abstracts[home]))
                self._override(ident, number)

    def _override(self, ident: str, number: Any) -> None:
        for over in number.findall(qn("w:lvlOverride")):
            at = _int(over.get(qn("w:ilvl")), 0)
            start = over.find(qn("w:startOverride"))
            if start is not None:
                self._over.setdefault(ident, {})[at] = _int(start.get(_VAL), 1)
            self._levels[ident].update(_levels(over))

    def label(self, paragraph: Any) -> str:
        """The number before a paragraph, as displayed, with a blank where the next character would run into it."""
        ident, at = self._where(paragraph)
        levels = self._levels.get(ident, {})
        level = levels.get(at)
        if level is None or ident in {"", "0"}:
            return ""
        count = self._counted(ident, at, levels)
        if level.form in {"bullet", "none"}:
            return ""
        shown = _PLACE.sub(lambda m: self._shown(count, int(m[1]) - 1, levels, level), level.text)
        return f"{shown} " if shown[-1:].isascii() and shown.strip() else shown

    def _counted(self, ident: str, at: int, levels: dict[int, _Level]) -> _Count:
        count = self._counts.setdefault(self._abstract[ident], _Count())
        if ident not in self._begun:
            self._begun.add(ident)
            for n, start in self._over.get(ident, {}).items():
                count.at[n] = start - 1
        before = count.at[at]
        count.at[at] = levels[at].start if before is None else before + 1
        for n in range(at + 1, _LEVELS):
            restart = levels[n].restart if n in levels else None
            if restart is None or 0 < restart <= at + 1:
                count.at[n] = None
        return count

    @staticmethod
    def _shown(count: _Count, at: int, levels: dict[int, _Level], own: _Level) -> str:
        level = levels.get(at, _Level())
        value = count.at[at]
        value = level.start if value is None else value
        return _written(value, "decimal" if own.legal else level.form)

    def _where(self, paragraph: Any) -> tuple[str, int]:
        """The list and level of a paragraph: its own, or those of its style."""
        properties = paragraph.find(qn("w:pPr"))
        own = None if properties is None else properties.find(qn("w:numPr"))
        style = None if properties is None else properties.find(qn("w:pStyle"))
        ident, at = _numbered(own)
        name = self._default if style is None else style.get(_VAL, "")
        if ident is None or at is None:
            other, level = self._of_style(name)
            ident = other if ident is None else ident
            at = level if at is None else at
        return ident or "", min(at or 0, _LEVELS - 1)

    def _of_style(self, name: str) -> tuple[str | None, int | None]:
        ident, at = None, None
        for _ in range(_BASED_ON):
            style = self._styles.get(name)
            if style is None:
                break
            properties = style.find(qn("w:pPr"))
            found = _numbered(None if properties is None else properties.find(qn("w:numPr")))
            ident = found[0] if ident is None else ident
            at = found[1] if at is None else at
            parent = style.find(qn("w:basedOn"))
            if parent is None or ident is not None:
                break
            name = parent.get(_VAL, "")
        return ident, at


def _numbered(properties: Any) -> tuple[str | None, int | None]:
    if properties is None:
        return None, None
    ident, at = properties.find(qn("w:numId")), properties.find(qn("w:ilvl"))
    return (None if ident is None else ident.get(_VAL)), (None if at is None else _int(at.get(_VAL), 0))


def _part(document: Any) -> Any:
    """The root of the numbering; ``None`` if the document has none (asking python-docx for it would make one)."""
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/numbering") and not relation.is_external:
            return relation.target_part.element
    return None


def _styles(document: Any) -> dict[str, Any]:
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/styles") and not relation.is_external:
            styles = relation.target_part.element.findall(qn("w:style"))
            return {s.get(qn("w:styleId"), ""): s for s in styles}
    return {}


def _default_style(styles: dict[str, Any]) -> str:
    return next(
        (
            name
            for name, style in styles.items()
            if style.get(qn("w:type")) == "paragraph" and style.get(qn("w:default"), "0") not in _NO
        ),
        "",
    )


def _levels(parent: Any) -> Iterator[tuple[int, _Level]]:
    for level in parent.findall(qn("w:lvl")):
        start, form, text, restart, legal = (
            level.find(qn(f"w:{name}")) for name in ("start", "numFmt", "lvlText", "lvlRestart", "isLgl")
        )
        yield (
            min(_int(level.get(qn("w:ilvl")), 0), _LEVELS - 1),
            _Level(
                start=1 if start is None else _int(start.get(_VAL), 1),
                form="decimal" if form is None else form.get(_VAL, "decimal"),
                text="" if text is None else text.get(_VAL, "")[:40],
                restart=None if restart is None else _int(restart.get(_VAL), 0),
                legal=legal is not None and legal.get(_VAL, "1") not in _NO,
            ),
        )


def _int(text: str | None, other: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else other  # noqa: PLR2004


# How numbers are written

_DIGITS = "〇一二三四五六七八九"
_COUNTS = ("零一二三四五六七八九", "十百千")
_LEGAL = ("零壹贰叁肆伍陆柒捌玖", "拾佰仟")


def _written(value: int, form: str) -> str:
    """A number in one of Word's forms.

    >>> _written(12, "chineseCounting"), _written(3, "decimalEnclosedCircle"), _written(4, "lowerRoman")
    ('十二', '③', 'iv')
    """
    write = _FORMS.get(form)
    return str(value) if write is None else write(value)


def _chinese(value: int, signs: tuple[str, str] = _COUNTS) -> str:
    digits, powers = signs
    if not 0 < value < 10_000:  # noqa: PLR2004 - no list is longer
        return str(value)
    text = ""
    for place, char in enumerate(reversed(str(value))):
        if char != "0":
            text = f"{digits[int(char)]}{powers[place - 1] if place else ''}{text}"
        elif text and not text.startswith(digits[0]):
            text = digits[0] + text
    one = digits[1] + powers[0]
    return text.removeprefix(digits[1]) if text.startswith(one) and value < 20 else text  # noqa: PLR2004


def _circled(value: int) -> str:
    return chr(_CIRCLED + value - 1) if 1 <= value <= _MOST_CIRCLED else str(value)


def _lettered(value: int, first: str) -> str:
    if value < 1:
        return str(value)
    times, rest = divmod(value - 1, 26)
    return chr(ord(first) + rest) * min(times + 1, 9)


def _roman(value: int) -> str:
    if not 0 < value < 4000:  # noqa: PLR2004 - there are no more
        return str(value)
    text = ""
    for worth, sign in (
        (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
        (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
    ):  # fmt: skip
        times, value = divmod(value, worth)
        text += sign * times
    return text


def _from(signs: str) -> Callable[[int], str]:
    return lambda value: signs[value - 1] if 1 <= value <= len(signs) else str(value)


_FORMS: dict[str, Callable[[int], str]] = {
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "japaneseCounting": _chinese,
    "taiwaneseCounting": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "koreanCounting": _chinese,
    "chineseLegalSimplified": lambda v: _chinese(v, _LEGAL),
    "ideographDigital": lambda v: "".join(_DIGITS[int(c)] for c in str(v)),
    "taiwaneseDigital": lambda v: "".join(_DIGITS[int(c)] for c in str(v)),
    "ideographTraditional": _from("甲乙丙丁戊己庚辛壬癸"),
    "ideographZodiac": _from("子丑寅卯辰巳午未申酉戌亥"),
    "ideographEnclosedCircle": _from("㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉"),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": lambda v: f"（{v}）",
    "decimalEnclosedFullstop": lambda v: f"{v}.",
    "decimalFullWidth": lambda v: "".join(chr(ord(c) + 0xFEE0) for c in str(v)),
    "decimalFullWidth2": lambda v: "".join(chr(ord(c) + 0xFEE0) for c in str(v)),
    "decimalZero": lambda v: f"{v:02}",
    "lowerLetter": lambda v: _lettered(v, "a"),
    "upperLetter": lambda v: _lettered(v, "A"),
    "lowerRoman": _roman,
    "upperRoman": lambda v: _roman(v).upper(),
}
