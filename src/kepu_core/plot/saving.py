"""Saving charts without a browser and without a network, and without boxes instead of Chinese characters.

The renderer draws a box for each character that no font has, and says nothing: two charts with different titles then
give the same picture. So it is asked for two characters before a picture of a Chinese chart is drawn.
"""

import json
import re
from pathlib import Path
from typing import Any

from kepu_core.domain.errors import InvalidData
from kepu_core.domain.extras import needed
from kepu_core.plot import problems

__all__ = ["save"]

_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")


def save(chart: Any, path: str | Path, *, scale: float = 2.0) -> Path:
    """Save a chart as ``.svg``, ``.png`` or an offline ``.html`` page.

    Raises :class:`MissingLibrary` without vl-convert, :class:`InvalidData` for another suffix, and for a picture with
    Chinese characters where no installed font has them (install Noto Sans CJK, say). Nothing is written then.
    """
    vlc = needed("vl_convert", "plot")
    target = Path(path)
    spec = chart.to_json()
    if target.suffix == ".html":
        text = vlc.vegalite_to_html(spec, bundle=True)
        target.write_text(text, "utf-8")
        return target
    if target.suffix not in {".svg", ".png"}:
        raise InvalidData(problems.PICTURE_SUFFIX.finding(suffix=target.suffix))
    if target.suffix == ".png":
        han = sorted(set(_HAN.findall(json.dumps(json.loads(spec), ensure_ascii=False))))
        if han and not _has_fonts(vlc, han):
            raise InvalidData(problems.NO_FONT.finding(characters="".join(han[:20])))
        target.write_bytes(vlc.vegalite_to_png(spec, scale=scale))
        return target
    target.write_text(vlc.vegalite_to_svg(spec), "utf-8")
    return target


def _has_fonts(vlc: Any, characters: list[str]) -> bool:
    """Whether each character is drawn differently from one that no font has."""
    box = _drawn(vlc, "\U0010fffd")
    return all(_drawn(vlc, c) != box for c in characters)


def _drawn(vlc: Any, text: str) -> bytes:
    spec = {"data": {"values": [{}]}, "mark": {"type": "text", "text": text, "fontSize": 20}, "width": 30, "height": 30}
    return bytes(vlc.vegalite_to_png(json.dumps(spec)))
