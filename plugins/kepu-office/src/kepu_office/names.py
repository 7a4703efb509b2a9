"""Which record a name in a sheet means: one of the same file, or one that is stored already."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from attrs import define, field

from kepu_core import Codec, Finding, Form, Record, Text
from kepu_office import problems
from kepu_office.identity import key_of_record
from kepu_office.shapes import Column, natural_name
from kepu_office.wording import folded

__all__ = ["Known", "Names"]

Find = Callable[[str], Iterable[Record]]
_HINTS = 3
_ALIASES = "also_known_as"


@define
class Known:
    """The records of one type that are known: their ids, which id a name or a key means, and the units of stored ones."""

    ids: set[str] = field(factory=set)
    names: dict[str, set[str]] = field(factory=dict)
    keys: dict[tuple[str, ...], str] = field(factory=dict)
    stored: dict[str, tuple[str, ...]] = field(factory=dict)
    printed: dict[str, str] = field(factory=dict)
    units: dict[str, str] = field(factory=dict)

    def add(self, ident: str, names: Iterable[str]) -> None:
        """Add a record with what it is called."""
        self.ids.add(ident)
        for name in names:
            key = folded(name)
            self.names.setdefault(key, set()).add(ident)
            self.printed.setdefault(key, name)


@define
class Names:
    """Finds records by name, type by type; what is stored is asked for when it is first needed."""

    codec: Codec
    find: Find | None = None
    _known: dict[str, Known] = field(factory=dict)

    def of(self, kind: str) -> Known:
        """What is known of a type."""
        known = self._known.get(kind)
        if known is None:
            known = self._known[kind] = Known()
            for record in self.find(kind) if self.find is not None and kind in self.codec.types else ():
                known.add(record.id, _names_in(record))
                key = key_of_record(record)
                known.keys.setdefault(key, record.id)
                known.stored[record.id] = key
                if isinstance(unit := getattr(record, "unit", None), str):
                    known.units[record.id] = unit
        return known

    def add(self, kind: str, ident: str, cls: type, data: Mapping[str, Any]) -> None:
        """Add a record of the file."""
        spec = natural_name(cls)
        names = [data[spec.name]] if spec is not None and isinstance(data.get(spec.name), str) else []
        aliases = data.get(_ALIASES)
        self.of(kind).add(ident, [*names, *(aliases if isinstance(aliases, list) else [])])

    def resolve(self, column: Column, text: str) -> str | Finding:
        """The id that a text means in a column that refers to records, or what is wrong with it.

        A text that is no known name stays as it is if it can be an id: whether there is such a record is checked
        when it is put.
        """
        kind = column.spec.info.ref or ""
        known = self.of(kind)
        if text in known.ids:
            return text
        found = sorted(known.names.get(folded(text), ()))
        if len(found) == 1:
            return found[0]
        if found:
            return problems.AMBIGUOUS_NAME.finding(found=text, candidates=tuple(found[:5]))
        if Form.ID.accepts(text):
            return text
        near = [known.printed[n] for n in get_close_matches(folded(text), known.names, n=_HINTS, cutoff=0.6)]
        hint = Text("；是否为：{near}", "; did you mean: {near}").format(near=near) if near else Text("", "")
        label = self.codec.types[kind].label if kind in self.codec.types else Text(kind, kind)
        return problems.UNKNOWN_NAME.finding(label=column.label, found=text, what=label, hint=hint)


def _names_in(record: Record) -> list[str]:
    spec = natural_name(type(record))
    names = [getattr(record, spec.name)] if spec is not None else []
    return [*names, *getattr(record, _ALIASES, ())]
