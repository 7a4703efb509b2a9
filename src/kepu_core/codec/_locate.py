"""Where in a JSON text a value stands: from its path to line, column and offset."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterator
from json.decoder import scanstring  # type: ignore[attr-defined]  # documented only by its use in json

from kepu_core.domain.findings import Place

__all__ = ["Locator", "locate"]

_SPACE = re.compile(r"[ \t\n\r]*")
_STEP = re.compile(r"\[(\d+)\]|\.?([^.\[\]]+)")
_DECODER = json.JSONDecoder()


class Locator:
    r"""Finds values in one JSON text by their paths.

    It remembers the objects it has read and how far it has come in every list: the faults of a document
    come in order, and looking for each from the beginning would take time with the square of their number.

    >>> Locator('{"a": [1,\n 2]}').place("$.a[1]").line
    2
    """

    def __init__(self, text: str, file: str | None = None) -> None:
        self._text = text
        self._file = file
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        # Where an object begins → where the value of each of its keys does, of a repeated one the last.
        self._members: dict[int, dict[str, int]] = {}
        # Where a list begins → the last element looked for in it, and where that stands.
        self._reached: dict[int, tuple[int, int]] = {}

    def place(self, path: str) -> Place:
        """The place of the value at a path such as ``$.blocks[0].records[3].name``.

        As far as the path leads; what does not exist is placed where it is missing.
        """
        at = self._skip(0)
        for index, key in _STEP.findall(path.removeprefix("$")):
            try:
                found = self._element(at, int(index)) if index else self._member(at, key)
            except (RecursionError, ValueError):
                break  # nested so deeply that it could just be read; or nothing that JSON knows
            if found is None:
                break
            at = found
        line = bisect_right(self._lines, at)
        return Place(file=self._file, line=line, column=at - self._lines[line - 1] + 1, offset=at, path=path)

    def _skip(self, at: int) -> int:
        match = _SPACE.match(self._text, at)
        return match.end() if match else at

    def _after_value(self, at: int) -> int:
        return self._skip(_DECODER.raw_decode(self._text, at)[1])

    def _member(self, at: int, key: str) -> int | None:
        if at not in self._members:
            self._members[at] = dict(self._read_members(at))
        return self._members[at].get(key)

    def _read_members(self, at: int) -> Iterator[tuple[str, int]]:
        text = self._text
        if text[at : at + 1] != "{":
            return
        at = self._skip(at + 1)
        while text[at : at + 1] == '"':
            name, at = scanstring(text, at + 1)
            at = self._skip(self._skip(at) + 1)
            yield name, at
            at = self._after_value(at)
            if text[at : at + 1] != ",":
                return
            at = self._skip(at + 1)

    def _element(self, at: int, index: int) -> int | None:
        text = self._text
        if text[at : at + 1] != "[":
            return None
        begin = at
        number, at = self._reached.get(begin, (0, self._skip(at + 1)))
        if number > index:
            number, at = 0, self._skip(begin + 1)
        while number < index:
            if text[at : at + 1] == "]":
                return None
            at = self._after_value(at)
            if text[at : at + 1] != ",":
                return None
            at = self._skip(at + 1)
            number += 1
        self._reached[begin] = (number, at)
        return at


def locate(text: str, path: str, file: str | None = None) -> Place:
    r"""The place of one value; for several in one text, a :class:`Locator` is faster.

    >>> locate('{"a": [1,\n 2]}', "$.a[1]").line
    2
    """
    return Locator(text, file).place(path)
