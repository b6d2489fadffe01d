"""Forms in Word: each field where it belongs, what people typed stays literal, hostile templates are refused."""

import contextlib
import io
import re
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.document import Document as WordDocument
from jinja2.exceptions import SecurityError, UndefinedError

from db.documents import word
from db.documents.forms import BUILT_IN, Form, built_in, forms, placeholders, samples_of, shape_of, word_for
from db.rules.cases import Channel, Grade, How, Kind, Outcome, Satisfaction, Share, Solved, Source
from db.rules.mediation.words import ENDED as MEDIATION_ENDED
from db.rules.mediation.words import PartyKind, Route, Sex, Side, TellHow, VisitPerformance
from db.rules.problems import Problems
from tests.factories import NOW
from tests.opened import pages_of

FORMS = forms()
EVERY = pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
# Cover and back cover are no pages of text.
SIGNED = [form for form in FORMS.values() if form.number and form.code not in ("cover", "contents", "back_cover")]
OFFICIAL = pytest.mark.parametrize("form", SIGNED, ids=lambda form: form.code)


def made(form: Form, template: bytes | None = None, **changes: object) -> WordDocument:
    content = word.render(template or built_in(form), form, samples_of(form) | changes, at=NOW)
    return Document(io.BytesIO(content))


def lines_of(document: WordDocument) -> list[str]:
    """Every paragraph of the body in its order, those of the signatures too."""
    return [
        "".join(text.text or "" for text in paragraph.iter("{*}t")) for paragraph in document.element.body.iter("{*}p")
    ]


def line_with(document: WordDocument, label: str) -> str:
    """The one line that begins with a label, spaces left out."""
    found = ["".join(line.split()) for line in lines_of(document)]
    return next(line for line in found if line.startswith(label))


def after(document: WordDocument, heading: str) -> list[str]:
    """The lines that follow a heading."""
    lines = lines_of(document)
    return lines[lines.index(heading) + 1 :]


def a_template(*paragraphs: str, change: Callable[[WordDocument], object] | None = None) -> bytes:
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if change:
        change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def with_part(template: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(template)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            new.writestr(item.filename, change(content) if item.filename == name else content)
    return out.getvalue()


def why(template: bytes, form: Form = FORMS["agreement"]) -> str:
    return everything_wrong(template, form)[0]


def everything_wrong(template: bytes, form: Form = FORMS["agreement"]) -> list[str]:
    """What is wrong, and where it stands."""
    with pytest.raises(Problems) as refused:
        word.check_template(template, form, at=NOW)
    assert {problem.field for problem in refused.value.problems} == {"upload"}
    return [problem.message.format(**problem.values) for problem in refused.value.problems]


# --- the forms ---


@EVERY
def test_a_built_in_template_is_good(form: Form) -> None:
    template = built_in(form)
    word.check_template(template, form, at=NOW)
    assert "民族" not in "\n".join(lines_of(Document(io.BytesIO(template))))


def test_whatever_may_be_filled_in_is_filled_in_by_a_built_in_form() -> None:
    used: set[str] = set()
    for form in FORMS.values():
        text = "\n".join(lines_of(Document(io.BytesIO(built_in(form)))))
        used |= {name for name in shape_of(form) if re.search(rf"[{{%][^}}]*\b{name}\b", text)}
    names = {p.name for form in FORMS.values() for p in placeholders(form) if "." not in p.name}
    # For a layout of the office's own: amounts of a dispute, the notice of a rota day by day, what a notice says in its
    # own words, minutes topic by topic, and days and names the forms of a case leave to be written by hand.
    left = {"session_mediators", "received_day", "mediator_signed_day", "place", "amount", "amount_capital", "present"}
    left |= {"period", "version", "publisher", "published_day", "days", "today", "missed_day", "answered_by", "issuer"}
    left |= {"kind", "time", "chair", "clerk", "excused", "absent", "topics", "decisions_title", "decisions", "edits"}
    left |= {"transferred_day", "promise_day", "answered_day", "reply_how", "visited_day", "extension_asked_day"}
    left |= {"registrar", "performed_amount", "performed_amount_capital", "routes_day"}
    assert names - used <= left


@OFFICIAL
def test_a_form_is_an_a4_page_in_official_fonts(form: Form) -> None:
    document = made(form)
    page = document.sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)  # type: ignore[union-attr]
    assert document.paragraphs[0].text == form.zh.removesuffix("（单位）")
    assert 'w:eastAsia="宋体"' in document.paragraphs[0]._p.xml
    assert 'w:eastAsia="仿宋"' in document.styles.element.xml
    assert "M2026-000001" in document.sections[0].footer.paragraphs[0].text
    told = document.core_properties
    assert (told.title, told.author, told.comments) == (form.zh, "柳林村人民调解委员会", "")
    assert not [line for line in lines_of(document) if "{" in line or "}" in line]


def test_every_file_has_its_entry_and_every_entry_its_file() -> None:
    assert {path.name for path in BUILT_IN.iterdir()} == {form.file for form in FORMS.values()}
    numbers = [form.number for form in FORMS.values() if form.number]
    assert numbers == sorted(numbers)
    # Whatever the Ministry's set holds has a form; nothing is printed twice but the two applications to a court.
    assert set(numbers) == set(range(1, 18))
    assert [number for number in numbers if numbers.count(number) > 1] == [15, 15]
    jobs = {"cases", "mediation", "duty", "scoring", "meetings", "briefings", "office"}
    assert {form.job for form in FORMS.values()} == jobs


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        *(("side", Side), ("sex", Sex), ("how", TellHow), ("performance", VisitPerformance), ("party_kind", PartyKind)),
        *(("channel", Channel), ("case_source", Source), ("kind", Kind), ("grade", Grade), ("outcome", Outcome)),
        *(("satisfaction", Satisfaction), ("solved", Solved), ("share", Share), ("how", How), ("route", Route)),
        *(("role", ("resident", "representative")), ("ended", MEDIATION_ENDED)),
    ],
)
def test_every_code_has_its_word(kind: str, codes: Any) -> None:
    assert all(word_for(kind, code) != code for code in codes)


def test_the_acceptance_register() -> None:
    document = made(FORMS["acceptance"])
    assert line_with(document, "编号") == "编号：（2026）人调字第1号"
    assert (
        line_with(document, "2026年11月20日") == "2026年11月20日，本人民调解委员会经当事人同意，"
        "调解甲某与乙某公司之间的纠纷。"
    )
    assert line_with(document, "申请人：") == "申请人：甲某性别男年龄45岁职业或职务农民"
    assert line_with(document, "被申请人：") == "被申请人：乙某公司"
    assert line_with(document, "联系方式") == "联系方式15400000001单位或住址柳林村三组7号"
    assert line_with(document, "委托代理人") == "委托代理人丙某联系方式15400000003代理权限代为签订协议"
    assert line_with(document, "纠纷类型") == "纠纷类型：邻里"
    assert line_with(document, "案件来源") == "案件来源：当事人申请"
    assert after(document, "纠纷简要情况：")[:4] == ["屋檐水流入院内。", "双方多次争吵。", "申请事项：", "改装落水管。"]
    end = after(document, "申请人（签名）：")
    assert end[0] == "被申请人（签名）："
    assert "登记人（签名）：" in end
    assert end[-3:] == ["柳林村人民调解委员会", "（印章）", "2026年11月20日"]


def test_the_mediation_record() -> None:
    document = made(FORMS["record"])
    assert line_with(document, "时间") == "时间：2026年11月20日9时至10时30分"
    assert line_with(document, "地点") == "地点：村委会调解室"
    assert line_with(document, "事由") == "事由：院墙排水"
    assert line_with(document, "当事人：") == "当事人：甲某、乙某公司"
    assert line_with(document, "参加人：") == "参加人：丁某（邻居）"
    assert after(document, "告知事项：")[0] == "已告知权利义务。"
    assert after(document, "当事人陈述：")[:2] == ["甲：……", "乙：……"]
    assert after(document, "事实核实情况：")[0] == "现场查看属实。"
    assert after(document, "调解结果：")[:2] == ["达成协议。", "以上记录经各方核对无误。"]
    end = after(document, "以上记录经各方核对无误。")
    for signs in ("申请人（签名盖章或按指印）：", "被申请人（签名盖章或按指印）：", "参加人（签名）："):
        assert signs in end
    assert end[-1] == "2026年11月20日"
    alone = made(FORMS["record"], invited="", notices="")
    assert line_with(alone, "参加人：") == "参加人：无"
    assert "参加人（签名）：" not in lines_of(alone)
    assert "告知事项：" not in lines_of(alone)


def test_the_agreement() -> None:
    document = made(FORMS["agreement"])
    assert line_with(document, "编号") == "编号：（2026）人调字第1号"
    assert after(document, "纠纷主要事实、争议事项：")[0] == "屋檐水流入院内。"
    agreed = after(document, "经调解，自愿达成如下协议：")
    assert agreed[:3] == [
        "一、改装落水管。",
        "二、支付修复费。",
        "协议金额：人民币1,200.50元（大写：壹仟贰佰元伍角整）。",
    ]
    assert after(document, "履行方式、地点、时限：")[:3] == [
        "分期付款。",
        "1．乙某公司于2026年12月31日前向甲某支付人民币1,200.50元（大写：壹仟贰佰元伍角整）。",
        "2．乙某公司于2026年12月1日前完成：改装落水管。",
    ]
    assert line_with(document, "本协议一式") == "本协议一式3份，当事人、人民调解委员会各持一份。"
    assert lines_of(document)[-1] == "2026年11月21日"
    assert "协议金额" not in "".join(lines_of(made(FORMS["agreement"], agreed_amount="", agreed_amount_capital="")))


def test_the_follow_up_record() -> None:
    document = made(FORMS["follow_up"])
    for label, value in {
        "当事人": "甲某、乙某公司",
        "调解协议编号": "（2026）人调字第1号",
        "回访事由": "了解协议履行情况",
        "回访时间": "2026年12月28日",
        "协议履行情况": "已部分履行",
        "对调解的满意程度": "满意",
        "是否就该纠纷起诉": "否",
        "有无反复迹象": "无",
    }.items():
        assert line_with(document, label) == f"{label}：{value}"
    assert "双方相处正常。" in lines_of(document)
    assert "回访人（签名）：" in lines_of(document)


@OFFICIAL
def test_signatures_and_seal_stay_on_one_page(form: Form) -> None:
    assert "w:cantSplit" in made(form).tables[-1].rows[-1]._tr.xml


LONG = "\n".join(["村口路灯自十一月初起不亮，夜间通行困难，居民多次报修未果，请求尽快抢修并说明原因。" * 5] * 10)[
    :2_000
]


def as_long_as_it_gets(form: Form) -> dict[str, object]:
    """Texts of 2,000 characters, five representatives, nine units, forty documents."""
    values = samples_of(form)
    texts = {"text", "answer", "facts", "statements", "agreed", "objection", "agreement_content", "file_note", "result"}
    rows = {"parties": 5, "units": 9, "papers": 40, "evidence": 12, "obligations": 8}
    for name, value in values.items():
        if name in texts and isinstance(value, str):
            values[name] = LONG
        elif isinstance(value, list):
            values[name] = (value * 20)[: rows.get(name, 2)]
    return values | (
        {"subject": "关于村口至小学路段路灯长期不亮影响夜间出行安全请求尽快修复的事项" * 2}
        if "subject" in values
        else {}
    )


def in_one(files: list[bytes]) -> bytes:
    """Documents of the same styles as one, each on a page of its own."""
    first, *others = (Document(io.BytesIO(content)) for content in files)
    end = first.element.body[-1]
    for other in others:
        first.add_paragraph().paragraph_format.page_break_before = True
        for one in list(other.element.body)[:-1]:
            end.addprevious(one)
    out = io.BytesIO()
    first.save(out)
    return out.getvalue()


@pytest.mark.office
def test_the_forms_of_cases_and_disputes_open_and_hold_long_texts(tmp_path: Path) -> None:
    told = [form for form in FORMS.values() if form.job in ("cases", "mediation") and form.of != "supervision"]
    files = {"all.docx": in_one([word.render(built_in(form), form, samples_of(form), at=NOW) for form in told])}
    for code in ("registration", "reply_receipt", "contents"):
        files[f"{code}.docx"] = word.render(built_in(FORMS[code]), FORMS[code], as_long_as_it_gets(FORMS[code]), at=NOW)
    pages = pages_of(files, tmp_path)
    # A few papers bring their signatures on a second page, with the lines before them.
    assert len(told) <= len(pages["all.docx"]) <= len(told) + 6
    for form in told:
        title = next(line for line in lines_of(made(form)) if line)
        assert any("".join(title.split()) in "".join(page.split()) for page in pages["all.docx"]), form.code
    assert all(2 <= len(pages[f"{code}.docx"]) <= 6 for code in ("registration", "reply_receipt", "contents"))
    for page in (page for one in pages.values() for page in one):
        # No other language in a Chinese form; an address and a code may stand there.
        assert not re.findall(r"[A-Za-z]{4,}", re.sub(r"https://\S+|ABCD", "", page)), page


# --- what people typed ---

TYPED = "<b>&amp; & < > \" ' {{ facts }} {% for x in parties %} {# #} {_{ }_} ${x} \\n"


@pytest.mark.parametrize("name", ["facts", "subject", "request", "committee", "category"])
def test_what_people_typed_is_literal(name: str) -> None:
    typed: dict[str, Any] = {name: TYPED}
    text = "\n".join(lines_of(made(FORMS["acceptance"], **typed)))
    assert TYPED in text or name == "subject"
    assert TYPED in "\n".join(lines_of(made(FORMS["record"], subject=TYPED)))


def test_names_of_parties_are_literal() -> None:
    parties = [dict.fromkeys(shape_of(FORMS["agreement"])["parties"] or (), "") | {"name": TYPED, "side": "申请人"}]
    assert TYPED in "\n".join(lines_of(made(FORMS["agreement"], parties=parties)))


def test_control_characters_break_nothing() -> None:
    document = made(FORMS["acceptance"], facts="一\x00\x07二\x0c三\r\n四\t五\ud800")
    assert after(document, "纠纷简要情况：")[:2] == ["一二三", "四五"]


def test_a_statement_of_a_hundred_pages() -> None:
    paragraphs = [f"第{number}段：" + "屋檐水顺墙流入院内，多次协商未果。" * 6 for number in range(1_200)]
    begun = time.perf_counter()
    document = made(FORMS["record"], statements="\n".join(paragraphs))
    assert time.perf_counter() - begun < 10
    assert after(document, "当事人陈述：")[:1_200] == paragraphs
    assert after(document, paragraphs[-1])[0] == "事实核实情况："


def test_empty_lines_survive() -> None:
    assert after(made(FORMS["acceptance"], facts="一\n\n二"), "纠纷简要情况：")[:3] == ["一", "", "二"]


def test_only_texts_are_filled_in() -> None:
    with pytest.raises(Problems):
        word.render(built_in(FORMS["record"]), FORMS["record"], samples_of(FORMS["record"]) | {"subject": 1}, at=NOW)


# --- templates of the office ---


def test_a_template_of_the_office_is_filled_in() -> None:
    template = a_template(
        "{{ committee }}{% if parties|length > 1 %}两方以上{% endif %}",
        "{%p for one in parties %}",
        "{{ loop.index }}/{{ loop.length }} {{ one.name }} {{ one.agent|default('') or '本人' }}",
        "{%p endfor %}",
    )
    word.check_template(template, FORMS["agreement"], at=NOW)
    lines = lines_of(made(FORMS["agreement"], template))
    assert lines[:3] == ["柳林村人民调解委员会两方以上", "1/2 甲某 本人", "2/2 乙某公司 丙某"]


def test_a_placeholder_split_by_word_is_whole_again() -> None:
    def split(document: WordDocument) -> None:
        paragraph = document.add_paragraph("编号：{{ file_")
        paragraph.add_run("number").bold = True
        paragraph.add_run(" }}")

    assert "编号：（2026）人调字第1号" in lines_of(made(FORMS["agreement"], a_template(change=split)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ commitee }}", "There is no such placeholder: {{ commitee }}"),
        ("{% for p in parties %}{{ p.nmae }}{% endfor %}", "There is no such placeholder: {{ p.nmae }}"),
        ("{% if false %}{{ secret }}{% endif %}", "There is no such placeholder: {{ secret }}"),
        ("{{ statements }}", "There is no such placeholder: {{ statements }}"),
        ("{{ parties }}", "There is no such placeholder: {{ parties }}"),
        ("{{ facts.__class__.__mro__ }}", "There is no such placeholder: {{ ….__mro__ }}"),
        ("{{ facts['__class__'] }}", "This may not stand in a template: Getitem"),
        ("{{ facts.format(1) }}", "This may not stand in a template: Call"),
        ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", "This may not stand in a template: Call"),
        ("{{ lipsum() }}", "This may not stand in a template: Call"),
        ("{{ 'a' * 1000000000 }}", "This may not stand in a template: Mul"),
        ("{{ facts|attr('x') }}", "This may not stand in a template: attr"),
        ("{{ facts|safe }}", "This may not stand in a template: safe"),
        ("{% set facts = 1 %}{{ facts }}", "This may not stand in a template: Assign"),
        ("{% include 'x' %}", "This may not stand in a template: Include"),
        ("{% macro m() %}{% endmacro %}", "This may not stand in a template: m"),
        ("{% for c in facts %}{{ c }}{% endfor %}", "A loop goes over one list and holds no other: facts"),
        ("{% for c in [1, 2] %}{% endfor %}", "A loop goes over one list and holds no other: "),
        (
            "{% for a in parties %}{% for b in parties %}{% endfor %}{% endfor %}",
            "A loop goes over one list and holds no other: parties",
        ),
        ("{% for p in parties %}{{ loop.changed }}{% endfor %}", "There is no such placeholder: {{ loop.changed }}"),
        ("{% if facts %}", "This is opened and never closed: {% if facts %}"),
        ("{{ facts }}{% endif %}", "This closes what was not opened: {% endif %}"),
        ("{% for p in parties %}{% endif %}{% endfor %}", "This closes what was not opened: {% endif %}"),
        ("{% endfro %}", "This can't be read: {% endfro %}"),
        ("{{ }}", "This can't be read: {{ }}"),
        ("{{ facts", "A bracket is opened and not closed, or closed and not opened: {{ facts"),
        ("facts }}", "A bracket is opened and not closed, or closed and not opened: facts }}"),
        ("{{" * 3_000, "There are too many placeholders in this template."),
        ("没有", "There is no placeholder in this template."),
    ],
)  # fmt: skip
def test_a_broken_or_hostile_template_is_refused_with_a_sentence(text: str, said: str) -> None:
    assert why(a_template(text)).startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("编号：{{ nubmer }}", "There is no such placeholder: {{ nubmer }}"),
        ("{%p if facts %}", "This is opened and never closed: {%p if facts %}"),
        ("{{ facts", "A bracket is opened and not closed, or closed and not opened: {{ facts"),
        ("{% for c in facts %}{{ c }}{% endfor %}", "A loop goes over one list and holds no other: facts"),
        ("{{ facts.format(1) }}", "This may not stand in a template: Call"),
        ("{% endfro %}", "This can't be read: {% endfro %} (Encountered unknown tag 'endfro'.)"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_line(text: str, said: str) -> None:
    def in_table(document: WordDocument) -> None:
        table = document.add_table(rows=3, cols=2)
        table.cell(1, 0).text = "{{ facts }}"
        table.cell(2, 1).text = text

    def in_header(document: WordDocument) -> None:
        document.sections[0].header.paragraphs[0].text = text

    def cut_up(document: WordDocument) -> None:
        paragraph = document.add_paragraph()
        for run in (text[:3], text[3:6], text[6:]):
            paragraph.add_run(run)

    for template, place in (
        (a_template("{{ request }}", "字", text, "字"), f"It stands in paragraph 3: {text}"),
        (a_template("{{ request }}", change=in_table), f"It stands in table 1, row 3: {text}"),
        (a_template("{{ request }}", change=in_header), f"It stands in the header, footer or a note: {text}"),
        (a_template("{{ request }}", change=cut_up), f"It stands in paragraph 2: {text}"),
    ):
        assert everything_wrong(template) == [said, place]


@pytest.mark.parametrize("text", ["{{ facts.__class__ }}", "{{ facts.upper() }}", "{{ range(9) }}"])
def test_what_slips_through_still_meets_the_sandbox(text: str) -> None:
    with pytest.raises((SecurityError, UndefinedError)):
        word._environment().from_string(text).render(facts="x")


@pytest.mark.parametrize("text", ["{# " + "{{ " * 1_900 + "#}", '{{ "' + "{{ " * 1_900 + '" }}'])
def test_brackets_in_brackets_hold_nobody_up(text: str) -> None:
    begun = time.perf_counter()
    assert "bracket" in why(a_template("{{ facts }}", text, *["字" * 1_000] * 300))
    assert time.perf_counter() - begun < 5


def test_a_header_is_read_too() -> None:
    def head(document: WordDocument) -> None:
        document.sections[0].header.paragraphs[0].text = "{{ lipsum() }}"

    assert why(a_template("{{ facts }}", change=head)) == "This may not stand in a template: Call"


def test_properties_are_never_computed() -> None:
    def told(document: WordDocument) -> None:
        document.core_properties.title = "{{ 1 + 1 }}"
        document.core_properties.comments = "made by somebody"

    document = made(FORMS["agreement"], a_template("{{ facts }}", change=told))
    assert (document.core_properties.title, document.core_properties.comments) == ("人民调解协议书", "")


def test_nothing_is_brought_in_from_elsewhere() -> None:
    def image(content: bytes) -> bytes:
        one = (
            b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"'
            b' Target="http://tracker.example/a.png" TargetMode="External"/></Relationships>'
        )
        return content.replace(b"</Relationships>", one)

    hostile = with_part(a_template("{{ facts }}"), "word/_rels/document.xml.rels", image)
    assert why(hostile) == "A template may not bring in other files: http://tracker.example/a.png"
    remote = with_part(a_template("{{ facts }}"), "word/_rels/document.xml.rels",
                       lambda content: image(content).replace(b"/image", b"/attachedTemplate"))  # fmt: skip
    assert "tracker" in why(remote)


def test_fields_only_count_pages() -> None:
    def field(content: bytes) -> bytes:
        return content.replace(b"</w:p>", b'<w:fldSimple w:instr=" DDEAUTO c:\\\\calc "/></w:p>', 1)

    hostile = with_part(a_template("{{ facts }}"), "word/document.xml", field)
    assert "DDEAUTO" in why(hostile)
    split = with_part(
        a_template("{{ facts }}"),
        "word/document.xml",
        lambda content: content.replace(
            b"</w:p>", b"<w:r><w:instrText>INCLUDE</w:instrText><w:instrText>TEXT x</w:instrText></w:r></w:p>", 1
        ),
    )
    assert "INCLUDE" in why(split)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 broken", built_in(FORMS["agreement"])[:9000]])
def test_what_is_no_word_document_is_refused(content: bytes) -> None:
    assert why(content) == "This file is not a Word document that can be read."


@pytest.mark.parametrize("place", range(200, 20_000, 1_500))
def test_damage_anywhere_is_refused_or_harmless(place: int) -> None:
    content = bytearray(built_in(FORMS["agreement"]))
    content[place : place + 40] = b"\xff" * 40
    with contextlib.suppress(Problems):  # anything else would reach the person as a broken page
        word.check_template(bytes(content), FORMS["agreement"], at=NOW)


def test_damage_inside_is_refused() -> None:
    good = a_template("{{ facts }}")
    assert "can be read" in why(with_part(good, "word/document.xml", lambda content: content[:-20]))
    bomb = b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]>"
    entity = with_part(
        good, "word/document.xml", lambda content: content.replace(b"<w:document", bomb + b"<w:document")
    )
    word.check_template(entity, FORMS["agreement"], at=NOW)
    long = with_part(good, "word/document.xml", lambda content: content.replace(b"<w:p>", b"<w:p>" + b" " * 2**20, 1))
    assert why(long) == "The text of the template is too long."
    assert "can't be filled in" in why(with_part(good, "word/document.xml", lambda _: b"<a/>"))


@pytest.mark.parametrize("condition", ["facts", "not facts"])
def test_a_condition_that_tears_the_document_apart_is_refused(condition: str) -> None:
    def torn(document: WordDocument) -> None:
        document.add_table(rows=1, cols=2).cell(0, 0).text = f"{{% if {condition} %}}"
        document.add_paragraph("{% endif %}")

    assert everything_wrong(a_template("{{ facts }}", change=torn)) == [
        f"This begins in one cell of a table or outside, and ends in another: {{% if {condition} %}}",
        f"It stands in table 1, row 1: {{% if {condition} %}}",
    ]


def test_a_table_of_twenty_thousand_rows_holds_nobody_up() -> None:
    rows = b"<w:tbl>" + b"<w:tr><w:tc><w:p/></w:tc></w:tr>" * 20_000 + b"</w:tbl>"
    begun = time.perf_counter()
    long = with_part(
        a_template("{{ facts"), "word/document.xml", lambda content: content.replace(b"<w:sectPr", rows + b"<w:sectPr")
    )
    assert "bracket" in why(long)
    assert time.perf_counter() - begun < 5
