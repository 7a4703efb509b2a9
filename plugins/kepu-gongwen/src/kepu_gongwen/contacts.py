"""Whom to ask and where to send things: contacts, which are no tasks and whose numbers stand in no text of a task.

A line or clause that begins with such a label (联系人：, 联系电话：, 附件收取邮箱：) is a contact, and so is a bracket with one, or
with a telephone number or an e-mail address.
"""

import re
from collections.abc import Sequence

from kepu_gongwen.clauses import Clause

__all__ = ["is_contact", "is_contact_bracket", "until_contact", "without_contacts"]

_SURE = "联系人|联络人|联系电话|联系方式|联系地址|通[讯信]地址|邮政编码|邮编|电子邮箱|电子邮件|邮箱|咨询电话|报名电话"
# These are contacts only if a number or address stands with them: 微信：, 电话：
_UNSURE = "电话|手机|传真|微信号?|[Qq]{2}群?|[Ee]-?mail|联系单位"
_MORE = "(?:(?:及|和|与|、|/)?(?:联系)?(?:人|电话|方式|号码|邮箱|地址|手机|传真|微信|群号?|号))*"
# What stands before such a word in a label, but not in a task: 附件收取邮箱：, 请于9月底前报送至邮箱：
_BEFORE = "[^，。；：《》请将把于至到前并]{0,10}?"
_LABEL = re.compile(rf"\W*{_BEFORE}(?:(?P<sure>{_SURE})|{_UNSURE}){_MORE}(?:（[^（）]{{1,20}}）)?[：:]")
# 1380013××××, 0755—1234567
_NUMBER = r"(?<![\d.])(?:1\d{6}[\d×xX*]{4}|（?0\d{2,3}）?[-—]?[\d×xX*]{7,8})(?![\d×])"
_ADDRESS = r"[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}"
_PERSONAL = re.compile(rf"{_NUMBER}|{_ADDRESS}", re.ASCII)
_BRACKET = re.compile("[（(][^（）()]{1,300}[）)]")
# From where a text goes on with a contact: 联系人：张三 …
_FROM = re.compile("[，、；\\s]{0,3}(?:联系人|联络人|联系方式|联系电话)[：:].*$", re.DOTALL)
_MARKED = re.compile(rf"[：:\s]{{0,3}}(?:{_PERSONAL.pattern})")


def is_contact(text: str) -> bool:
    """Whether a line, sentence or clause only tells whom to ask or where to send something.

    >>> [is_contact(t) for t in ("联系人：王某，电话：0755-1234567", "附件收取邮箱：kpb@example.org", "微信平台：每周推送3期")]
    [True, True, False]
    """
    label = _LABEL.match(text)
    return label is not None and bool(label["sure"] or _PERSONAL.search(text))


def is_contact_bracket(inner: str) -> bool:
    """Whether what stands in a bracket is a contact.

    >>> is_contact_bracket("王某，0755-1234567"), is_contact_bracket("含老科协")
    (True, False)
    """
    return is_contact(inner) or bool(_PERSONAL.search(inner))


def until_contact(clauses: Sequence[Clause]) -> Sequence[Clause]:
    """The clauses of a sentence before the first that is a contact."""
    for n, clause in enumerate(clauses):
        if is_contact(clause.text):
            return clauses[:n]
    return clauses


def without_contacts(text: str) -> str:
    """A text without brackets with contacts, numbers and addresses, and what follows a label of a contact.

    >>> without_contacts("总结报市科协（联系人：王某）备案，联系电话：0755-1234567")
    '总结报市科协备案'
    """
    text = _BRACKET.sub(lambda m: "" if is_contact_bracket(m[0][1:-1]) else m[0], text)
    return _MARKED.sub("", _FROM.sub("", text))
