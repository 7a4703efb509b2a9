"""Sentences and clauses: what ends them, what is means, and which comma parts two tasks."""

import pytest

from kepu_gongwen.clauses import clauses_of, sentences_of
from kepu_gongwen.cutting import is_statement, tasks_of
from kepu_gongwen.leads import lead_of
from kepu_gongwen.lexicon import builtin_lexicon
from kepu_gongwen.means import is_means, main_verb

WORDS = builtin_lexicon()


def sentences(text):
    return [text[a:b] for a, b in sentences_of(text, 0, len(text))]


def tasks(text):
    found = tasks_of(clauses_of(text, 0, len(text)), WORDS)
    return ["，".join(clause.text for clause in task) for task in found]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("举办大赛。开展培训；编印手册！", ["举办大赛", "开展培训", "编印手册"]),
        ("举办大赛\n开展培训", ["举办大赛", "开展培训"]),
        ("举办大赛（含决赛；颁奖。）；开展培训", ["举办大赛（含决赛；颁奖。）", "开展培训"]),
        ("举办“科普。之夜”活动。", ["举办“科普。之夜”活动"]),
        ("举办大赛（含决赛。开展培训。", ["举办大赛（含决赛", "开展培训"]),
        ("举办大赛（含决赛\n开展培训）", ["举办大赛（含决赛", "开展培训）"]),
        ("举办大赛）。开展培训", ["举办大赛）", "开展培训"]),
        ("一是开展讲座；二是培训教师。", ["开展讲座", "培训教师"]),
        ("主要做好：一是开展讲座，二是培训教师", ["主要做好", "开展讲座", "培训教师"]),
        ("坚持统一是原则", ["坚持统一是原则"]),
        ("一要加强组织领导。", ["加强组织领导"]),
        ("做到一要加强组织", ["做到一要加强组织"]),
        ("—— 开展讲座", ["开展讲座"]),
        ("● 开展讲座", ["开展讲座"]),
        ("首先，开展讲座", ["开展讲座"]),
        ("。，；", []),
    ],
)
def test_what_ends_a_sentence(text, found):
    assert sentences(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("举办大赛，开展培训", ["举办大赛", "开展培训"]),
        ("举办大赛（初赛，决赛），开展培训", ["举办大赛（初赛，决赛）", "开展培训"]),
        ("举办“科学，生活”展", ["举办“科学，生活”展"]),
        ("落实《甲，乙》", ["落实《甲，乙》"]),
        ("培训1，000人", ["培训1，000人"]),
        ("培训1，00人", ["培训1", "00人"]),
    ],
)
def test_which_comma_ends_a_clause(text, found):
    assert [c.text for c in clauses_of(text, 0, len(text))] == found


@pytest.mark.parametrize(
    "text",
    [
        "依托科技馆",
        "按照上级要求",
        "结合全国科普日",
        "以讲座等多种形式",
        "为了提升素质",
        "充分发挥学会优势",
        "在市科协指导下",
        "5月份",
        "9月15日前",
        "22日",
        "全国科普日期间",
        "竞赛结束后",
        "2024年上半年",
        "“十四五”期间",
        "要按照统一部署",
        "按照县科协安排",
        "根据各单位报送情况",
        "各市（区）要结合当地特色",
        "省总工会要依托职工书屋",
        "甲厅、乙局等部门结合世界环境日等",
        "省科协要会同有关部门按照本方案要求",
        "教育系统要以“开学第一课”为抓手",
        "依托县农民学校、农技推广机构",
        "市科协、市供销社配合",
    ],
)
def test_means(text):
    assert is_means(text, WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "开展培训",
        "依托场馆资源开展科普活动",
        "充分发挥学会优势广泛开展科普活动",
        "为学校配备器材",
        "以上活动",
        "5月份举办大赛",
        "以便汇总",
        "与教育局联合印发《馆校结合方案》",
    ],
)
def test_what_is_done_is_no_means(text):
    assert not is_means(text, WORDS)


@pytest.mark.parametrize(
    ("text", "behind"),
    [
        ("依托场馆资源开展科普活动", "开展科普活动"),
        ("通过讲座等形式广泛开展科普活动", "开展科普活动"),
        ("充分发挥学会作用积极举办科普论坛", "举办科普论坛"),
        ("以科普日为契机广泛开展科普活动", "开展科普活动"),
    ],
)
def test_the_verb_behind_means(text, behind):
    assert text[main_verb(text, WORDS) :] == behind


@pytest.mark.parametrize("text", ["依托科技馆", "按照实施方案", "结合工作实际", "通过组织实施等方式", "开展培训"])
def test_no_verb_behind_means(text):
    assert main_verb(text, WORDS) == -1


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("举办大赛", "举办大赛"),
        ("同时举办大赛", "举办大赛"),
        ("要继续深入开展活动", "开展活动"),
        ("9月举办大赛", "举办大赛"),
        ("3月、5月举办大赛", "举办大赛"),
        ("在全市范围内开展活动", "开展活动"),
        ("在合肥举办大赛", "举办大赛"),
        ("在推动科普上下功夫", "在推动科普上下功夫"),
        ("对部分县（市、区）落实情况开展督查", "开展督查"),
        ("由甲厅、乙局共同主办大赛", "主办大赛"),
        ("各开放单位要制定方案", "制定方案"),
        ("面向青少年开展活动", "开展活动"),
        ("市科协举办大赛", "举办大赛"),
        ("各乡镇（街道）要开展活动", "开展活动"),
        ("创新机制", "创新机制"),
        ("创新开展活动", "开展活动"),
        ("深入乡村开展活动", "开展活动"),
        ("将科普纳入规划", "将科普纳入规划"),
        ("竞赛结束后举办展览", "举办展览"),
    ],
)
def test_what_stands_before_the_verb(text, verb):
    assert text[lead_of(text, WORDS).end :] == verb


def test_the_subject_of_a_clause():
    assert lead_of("县教育局要开展活动", WORDS).subject == "县教育局要"
    assert lead_of("建设局部科普馆", WORDS).subject == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("举办大赛，开展培训", ["举办大赛", "开展培训"]),
        ("举办大赛，提升素质", ["举办大赛，提升素质"]),
        ("举办大赛，参加人数不少于100人", ["举办大赛，参加人数不少于100人"]),
        ("举办大赛，依托场馆，开展培训", ["举办大赛", "依托场馆，开展培训"]),
        ("举办大赛，依托场馆", ["举办大赛，依托场馆"]),
        ("5月，举办大赛", ["5月，举办大赛"]),
        ("组织专家深入农村，开展讲座", ["组织专家深入农村，开展讲座"]),
        ("组织专家深入农村，编印手册", ["组织专家深入农村", "编印手册"]),
        ("组织专家深入农村，开展讲座，开展比赛", ["组织专家深入农村，开展讲座，开展比赛"]),
        ("组织专家50名，组成3队，赴乡村开展讲座", ["组织专家50名，组成3队，赴乡村开展讲座"]),
        ("举办大赛，赴乡村开展讲座", ["举办大赛", "赴乡村开展讲座"]),
        ("与市科技馆合作建设基地，每学期开展馆校结合课程4次", ["与市科技馆合作建设基地", "每学期开展馆校结合课程4次"]),
        ("筹备召开大会，按程序做好推选工作", ["筹备召开大会", "按程序做好推选工作"]),
        ("各馆免费开放，各开放单位要制定方案", ["各馆免费开放", "各开放单位要制定方案"]),
        ("举办大赛，省科协要会同甲厅按照方案要求，制定细则", ["举办大赛", "省科协要会同甲厅按照方案要求，制定细则"]),
        ("举办大赛，力争参加人数过万", ["举办大赛，力争参加人数过万"]),
        ("举办大赛，并争取上级支持", ["举办大赛", "并争取上级支持"]),
        ("举办大赛，市教育局开展培训", ["举办大赛", "市教育局开展培训"]),
        ("举办大赛，与市教育局联合开展培训", ["举办大赛", "与市教育局联合开展培训"]),
        ("通过讲座，展览，竞赛等多种形式，开展宣传", ["通过讲座，展览，竞赛等多种形式，开展宣传"]),
        ("2025年是收官之年，举办大赛", ["举办大赛"]),
        ("举办大赛，培训班，论坛", ["举办大赛，培训班，论坛"]),
        ("举办大赛，指导", ["举办大赛，指导"]),
        ("举办大赛，指导县科协", ["举办大赛", "指导县科协"]),
    ],
)
def test_which_comma_parts_two_tasks(text, found):
    assert tasks(text) == found


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2025年是收官之年", True),
        ("今年正值建会60周年", True),
        ("凡是基地", False),
        ("举办大赛", False),
        ("是否举办", False),
    ],
)
def test_a_statement(text, is_one):
    assert is_statement(text) is is_one


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("修订《办法》，新认定基地10个，复核20个", ["修订《办法》", "新认定基地10个，复核20个"]),
        ("修订《办法》，年内首次命名基地10个", ["修订《办法》", "年内首次命名基地10个"]),
        ("完善制度，重新认定基地3个", ["完善制度", "重新认定基地3个"]),
        ("完善网络，新成立协会3个", ["完善网络", "新成立协会3个"]),
        ("完善网络，新增基地3个", ["完善网络，新增基地3个"]),
        ("完善网络，新建基地3个", ["完善网络", "新建基地3个"]),
        ("建成新馆，新馆举办展览", ["建成新馆", "新馆举办展览"]),
        ("公布名单，新认定的基地免费开放", ["公布名单，新认定的基地免费开放"]),
    ],
)
def test_what_is_done_anew(text, found):
    """新 before a verb with which tasks begin is an adverb; 新增 and 复核 are other verbs."""
    assert tasks(text) == found
