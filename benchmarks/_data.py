"""Bases as a register would hold them: Chinese names and addresses, two or three titles each, some with events."""

import datetime as dt
import random
from collections.abc import Iterator

from kepu_core.domain.base import Base, BaseKind, Location
from kepu_core.domain.designation import Designation, DesignationStep
from kepu_core.domain.organisation import Contact

__all__ = ["bases"]

_CITIES = (("440100", "广州市", "天河区"), ("440300", "深圳市", "南山区"), ("440600", "佛山市", "顺德区"),
           ("441900", "东莞市", "松山湖"), ("440400", "珠海市", "香洲区"), ("441200", "肇庆市", "端州区"))  # fmt: skip
_SUBJECTS = ("航空航天", "海洋生物", "岭南中医药", "气象", "地质矿产", "人工智能", "昆虫", "核能", "消防安全", "天文")
_SITES = ("科技馆", "科普教育基地", "博物馆", "体验中心", "植物园", "青少年活动中心")
_THEMES = ("生态文明", "生命健康", "前沿科技", "防灾减灾", "食品安全", "乡村振兴")
_TITLES = (("national", "全国科普教育基地", "cast"), ("provincial", "广东省科普教育基地", "gd-ast"),
           ("municipal", "市级科普教育基地", "city-ast"))  # fmt: skip
_LONG = ("designated", "assessed", "assessed")
_SHORT = ("designated", "renewed")


def bases(count: int, *, website: bool = False, steps: bool = True, seed: int = 1) -> Iterator[Base]:
    """Made-up bases, the same for the same seed.

    With ``website``, every one has a web address, which holds a colon; without ``steps``, titles have no events.
    """
    rng = random.Random(seed)
    kinds = list(BaseKind)
    for number in range(count):
        code, city, district = rng.choice(_CITIES)
        subject, site = rng.choice(_SUBJECTS), rng.choice(_SITES)
        opened = dt.date(1990 + rng.randrange(30), 1 + rng.randrange(12), 1 + rng.randrange(28))
        yield Base(
            id=f"gd-base-{number:06}",
            name=f"{city}{subject}{site}（第{number % 97}号）",
            kind=rng.choice(kinds),
            region=code,
            operator=f"org-{rng.randrange(5000):05}",
            address=f"广东省{city}{district}科学大道{rng.randrange(1, 999)}号{site}{rng.randrange(1, 9)}楼",
            location=Location(latitude=round(22 + rng.random() * 2, 6), longitude=round(112 + rng.random() * 3, 6)),
            opened_on=opened,
            exhibition_area=round(rng.random() * 20_000, 1),
            website=f"https://www.example-{number}.gd.cn/kepu/" if website else None,
            themes=tuple(rng.sample(_THEMES, 2)),
            contact=Contact(name="联系人甲", phone=f"0755-8{rng.randrange(10**6):06}"),
            designations=tuple(_titles(number, rng, steps=steps)),
        )


def _titles(number: int, rng: random.Random, *, steps: bool) -> Iterator[Designation]:
    for position, (level, title, giver) in enumerate(rng.sample(_TITLES, rng.choice((2, 3)))):
        year = 2015 + rng.randrange(7)
        events = _LONG if position == 0 else _SHORT if position == 1 and number % 2 else ()
        events = events if steps else ()
        yield Designation(
            id=f"d{number}-{position}",
            title=title,
            level=level,
            designated_by=giver,
            batch=f"第{1 + rng.randrange(12)}批",
            valid_from=dt.date(year, 1, 1),
            valid_to=dt.date(year + 4, 12, 31),
            rules="广东省科普教育基地管理办法（2021年修订）",
            steps=tuple(
                DesignationStep(
                    event=event, on=dt.date(year, 1 + month, 15), document=f"粤科协普〔{year}〕{month + 7}号"
                )
                for month, event in enumerate(events)
            ),
        )
