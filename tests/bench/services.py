"""Service time beside hand-written SQL for the same answer: list, search, find, open, create, move."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from db.engine import Database
from db.rules.case_flow import Step
from db.rules.intake import Intake, Party
from db.rules.permissions import Actor
from db.services import cases, finding, intake
from db.services.cases import Choice, Tab
from db.services.finding import residents
from db.services.turns import Turns
from tests.bench import ground
from tests.bench.measure import Pair, in_turn, table
from tests.bench.raw import TABS, Raw
from tests.factories import Office

SEARCHES = ("路", "路灯", "东门路路灯不亮")
DEEP = 150
HEADS = ("", "Linli cpu ms", "raw cpu ms", "ratio", "Linli wall", "raw wall", "target 2")
MATTER = Intake(
    subject="东门路路灯不亮", text="东门路12号附近路灯不亮，已有三天，多次反映未解决，影响出行。", place="东门路12号",
    request="希望尽快处理", category="construction", parties=(Party(name="李小明", contact="15400000001"),),
    notice_shown=True,
)  # fmt: skip
_keys, _RUN = count(), secrets.token_hex(6)


def main(sizes: Sequence[int], *, seconds: float = 1.5) -> None:
    """Print one table per size; the target is twice the raw SQL."""
    for size in sizes:
        with ground.opened(size) as (database, office):
            pairs = list(_pairs(database, office, seconds))
        rows = [
            (p.name, p.linli, p.raw, p.ratio, p.linli_wall, p.raw_wall, "" if p.ratio <= 2 else "over 2") for p in pairs
        ]
        table(f"services with {size:,} cases (medians)", HEADS, rows)


def _pairs(database: Database, office: Office, seconds: float) -> list[Pair]:
    raw = Raw(database, office)
    try:
        return [*_lists(office, raw, seconds), *_finds(office, raw, seconds), *_acts(office, raw, seconds)]
    finally:
        raw.close()


def _lists(office: Office, raw: Raw, seconds: float) -> list[Pair]:
    wanted: list[tuple[str, Actor, Choice]] = [
        *((f"list, {tab}", office.director, Choice(tab=tab)) for tab in cases.tabs_of(office.director) if tab in TABS),
        *((f"list, {tab} (handler)", office.handler, Choice(tab=tab)) for tab in (Tab.MINE, Tab.MY_UNIT)),
        ("list, filtered", office.director, Choice(tab=Tab.ALL, state="archived", category="noise", grade="general")),
        ("list, page 150", office.director, Choice(tab=Tab.ALL, page=DEEP)),
        *((f"search, {len(text)}", office.director, Choice(tab=Tab.ALL, text=text)) for text in SEARCHES),
    ]
    return [_list(name, actor, choice, raw, seconds) for name, actor, choice in wanted]


def _list(name: str, actor: Actor, choice: Choice, raw: Raw, seconds: float) -> Pair:
    page = cases.register(actor, choice=choice)
    choice = replace(choice, page=page.page)  # the last there is, in a small office
    answer = raw.list_of(actor, choice)
    assert answer() == (page.total + page.more, list(page.rows["id"])), f"{name}: the answers differ"
    return in_turn(name, lambda: cases.register(actor, choice=choice), answer, seconds=seconds)


def _finds(office: Office, raw: Raw, seconds: float) -> list[Pair]:
    """The search over everything, as often as wanted."""
    usual, residents._looks = residents._looks, Turns("residents", most=10**6, seconds=1)
    try:
        return [_find(office.director, text, raw, seconds) for text in SEARCHES]
    finally:
        residents._looks = usual


def _find(actor: Actor, text: str, raw: Raw, seconds: float) -> Pair:
    found, answer = finding.find(actor, text=text).cases, raw.find(actor, text)
    assert answer() == (found.total + found.more, [hit.id for hit in found.hits]), f"find {text}: the answers differ"
    return in_turn(f"find, {len(text)}", lambda: finding.find(actor, text=text), answer, seconds=seconds)


def _acts(office: Office, raw: Raw, seconds: float) -> list[Pair]:
    newest = intake.register(office.clerk, intake=MATTER, key=_key()).case_id
    opened = in_turn(
        "open a case",
        lambda: cases.view(office.director, case_id=newest - 20),
        lambda: raw.view(newest - 20),
        seconds=seconds,
    )
    created = in_turn(
        "create a case",
        lambda: intake.register(office.clerk, intake=MATTER, key=_key()),
        lambda: raw.register(_key()),
        seconds=seconds,
    )
    made = [intake.register(office.clerk, intake=MATTER, key=_key()).case_id for _ in range(420)]
    moved = in_turn(
        "move a case (propose)",
        lambda: cases.take_step(
            office.deputy, **_seen(raw, made.pop()), step=Step.PROPOSE,
            values={"unit": office.unit_a, "reason": "请核实"}, key=_key(),
        ),
        lambda: raw.propose(made.pop(), _key()),
        seconds=seconds,
    )  # fmt: skip
    return [opened, created, moved]


def _seen(raw: Raw, case_id: int) -> dict[str, int]:
    return {"case_id": case_id, "version": raw.version_of(case_id)}


def _key() -> str:
    return f"bench-{_RUN}-{next(_keys)}"
