"""Who signs a document: the names of organisations that stand on a line and nothing else.

Several names are parted by spaces, tabs or 、: 某市科协　某市教育局. A name that is set apart for its looks (某　市　科　协,
某市　科学技术协会) is one: each of several must end as names of organisations do.
"""

import re
from functools import lru_cache

from kepu_gongwen.glyphs import canonical
from kepu_gongwen.lexicon import Lexicon

__all__ = ["signers"]

_APART = re.compile(r"[\s、]+")
_CHINESE = re.compile(r"[一-龥（）“”·]{3,30}")
# What ends like an organisation and names none: 各有关单位, 附件…
_NO_NAME = re.compile("(?:各|附|第|全|关于).*|.*(?:单位|部门|机构|企业|成员)$")
# The ends of the names of divisions, which are parted from what follows them only for looks: 某市　科协
_DIVISION = re.compile(".*[省市县区州旗盟镇乡村]$")
_LONGEST = 300
"""Nobody signs on a longer line."""


@lru_cache(maxsize=8)
def _name(lexicon: Lexicon) -> re.Pattern[str]:
    ends = "|".join(lexicon.alternatives("organisations", group) for group in ("issuers", "signing", "endings"))
    return re.compile(f".+(?:{ends}|[局厅馆院部社会校委站所队])")


def signers(printed: str, lexicon: Lexicon) -> list[str]:
    """The names on a line as it is printed; none if the line says anything else.

    >>> from kepu_gongwen.lexicon import builtin_lexicon
    >>> signers("某市科学技术协会　某市教育局", builtin_lexicon())
    ['某市科学技术协会', '某市教育局']
    >>> signers("某市　科学技术协会", builtin_lexicon()), signers("某市科协举办讲座", builtin_lexicon())
    (['某市科学技术协会'], [])
    """
    if len(printed) > _LONGEST:
        return []
    pieces = [piece for piece in _APART.split(printed) if piece]
    if len(pieces) > 1 and all(_is_name(piece, lexicon) for piece in pieces):
        return pieces
    whole = "".join(pieces)
    return [whole] if "、" not in printed and _is_name(whole, lexicon) else []


def _is_name(text: str, lexicon: Lexicon) -> bool:
    canon = canonical(text)
    if not _CHINESE.fullmatch(canon) or _NO_NAME.match(canon) or _DIVISION.match(canon):
        return False
    return bool(_name(lexicon).fullmatch(canon))
