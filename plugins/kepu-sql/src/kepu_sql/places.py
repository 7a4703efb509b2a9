"""Where a file stands: SQLite's locks cannot be trusted on drives of the network."""

import os
from pathlib import Path

__all__ = ["network_drive"]

_REMOTE = frozenset(
    [
        "9p",
        "afs",
        "afpfs",
        "beegfs",
        "ceph",
        "cifs",
        "davfs",
        "fuse.davfs2",
        "fuse.glusterfs",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.sshfs",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb2",
        "smb3",
        "smbfs",
        "webdav",
    ]
)
_MOUNTS = Path("/proc/mounts")
_REMOTE_DRIVE = 4
"""What Windows calls a drive of the network."""


def network_drive(path: Path, mounts: Path = _MOUNTS) -> str | None:
    """The kind of network drive on which a path lies, if it lies on one and that can be told.

    >>> network_drive(Path("//server/share/work.kepu"))
    'UNC'
    """
    text = str(path)
    if text.startswith((r"\\", "//")) and not text.startswith((r"\\?", r"\\.")):
        return "UNC"
    if os.name == "nt":
        return _windows(path)
    kind = _mounted(path, mounts)
    return kind if kind in _REMOTE else None


def _mounted(path: Path, mounts: Path) -> str:
    """The file system of a path, from the system's list of mounts; the longest that fits wins."""
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:  # a system without such a list
        return ""
    where, best, kind = str(path.resolve()), "", ""
    for line in lines:
        parts = line.split()
        if len(parts) < 3:  # noqa: PLR2004 - device, place, kind
            continue
        place = parts[1].replace(r"\040", " ")
        inside = place in {"/", where} or where.startswith(f"{place.rstrip('/')}/")
        if inside and len(place) >= len(best):
            best, kind = place, parts[2]
    return kind


def _windows(path: Path) -> str | None:  # pragma: no cover - on Windows only
    import ctypes  # noqa: PLC0415 - there only

    kind = ctypes.windll.kernel32.GetDriveTypeW(f"{path.resolve().drive}\\")  # type: ignore[attr-defined,unused-ignore]
    return "network" if kind == _REMOTE_DRIVE else None
