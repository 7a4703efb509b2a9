"""Title, issuer, year, number and region; and whether a document is a plan."""

import pytest

from kepu_gongwen.parse import read_plan

BODY = "\n一、主要任务\n举办科普大赛。\n"


def meta(text):
    return read_plan(text).meta


def title(text):
    found = meta(text).title
    return found.text if found else None


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (["某市2024年科普工作要点"], "某市2024年科普工作要点"),
        (["某市科协", "2024年科普工作要点"], "某市科协2024年科普工作要点"),
        (["2024年", "科普工作要点"], "2024年科普工作要点"),
        (["某市科普工作方案", "（2023—2025年）"], "某市科普工作方案（2023—2025年）"),
        (["某市全民科学素质行动规划纲要实施", "工作方案"], "某市全民科学素质行动规划纲要实施工作方案"),
        (["关于印发《某市科普工作要点》的通知", "各县科协："], "某市科普工作要点"),
        (["关于印发《某市科普工作要点》的通知", "各县科协：", "某市科普工作要点"], "某市科普工作要点"),
        (["关于做好2024年科普工作的通知", "各县科协："], "关于做好2024年科普工作的通知"),
        (["某市科协文件", "某科发〔2024〕3号", "2024年工作要点"], "2024年工作要点"),
        (["来源：某某网", "2024年科普安排"], "2024年科普安排"),
        (["附件1", "2024年科普任务分解表"], "2024年科普任务分解表"),
    ],
)
def test_the_title(lines, found):
    assert title("\n".join(lines) + BODY) == found


@pytest.mark.parametrize(
    ("text", "issuer"),
    [
        ("某市科协2024年科普工作要点" + BODY, "某市科协"),
        ("2024年某市教育局科普工作要点" + BODY, "某市教育局"),
        ("某市科协关于做好2024年科普工作的通知" + BODY, "某市科协"),
        ("科普工作要点" + BODY + "某县科学技术协会\n2024年3月5日\n", "某县科学技术协会"),
        ("科普工作要点" + BODY + "某县科学技术协会\n（代章）\n2024年3月5日\n", None),
        ("某县科学技术协会\n\n科普工作要点" + BODY, "某县科学技术协会"),
        ("科普工作要点\n来源：某县科协" + BODY, "某县科协"),
        ("科普工作要点" + BODY, None),
    ],
)
def test_the_issuer(text, issuer):
    found = meta(text).issuer
    assert (found.text if found else None) == issuer


SIGNED = ("某市科学技术协会", "某市教育局", "某市科学技术局")


@pytest.mark.parametrize("between", [" ", "  ", "\u3000", "\u3000\u3000", "      ", "\t", "、", "\n", "\n\n"])
def test_several_who_sign(between):
    """Each is one, whatever parts them, and who signs is no task."""
    draft = read_plan(f"科普工作要点{BODY}{between.join(SIGNED)}\n2024年3月5日\n")
    assert draft.meta.issuer.text == "、".join(SIGNED)
    assert [i.text for i in draft.items] == ["举办科普大赛"]
    assert draft.left == []


@pytest.mark.parametrize("signed", ["某市\u3000科学技术协会", "某 市 科 学 技 术 协 会", "某市科学技术\u3000协会"])
def test_a_name_that_is_set_apart_is_one(signed):
    assert (
        meta(f"科普工作要点{BODY}{signed}\n2024年3月5日\n").issuer.text.replace("\u3000", "").replace(" ", "")
        == SIGNED[0]
    )
    assert "、" not in meta(f"科普工作要点{BODY}{signed}\n2024年3月5日\n").issuer.text


def test_several_issuers_before_the_title():
    text = f"{SIGNED[0]}\u3000{SIGNED[1]}关于印发2024年科普工作要点的通知" + BODY
    assert meta(text).issuer.text == "、".join(SIGNED[:2])


def test_who_signs_stands_apart_from_a_closed_line():
    """A bracket behind the full stop closes a line as well."""
    draft = read_plan(
        f"科普工作要点\n一、举办大赛。5月举办大赛。（市科协负责）\n{SIGNED[0]}\u3000{SIGNED[1]}\n2024年3月5日\n"
    )
    assert draft.meta.issuer.text == "、".join(SIGNED[:2])
    assert [[u.text for u in i.units] for i in draft.items] == [["市科协"]]


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2024年科普工作要点" + BODY, 2024),
        ("二〇二四年科普工作要点" + BODY, 2024),
        ("2023年工作总结和2024年工作计划" + BODY, 2024),
        ("科普工作要点（2021—2025年）" + BODY, 2021),
        ("科普工作要点" + BODY + "某县科协\n2023年3月5日\n", 2023),
        ("某科发〔2022〕3号\n科普工作要点" + BODY, 2022),
        ("科普工作要点\n2020年以来，成效明显。" + BODY, 2020),
        ("科普工作要点" + BODY, None),
    ],
)
def test_the_year(text, year):
    assert meta(text).year == year


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("2024年某某市科普工作要点" + BODY, "某某市"),
        ("某某县科协2024年科普工作要点" + BODY, "某某县"),
        ("广西壮族自治区科普工作要点" + BODY, "广西壮族自治区"),
        ("2024年全市科普工作要点" + BODY, None),
        ("澳門2024年科普工作計劃" + BODY, "澳門"),
        ("某某市城关区科协2024年科普工作要点" + BODY, "某某市城关区"),
        ("某某省某某市人民政府2024年科普工作要点" + BODY, "某某省某某市"),
        ("某某市推进社区科普2024年工作要点" + BODY, "某某市"),
    ],
)
def test_the_region_as_it_is_printed(text, region):
    assert meta(text).region == region


def test_the_number_of_a_document():
    assert meta("某科协发〔2024〕3号\n2024年工作要点" + BODY).doc_number.text == "某科协发〔2024〕3号"
    assert meta("2024年工作要点" + BODY).doc_number is None


def test_where_the_title_stands_in_the_source():
    source = "某市科協\n2024年科普工作要點" + BODY
    found = meta(source).title
    assert source[found.start : found.end].replace("\n", "") == found.text == "某市科協2024年科普工作要點"


@pytest.mark.parametrize(
    ("heading", "is_one"),
    [
        ("2024年科普工作要点", True),
        ("某市科普实施方案（2021—2025年）", True),
        ("2023年工作总结和2024年工作计划", True),
        ("关于做好科普工作的通知", True),
        ("2023年工作总结", False),
        ("某市科普条例", False),
        ("关于表彰先进集体的通报", False),
        ("关于公布获奖名单的通知", False),
    ],
)
def test_whether_a_title_is_that_of_a_plan(heading, is_one):
    draft = read_plan(heading + BODY)
    assert draft.is_plan is is_one
    assert bool(draft.items) is is_one


def test_news_of_what_was_done_is_no_plan():
    text = "某市举办科普大赛\n近日，某市科协成功举办了科普大赛。记者了解到，先后有300名选手参加了比赛。\n"
    draft = read_plan(text)
    assert (draft.is_plan, draft.items, draft.meta.year) == (False, [], None)


def test_without_a_telling_title_words_for_what_is_ahead_decide():
    body = "要举办大赛。将开展培训。要组织讲座。将做好宣传。要开展展览。" * 2
    assert read_plan("科普怎么做\n一、活动\n" + body).is_plan
    assert not read_plan("科普怎么做\n一、活动\n" + body.replace("要", "已").replace("将", "先后")).is_plan
