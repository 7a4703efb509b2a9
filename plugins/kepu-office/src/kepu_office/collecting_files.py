"""Which files were handed in: what lies in folders, and when each was received."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from attrs import frozen

from kepu_core import Finding, Place
from kepu_office.collecting_own import is_status
from kepu_office.collecting_problems import LINK, NO_FILES, NO_FOLDER, OWN_STATUS, PASSED_OVER, TOO_MANY

__all__ = ["Handed", "handed_in", "on_time"]

MOST_FILES = 10_000
_LOCK = ("~$", ".~lock")
CHINA = dt.timezone(dt.timedelta(hours=8))


@frozen(kw_only=True)
class Handed:
    """A file as it was handed in: where it is, what it is called, when it was received.

    ``name`` is that inside of the folder that was given, different for different files; ``told`` begins with the
    folder itself, which may be that of a region.
    """

    path: Path
    name: str
    told: str
    received: dt.datetime | None = None

    @property
    def order(self) -> tuple[dt.datetime, str]:
        """What comes later counts: files of which it is not known when they came, come first."""
        return self.received or dt.datetime.min.replace(tzinfo=dt.UTC), self.name


def handed_in(
    paths: Sequence[Path],
    suffixes: Iterable[str],
    received: Mapping[Path, dt.datetime],
    ignored: Iterable[Path] = (),
) -> tuple[list[Handed], list[Finding]]:
    """The files among paths and in the folders among them, by when they were received, and what was passed over.

    Hidden files, those that a program keeps while a sheet is open, and a status of an earlier run are no returns. Links
    that lead out of a folder are not followed.
    """
    known = frozenset(suffixes)
    seen = {p.resolve() for p in ignored}
    names: set[str] = set()
    files: list[Handed] = []
    findings: list[Finding] = []
    for path in paths:
        if not path.exists():
            findings.append(NO_FOLDER.finding(path=path.name))
            continue
        found = list(_inside(path, findings)) if path.is_dir() else [(path, path.name)]
        if not found:
            findings.append(NO_FILES.finding(path=path.name))
        folder = (path if path.is_dir() else path.parent).resolve().name
        for file, name in found:
            if file.resolve() in seen:
                continue
            if file.suffix.lower() not in known and path.is_dir():
                findings.append(PASSED_OVER.finding(place=Place(file=name), suffix=file.suffix or "—"))
                continue
            seen.add(file.resolve())
            if is_status(file):
                findings.append(OWN_STATUS.finding(place=Place(file=name)))
                continue
            told = f"{folder}/{name}"
            short = next(n for n in (name, told, str(file.resolve())) if n not in names)
            names.add(short)
            files.append(Handed(path=file, name=short, told=told, received=received.get(file)))
    return sorted(files, key=lambda h: h.order), findings


def on_time(received: dt.datetime | None, due: dt.date | None) -> bool | None:
    """Whether something came by a day (its end, in China) or a moment; ``None`` if that is not known.

    >>> on_time(dt.datetime(2021, 12, 20, 15, 59, tzinfo=dt.UTC), dt.date(2021, 12, 20))
    True
    >>> on_time(dt.datetime(2021, 12, 20, 16, 0, tzinfo=dt.UTC), dt.date(2021, 12, 20))
    False
    """
    if received is None or due is None:
        return None
    if isinstance(due, dt.datetime):
        return received <= due
    return received.astimezone(CHINA).date() <= due


def _inside(folder: Path, findings: list[Finding]) -> Iterator[tuple[Path, str]]:
    root = folder.resolve()
    count = 0
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder)
        if any(part.startswith(".") for part in name.parts) or file.name.startswith(_LOCK) or not file.is_file():
            continue
        if not file.resolve().is_relative_to(root):
            findings.append(LINK.finding(place=Place(file=name.as_posix())))
            continue
        count += 1
        if count > MOST_FILES:
            findings.append(TOO_MANY.finding(path=folder.name, found=count, limit=MOST_FILES))
            return
        yield file, name.as_posix()
