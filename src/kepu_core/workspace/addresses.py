"""Addresses of stores as they may be shown."""

import re

__all__ = ["masked"]

# Up to the last “@”: a password may hold one.
_PASSWORD = re.compile(r"(//?[^/:@\s]*:)[^/\s]*@")
_PASSWORD_OPTION = re.compile(r"([?&;][^=&;\s]*(?:password|passwd|pwd)[^=&;\s]*=)[^&;\s]*", re.IGNORECASE)


def masked(url: str) -> str:
    """An address as it may be shown: without the password that it may hold.

    >>> masked("postgresql://li:secret@db.example.org/kepu")
    'postgresql://li:***@db.example.org/kepu'
    >>> masked("postgresql://db.example.org/kepu?user=li&password=secret")
    'postgresql://db.example.org/kepu?user=li&password=***'
    """
    return _PASSWORD_OPTION.sub(r"\1***", _PASSWORD.sub(r"\1***@", url))
