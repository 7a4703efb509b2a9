"""Enumerations whose members carry a Chinese and an English label.

The value of a member is what is stored; it is English, lower case and stable. Labels are data.
"""

from enum import Enum
from typing import Self

from kepu_core.language import Text

__all__ = ["LabelledEnum"]


class LabelledEnum(Enum):
    """An enumeration of ``NAME = "value", "中文", "English"`` members.

    >>> class Light(LabelledEnum):
    ...     RED = "red", "红灯", "red light"
    >>> Light("red").label.zh, Light.RED.value, Light.from_text("红灯")
    ('红灯', 'red', <Light.RED: 'red'>)
    """

    label: Text

    def __new__(cls, value: str, zh: str = "", en: str = "") -> Self:
        """Make a member whose value is ``value`` alone."""
        member = object.__new__(cls)
        member._value_ = value
        member.label = Text(zh, en)
        return member

    @classmethod
    def from_text(cls, text: str) -> Self | None:
        """The member that a person means by its value, name or label; ``None`` if there is none."""
        wanted = text.strip().casefold()
        for member in cls:
            names = (member.value, member.name, member.label.zh, member.label.en)
            if wanted in {str(name).casefold() for name in names}:
                return member
        return None
