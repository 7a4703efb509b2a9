"""Numbers, quantities and dates in the form in which they are compared."""

import pytest

from kepu_gongwen.dates import Dates
from kepu_gongwen.numbers import in_digits, value_of
from kepu_gongwen.quantities import quantities_in


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("三", 3),
        ("两", 2),
        ("十", 10),
        ("十二", 12),
        ("三十六", 36),
        ("二百一十", 210),
        ("一千零五", 1005),
        ("一万二千", 12000),
    ],
)
def test_a_number_in_chinese(written, value):
    assert value_of(written) == value


@pytest.mark.parametrize(
    ("written", "digits"),
    [("12", "12"), ("12.50", "12.5"), ("1，200", "1200"), ("1.5万", "15000"), ("3千万", "30000000"), ("三百", "300")],
)
def test_a_number_in_digits(written, digits):
    assert in_digits(written) == digits


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("培训5期", ["5期"]),
        ("培训10万人次", ["100000人次"]),
        ("发放手册1，200册", ["1200册"]),
        ("举办讲座不少于5场", [">=5场"]),
        ("至少开展3次", [">=3次"]),
        ("达到15%以上", [">=15%"]),
        ("不超过20个", ["<=20个"]),
        ("控制在3天以内", ["<=3天"]),
        ("超过10万人次", [">100000人次"]),
        ("少于3人", ["<3人"]),
        ("发放3000余册", ["~3000册"]),
        ("约50名", ["~50名"]),
        ("20家左右", ["~20家"]),
        ("3—5期", ["3-5期"]),
        ("3—5万人次", ["30000-50000人次"]),
        ("两场报告会", ["2场"]),
        ("每年举办一次", ["1次"]),
        ("不少于5场、培训8期", [">=5场", ">=8期"]),
        ("不少于5场，培训8期", [">=5场", "8期"]),
    ],
)
def test_a_quantity(text, found):
    assert quantities_in(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "第3期培训班",
        "某科协发〔2024〕3号",
        "2024年举办一次活动",
        "开展“5个一”活动",
        "落实《2030个目标》",
        "一般项目",
        "一批基地",
        "三五个人",
        "从两个方面着手",
        "做到五个到位",
        "五项学科竞赛",
        "十人大代表",
        "办好第十届大赛",
        "百个",
    ],
)
def test_what_counts_nothing_is_no_quantity(text):
    assert quantities_in(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("6月", ["2024-06"]),
        ("6月底前", ["2024-06-30"]),
        ("2月底", ["2024-02-29"]),
        ("2025年2月底", ["2025-02-28"]),
        ("9月15日", ["2024-09-15"]),
        ("9月15日（星期日）上午", ["2024-09-15"]),
        ("九月", ["2024-09"]),
        ("9月15日—20日", ["2024-09-15/2024-09-20"]),
        ("9月28日—10月3日", ["2024-09-28/2024-10-03"]),
        ("12月20日至2025年1月5日", ["2024-12-20/2025-01-05"]),
        ("3—5月", ["2024-03/2024-05"]),
        ("3月至5月", ["2024-03/2024-05"]),
        ("5月上旬", ["2024-05-01/2024-05-10"]),
        ("2月下旬", ["2024-02-21/2024-02-29"]),
        ("二季度", ["2024-06-30"]),
        ("第4季度", ["2024-12-31"]),
        ("上半年", ["2024-06-30"]),
        ("明年6月", ["2025-06"]),
        ("年底前", ["2024-12-31"]),
        ("今年内", ["2024-12-31"]),
        ("到2025年", ["2025-12-31"]),
        ("2025年底前", ["2025-12-31"]),
        ("“十四五”期末", ["2025-12-31"]),
        ("2024年，开展活动", ["2024"]),
        ("6月印发，9月举办，6月总结", ["2024-06", "2024-09"]),
    ],
)
def test_a_date(text, found):
    assert Dates(2024).all_in(text) == found


@pytest.mark.parametrize(
    "text",
    ["《2024年6月计划》", "“6月行动”", "某发〔2024年6月〕1号", "每季度一次", "年内有计划", "月底", "13月", "3.5月"],
)
def test_what_says_no_time_of_its_own_is_no_date(text):
    assert Dates(2024).all_in(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("全年", ["2024-12-31"]),
        ("2025", ["2025"]),
        ("2024.6.3", ["2024-06-03"]),
        ("2024-09", ["2024-09"]),
        ("长期", []),
    ],
)
def test_a_cell_says_nothing_but_when(text, found):
    assert Dates(2024).all_in(text, cell=True) == found
    assert Dates(2024).all_in(f"在{text}的") == []


def test_where_the_year_is_not_known_it_is_left_open():
    assert Dates(None).all_in("6月底前，明年底前") == ["XXXX-06-30", "XXXX-12-31"]
