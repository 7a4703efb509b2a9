"""Verbs, roles, partners, organisations, documents and audiences of a task, and whether it is one."""

import pytest

from kepu_core.domain.audience import Audience
from kepu_core.domain.plan import ActionRole as Role
from kepu_gongwen.actions import action_of
from kepu_gongwen.clauses import clauses_of
from kepu_gongwen.judging import is_formula
from kepu_gongwen.lexicon import builtin_lexicon
from kepu_gongwen.names import audiences_in, documents_in
from kepu_gongwen.organisations import organisations
from kepu_gongwen.parse import read_plan

WORDS = builtin_lexicon()


def action(text):
    return action_of(text, clauses_of(text, 0, len(text)), WORDS)


def read(text, title="主要任务"):
    return read_plan(f"2024年某市科普工作要点\n一、{title}\n1.开展活动。\n2.{text}\n")


@pytest.mark.parametrize(
    ("text", "verbs"),
    [
        ("举办大赛", ["举办"]),
        ("同时继续深入开展活动", ["开展"]),
        ("组织、实施项目", ["组织", "实施"]),
        ("建设和管理基地", ["建设", "管理"]),
        ("做好宣传", ["做好"]),
        ("组织好大赛", ["组织"]),
        ("依托场馆，开展活动", ["开展"]),
        ("联合市教育局举办大赛", ["举办"]),
        ("与市教育局联合举办大赛", ["举办"]),
        ("与市教育局合办大赛", ["合办"]),
        ("配合市教育局", ["配合"]),
        ("将科普纳入规划", ["纳入"]),
        ("把科普列入议程", ["列入"]),
        ("积极争取支持", ["争取"]),
        ("组织部印发通知", ["印发"]),
        ("培训班", []),
        ("组织录制科普微课10节", ["组织录制"]),
        ("组织动员科技工作者参与服务", ["组织动员"]),
        ("组织辅导教师参加培训", ["组织"]),
        ("组织展示活动3场", ["组织"]),
        ("慰问走访老科技工作者", ["慰问"]),
        ("贯彻落实会议精神", ["贯彻"]),
        ("各级政府要于3月底前制定方案，并报市科协备案", ["制定"]),
        ("班主任要做好安全教育，每班配备2名教师", ["做好"]),
        ("学校可根据实际情况自行安排参观时间", ["安排"]),
        ("新馆建设要抓紧推进", ["推进"]),
        ("社区将充分利用现有条件，及时更换宣传栏", ["更换"]),
        ("各级财政按照有关规定合理安排经费，加强考评", ["安排"]),
        ("雷打不动地举办讲座，邀请专家授课", ["举办"]),
        ("市妇联会同市农业农村局培训骨干", ["培训"]),
        ("市科技局牵头，会同市科协，形成总结报告", ["形成"]),
        ("与驻地部队共建基地", ["共建"]),
        ("把学习贯彻会议精神作为首要任务，巩固学习成果", ["巩固"]),
        ("出两期黑板报", ["出"]),
        ("给居民上一堂科普课，抵制迷信", ["上"]),
        ("深入田间地头指导农户种植", ["指导"]),
        ("赴北京观摩学习先进经验", ["观摩"]),
        ("在城区主要街道悬挂横幅20条", ["悬挂"]),
        ("各类线上线下活动须采取适当方式标注标识", ["标注"]),
        ("选择经验丰富、表达能力强的医生", ["选择"]),
        ("各完成单位将总结材料于10月前提交给秘书处", ["提交"]),
        ("将作品汇编成册，发放到学校", ["汇编"]),
        ("居民粘贴画板，并运用在生活中", ["粘贴"]),
    ],
)
def test_verbs(text, verbs):
    assert list(action(text).verbs) == verbs


def test_a_verb_that_is_found_only_further_on_is_not_sure():
    found = action("全民科学素质数据开放举办")
    assert found.verbs
    assert not found.sure
    assert "verb" in read("“一老一小”健康科普专题举办。").items[-1].doubts


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("举办大赛", [Role.HOST]),
        ("组织评选", [Role.HOST]),
        ("组织实施项目", [Role.HOST]),
        ("承办大赛", [Role.ORGANISE]),
        ("协办大赛", [Role.CO_ORGANISE]),
        ("支持举办大赛", [Role.SUPPORT]),
        ("指导县科协举办大赛", [Role.GUIDE]),
        ("推动建设基地", [Role.PROMOTE]),
        ("选送作品", [Role.PARTICIPATE]),
        ("编印手册", [Role.IMPLEMENT]),
        ("联合市教育局举办大赛", [Role.JOINT]),
        ("联合市教育局推动建设基地", [Role.JOINT, Role.PROMOTE]),
        ("配合市教育局举办大赛", [Role.ASSIST]),
        ("协助做好大赛", [Role.ASSIST]),
    ],
)
def test_roles(text, roles):
    assert list(action(text).roles) == roles


@pytest.mark.parametrize(
    ("text", "partners"),
    [
        ("联合市教育局举办大赛", ["市教育局"]),
        ("联合市教育局、市气象局等部门举办大赛", ["市教育局", "市气象局"]),
        ("会同市文化和旅游局开展活动", ["市文化和旅游局"]),
        ("积极联合市教育局举办大赛", ["市教育局"]),
        ("5月联合市教育局举办大赛", ["市教育局"]),
        ("与市教育局、团市委联合举办大赛", ["市教育局", "团市委"]),
        ("市科协、市教育局联合举办大赛", ["市科协", "市教育局"]),
        ("配合市委宣传部开展活动", ["市委宣传部"]),
        ("举办大赛，联合市教育局开展培训", ["市教育局"]),
        ("联合主办大赛", []),
        ("联合会换届", []),
        ("举办“联合市教育局”大赛", []),
        ("参与市教育局联合行动", []),
        ("鼓励县科协、学会联合举办大赛", []),
        ("指导县科协联合教育局举办大赛", []),
        ("市应急局、市消防大队在商场联合开展演练", ["市应急局", "市消防大队"]),
        ("由市科技局、市科协共同主办科技周", ["市科技局", "市科协"]),
        ("会同有关部门按照要求制定任务表", ["有关部门"]),
        ("配合做好抽样调查前期准备", []),
        ("配合“三下乡”开展活动", []),
        ("加强与市科研院所的合作", ["市科研院所"]),
        ("与市教育局共建基地", ["市教育局"]),
        ("推动学会与中小学校结对共建", []),
    ],
)
def test_partners(text, partners):
    assert list(action(text).partners) == partners


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("市教育局开展培训", ["市教育局"]),
        ("市教育局、市气象局和市水务局开展培训", ["市教育局", "市气象局", "市水务局"]),
        ("发展和改革局、文化和旅游局举办", ["发展和改革局", "文化和旅游局"]),
        ("市教育局以及团市委举办", ["市教育局", "团市委"]),
        ("市教育局等8个单位举办", ["市教育局"]),
        ("党委、政府开展", ["党委、政府"]),
        ("科协（含老科协、学会）开展", ["科协（含老科协、学会）"]),
        ("局面开展", []),
    ],
)
def test_names_of_organisations(text, names):
    found = list(organisations(text, WORDS))
    assert found == names or (not names and found == [text])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("落实《科普法》", ["科普法"]),
        ("印发《某市〈科普条例〉实施办法》".replace("〈", "《").replace("〉", "》"), ["某市《科普条例》实施办法"]),
        ("落实《某市条例（2021年修订）》", ["某市条例（2021年修订）"]),
        ("办好《科普》杂志", []),
        ("《纲要", []),
    ],
)
def test_documents(text, found):
    assert [text[a:b] for a, b, _ in documents_in(text, WORDS, {})] == found


def test_what_a_document_is_short_for():
    text = "落实《全民科学素质行动规划纲要（2021—2035年）》（以下简称《科素》），开展培训。\n3.推进《科素》实施。"
    last = read(text).items[-1]
    assert [p.text for p in last.instruments] == ["全民科学素质行动规划纲要（2021—2035年）"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("面向青少年", [Audience.YOUTH]),
        ("农民和产业工人", [Audience.FARMERS, Audience.INDUSTRIAL_WORKERS]),
        ("农村居民", [Audience.FARMERS]),
        ("农民工", [Audience.INDUSTRIAL_WORKERS]),
        ("学生、儿童", [Audience.YOUTH]),
        ("青少年宫", []),
        ("老年大学", []),
        ("妇女联合会", []),
        ("妇女儿童发展中心", []),
        ("公众号", []),
        ("组织学生赴市科技馆", [Audience.YOUTH]),
        ("职工参观县博物馆、青少年宫", [Audience.INDUSTRIAL_WORKERS]),
        ("市公务员局", []),
    ],
)
def test_audiences(text, found):
    assert audiences_in(text, WORDS) == found


@pytest.mark.parametrize(
    "text",
    [
        "高度重视，加强领导。",
        "精心组织，密切配合。",
        "由市科协牵头。",
        "激发科学兴趣，增强创新意识。",
        "2024年是收官之年。",
        "特制定本方案。",
        "现将有关事项通知如下。",
        "在队伍建设方面。",
        "本方案由市科协负责解释。",
        "抓好以下几个方面工作。",
        "活动。",
    ],
)
def test_what_is_no_task(text):
    assert [i.label for i in read(text).items] == ["1"]


@pytest.mark.parametrize(
    "text", ["高度重视，于6月底前完成。", "加强组织领导，落实《科普法》。", "精心组织活动5场。", "举办大赛。"]
)
def test_what_can_be_checked_is_a_task(text):
    assert [i.label for i in read(text).items] == ["1", "2"]


def test_under_duties_only_what_can_be_checked_is_a_task():
    found = read_plan(
        "2024年工作要点\n一、组织领导\n加强协调和督促检查。于6月底前报送总结。\n二、任务\n举办大赛。\n"
    ).items
    assert [i.text for i in found] == ["于6月底前报送总结", "举办大赛"]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("制定本方案", True), ("现就工作通知如下", True), ("请认真贯彻执行", True), ("制定工作方案", False)],
)
def test_a_formula(text, is_one):
    assert is_formula(text) is is_one


def test_what_was_not_understood_is_told():
    assert [p.text for p in read("科普阵地。").left] == ["科普阵地"]


def test_doubts_make_a_task_less_sure():
    sure, doubted = read("举办“科普大赛。").items
    assert (sure.doubts, sure.confidence) == ([], 0.96)
    assert doubted.doubts == ["brackets"]
    assert doubted.confidence == pytest.approx(0.76)
