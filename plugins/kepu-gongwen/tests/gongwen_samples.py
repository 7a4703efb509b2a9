"""Documents for the tests, all invented: a plan as text, and what makes Word and PDF files of such."""

import io
from pathlib import Path

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

import kepu_core as kepu
from kepu_core.domain import RECORD_TYPES

CODEC = kepu.Codec([kepu.RecordType(cls) for cls in RECORD_TYPES])
PLAN = """云溪市科协2024年科普工作要点

云科协发〔2024〕7号

一、抓好重点活动
（一）办好科普赛事。举办第3届云溪市科普讲解大赛，联合市教育局开展科学教师培训5期。（责任单位：市科协科普部；配合单位：市教育局）
（二）组织全国科普日活动。9月15日—20日组织开展全国科普日云溪主场活动，不少于30场。
二、完善科普设施
1.建设社区科普馆10个，6月底前完成选址。（责任单位：云溪区科协）
2.修订《云溪市科普教育基地管理办法》，面向青少年和老年人开放。
"""
TARGETED = PLAN + "三、发展目标\n到2025年，公民具备科学素质的比例达到16%。\n"


def context(name="要点.txt", **more):
    return kepu.ImportContext(codec=CODEC, path=Path(name), **more)


def word(*paragraphs, make=None):
    """The bytes of a Word document with these paragraphs, and whatever ``make`` does with it."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if make is not None:
        make(document)
    return saved(document)


def saved(document):
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def add_list(document, *levels, number=90, starts=None):
    """Define a list: each level is (form, text); gives the id by which paragraphs name it."""
    numbering = document.part.numbering_part.element
    made = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for n, (form, text) in enumerate(levels)
    )
    abstract = parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}">{made}</w:abstractNum>')
    numbering.insert(0, abstract)
    return add_number(document, number, number, starts)


def add_number(document, number, abstract, starts=None):
    over = "".join(
        f'<w:lvlOverride w:ilvl="{at}"><w:startOverride w:val="{start}"/></w:lvlOverride>'
        for at, start in (starts or {}).items()
    )
    document.part.numbering_part.element.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{abstract}"/>{over}</w:num>')
    )
    return number


def numbered(document, text, number, level=0):
    """A paragraph of a list."""
    paragraph = document.add_paragraph(text)
    properties = paragraph._p.get_or_add_pPr()
    properties.append(
        parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
    )
    return paragraph


TABLE = (
    ("序号", "任务", "责任单位", "完成时限"),
    ("1", "举办第3届云溪市科普讲解大赛", "市科协科普部", "6月底前"),
    ("2", "联合市教育局开展科学教师培训5期", "市教育局", "9月"),
)


def pdf(*flowables, encrypt=None):
    """The bytes of a PDF with a text layer: texts are paragraphs, tuples of rows are ruled tables."""
    import reportlab.platypus as flow
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("text", fontName="STSong-Light", fontSize=12, leading=18, wordWrap="CJK")
    look = [("GRID", (0, 0), (-1, -1), 1, (0, 0, 0)), ("FONT", (0, 0), (-1, -1), "STSong-Light")]
    out = io.BytesIO()
    made = [
        flow.Paragraph(f, style) if isinstance(f, str) else flow.Table([list(r) for r in f], style=look)
        for f in flowables
    ]
    flow.SimpleDocTemplate(out, encrypt=encrypt, invariant=True).build(made)
    return out.getvalue()
