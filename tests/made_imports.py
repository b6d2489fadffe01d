"""Made-up orders of another system, the same every time: a title above the header, a heading nobody knows, errors."""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select

from db.engine import Database, using
from db.models import Person
from db.rules.permissions import Actor, Role
from db.services.files import Upload
from db.services.importing import running, waiting
from db.services.importing.mapping import guess
from db.services.importing.reading import look_at

Spoken = Callable[[str], str]
UNKNOWN = "具体情形"
"""The heading of the text, which stands in no list of synonyms."""
RARE = "鹭巷"
"""Two characters that stand in one row only, in its text and not in its subject."""
HEADINGS = ("工单编号", "受理时间", "诉求标题", UNKNOWN, "一级分类", "反映人", "联系电话", "发生地址", "身份证号")
FIELDS = ("number", "received", "subject", "text", "category", "name", "contact", "place", "")
"""What the headings mean, once somebody said so for the one nobody knows."""
_FIRST = datetime(2026, 3, 2, 8, 0)  # noqa: DTZ001 - as another system writes it, without a zone
_PLACES = ("东村", "西村", "南街", "北街", "河沿", "新桥", "老集", "后山")
_THINGS = ("路灯", "井盖", "垃圾桶", "水管", "公交站牌", "围墙", "停车位", "排水沟", "健身器材", "绿化带")
_TROUBLES = ("坏了", "不见了", "一直没人管", "夜里很吵", "堵住了路", "漏水", "太旧了", "被占用")
_WISHES = ("请尽快派人查看", "希望一周内修好", "请告知由哪个单位负责", "盼答复")
_LABELS = ("城乡建设", "环境保护", "交通运输", "市场监管", "噪音扰民（自定义）")


@dataclass(frozen=True)
class Orders:
    """A file, what must become of its rows in an office that knows none of them, and the subject of the rare one."""

    content: bytes
    read: int
    added: int
    updated: int
    skipped: int
    rejected: int
    subject: str


def orders(rows: int, *, encoding: str = "gb18030", spoken: Spoken = str) -> Orders:
    """So many rows as CSV: one in 50 empty, one in 61 twice the same, one in 199 the earlier number with new words."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(["热线工单导出（虚构）", *[""] * (len(HEADINGS) - 1)])
    lines.writerow(HEADINGS)
    became = {"added": 0, "updated": 0, "skipped": 0, "rejected": 0}
    subject = ""
    for verdict, cells in _lines(rows):
        became[verdict] += 1
        subject = cells[2] if RARE in cells[3] else subject
        lines.writerow(cells)
    return Orders(spoken(out.getvalue()).encode(encoding), rows, **became, subject=subject)


def _lines(rows: int) -> Iterator[tuple[str, list[str]]]:
    chance, before = Random(7), [""] * len(HEADINGS)  # noqa: S311 - the same file every time
    for n in range(1, rows + 1):
        if n % 50 == 0:
            yield "rejected", [f"990{n:07d}", f"{_FIRST:%Y-%m-%d}", "", "  ", *[""] * 5]
        elif n % 61 == 0 and before[0]:
            yield "skipped", before
        elif n % 199 == 0 and before[0]:
            before = [*before[:3], f"{before[3]}第{n}行补充：情况没有好转。", *before[4:]]
            yield "updated", before
        else:
            before = _order(n, chance, special=n == rows // 2 + 1)
            yield "added", before


def _order(n: int, chance: Random, *, special: bool) -> list[str]:
    place, thing, trouble = chance.choice(_PLACES), chance.choice(_THINGS), chance.choice(_TROUBLES)
    at = _FIRST + timedelta(minutes=7 * n)
    written = ("不详", f"{at:%Y年%m月%d日}", f"{at:%Y/%m/%d %H:%M}")[min(n % 40, 2)]
    house = f"{place}{n}号"
    text = f"{house}门前的{thing}{trouble}，已经{n % 30 + 1}天，{chance.choice(_WISHES)}。"
    return [
        f"990{n:07d}",
        written,
        f"{place}{thing}{trouble}",
        f"{text}就在{RARE}口。" if special else text,
        chance.choice(_LABELS),
        f"虚构{n % 977}" if n % 3 else "",
        f"000-{n:07d}" if n % 3 else "",
        house,
        f"0000001900010{n % 100000:05d}",
    ]


def brought_in(database: Database, *, spoken: Spoken = str) -> dict[str, int]:
    """A file put by and one brought in, by the demo office's clerk; their ids by state."""
    with database.reading() as session:
        clerk = session.scalars(select(Person).where(Person.username == "clerk")).one()
        actor = Actor(clerk.id, clerk.name, frozenset({Role.CLERK}), clerk.unit_id)
    content, name = orders(120, spoken=spoken).content, spoken("热线工单.csv")
    columns = dict(zip(map(spoken, HEADINGS), FIELDS, strict=True))
    with using(database):
        chosen = replace(guess(look_at(content, name)), columns=columns)
        done = running.begin(actor, source=content, name=name, chosen=chosen, key="import done")
        running.work(actor, done)
        more = Upload(name, orders(180, spoken=spoken).content)
        new = waiting.put_by(actor, upload=more, like=done, key="import new")
    return {"import new": new, "import done": done}
