"""Which ids records get: the same for the same document, and those that are stored for what was corrected in it.

The id of a plan comes from its year, issuer and title; that of a task from its plan and its words without figures, so
that it does not depend on where the task stands. Where the tasks of the plan are stored already, a task that was
reworded keeps the id of the one that it is most like.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from kepu_core import PlanItem

__all__ = ["item_ids", "key_of", "organisation_id", "plan_id", "unique_ids"]

_ALIKE = 0.8
_MOST_COMPARED = 40_000  # pairs: beyond that a document is another one


def key_of(text: str) -> str:
    """What of a text identifies it: its letters and digits, in one form."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text)).casefold()


def _digest(*texts: str) -> str:
    return hashlib.sha256("\n".join(map(key_of, texts)).encode()).hexdigest()[:8]


def plan_id(period: str, issuer: str, title: str) -> str:
    """The id of a plan.

    >>> plan_id("2024", "某市科协", "2024年某市科协科普工作要点") == plan_id("2024", "某市科协", "2024年某市科协 科普工作要点")
    True
    """
    return f"plan-{period[:4] if period[:4].isdigit() else period}-{_digest(period, issuer, title)}"


def organisation_id(name: str) -> str:
    """The id of a body that is known by its name only."""
    return f"org-{_digest(name)}"


def item_ids(plan: str, texts: Sequence[str], stored: Iterable[PlanItem]) -> list[str]:
    """The ids of the tasks of a plan, in order; ``stored`` are those that it has already.

    >>> first = item_ids("p", ["举办第3届大赛", "开展培训"], [])
    >>> item_ids("p", ["开展培训", "举办第4届大赛"], []) == first[::-1]
    True
    """
    known = {item.id: item.text for item in stored}
    found: list[str | None] = [None] * len(texts)
    for n, ident in _same(texts, known):
        found[n] = ident
    fresh = list(_fresh(plan, texts))
    claimed = {ident for ident in found if ident is not None}
    for n, ident in enumerate(fresh):
        if found[n] is None and ident in known and ident not in claimed:
            found[n] = ident
            claimed.add(ident)
    left = {ident: text for ident, text in known.items() if ident not in claimed}
    for n, ident in _alike([(n, texts[n]) for n, i in enumerate(found) if i is None], left):
        found[n] = ident
        claimed.add(ident)
    taken = {*known, *claimed}
    return [own if own is not None else next(unique_ids([new], taken)) for own, new in zip(found, fresh, strict=True)]


def _same(texts: Sequence[str], known: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Tasks whose words are those of a stored one."""
    by_text: dict[str, list[str]] = {}
    for ident, text in known.items():
        by_text.setdefault(key_of(text), []).append(ident)
    for n, text in enumerate(texts):
        idents = by_text.get(key_of(text))
        if idents:
            yield n, idents.pop(0)


def _fresh(plan: str, texts: Sequence[str]) -> Iterator[str]:
    times: dict[str, int] = {}
    for text in texts:
        base = f"{plan}-{_digest(re.sub(r'[0-9]+', '', key_of(text)))}"
        times[base] = times.get(base, 0) + 1
        yield base if times[base] == 1 else f"{base}-{times[base]}"


def _alike(texts: Sequence[tuple[int, str]], known: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Tasks that were reworded, the most alike first."""
    if not texts or len(texts) * len(known) > _MOST_COMPARED:
        return
    pairs = []
    for ident, text in known.items():
        matcher = SequenceMatcher(None, "", key_of(text), autojunk=False)
        for n, other in texts:
            matcher.set_seq1(key_of(other))
            if matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE:
                pairs.append((-matcher.ratio(), n, ident))
    numbers, idents = {n for n, _ in texts}, set(known)
    for _, n, ident in sorted(pairs):
        if n in numbers and ident in idents:
            numbers.remove(n)
            idents.remove(ident)
            yield n, ident


def unique_ids(idents: Iterable[str], taken: set[str]) -> Iterator[str]:
    """The ids, each with a number behind it if it is taken; those given are taken from then on."""
    for ident in idents:
        found, times = ident, 1
        while found in taken:
            times += 1
            found = f"{ident}-{times}"
        taken.add(found)
        yield found
