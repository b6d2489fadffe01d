"""What is hidden is hidden everywhere: a sealed matter, a binned and a merged one change no answer anybody gets."""

import io
import zipfile
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import func, select

from components.front_door import exports as door
from db.documents.folder import zipped
from db.engine import transaction
from db.journal import JournalRow
from db.models import Case, CaseAccess, CaseUnit
from db.rules.intake import Party
from db.rules.ledgers import Code
from db.rules.permissions import Actor
from db.rules.problems import LinliError
from db.services import batch, cases, exports, figures, files, finding, intake, sheets
from db.services.briefings.drawing import draw
from db.services.cases import (
    Choice,
    Tab,
    Wanted,
    conferences,
    dossier,
    likely_lists,
    merged,
    merging,
    papers,
    splitting,
    stand_in,
)
from db.services.cases.likely_pairs import look_for
from db.services.files import Upload
from db.services.mediation import opening
from db.services.suggesting import Kind, training
from db.services.supervision import lists as supervised
from tests.db.services import stages
from tests.db.services.stages import TODAY, brought, key
from tests.db.services.test_batch import waited
from tests.db.services.test_chart_registers import asked
from tests.db.services.test_ledgers import read
from tests.db.services.test_merging import merge
from tests.factories import SYSTEM, Office

NAME, CONTACT = "金雀花", "15400007788"
WORDS: dict[str, Any] = {"subject": "东村路灯金丝雀", "text": "东村村口的路灯坏了两个月，金丝雀。", "place": "东村"}
TYPED = {"place": "东村", "text": WORDS["text"]}
ALL = Choice(tab=Tab.ALL)
# The leader reads what the deputy does; who reads no cases is refused at every door alike.
WHO = ("clerk", "deputy", "director", "head", "outsider", "elsewhere", "viewer")


@dataclass(frozen=True)
class Target:
    """A matter as an attacker guesses at it, an ordinary one beside it, and a file of it."""

    id: int
    number: str
    plain_id: int
    file_id: int = 1


Ask = Callable[[Actor, Target], object]


def found(text: str) -> Ask:
    return lambda actor, _: finding.find(actor, text=text)


def paired(tab: likely_lists.Tab) -> Ask:
    return lambda actor, _: likely_lists.pairs(actor, tab=tab)


def ledger(code: Code) -> Ask:
    return lambda actor, _: read(actor, code)


def supervision(tab: supervised.Tab) -> Ask:
    return lambda actor, _: rows(supervised.notices(actor, tab=tab))


ASKS: dict[str, Ask] = {
    **{f"find {text}": found(text) for text in ("金丝雀", "路灯", NAME, "7788", "12345-True", "12345-False")},
    "find its number": lambda a, c: finding.find(a, text=c.number).cases,
    "list": lambda a, _: rows(cases.register(a, choice=ALL)),
    "list by words": lambda a, _: rows(cases.register(a, choice=Choice(tab=Tab.ALL, text="路灯"))),
    "counts": lambda a, _: cases.counts(a),
    "waiting": lambda a, _: told(cases.waiting(a)),
    "lately": lambda a, _: told(cases.done_lately(a)),
    "bin": lambda a, _: rows(cases.binned(a)),
    "bulk, chosen": lambda a, _: told(cases.chosen(a, choice=ALL)),
    "bulk, preview": lambda a, c: told(cases.preview(a, case_ids=[c.id, c.plain_id], wanted=Wanted(note="x"))),
    "bin, why not": lambda a, c: cases.why_not_binned(a, case_ids=[c.id])[c.id],
    "likely, while typing": lambda a, _: told(intake.likely_earlier(a, name=NAME, contact=CONTACT, **TYPED)),
    **{f"pairs {tab}": paired(tab) for tab in likely_lists.Tab},
    "export": lambda a, _: counted(exports.ask(a, choice=ALL, columns=["number"], language="zh")),
    "batch": lambda a, _: batch.chosen(a, choice=ALL),
    **{f"ledger {code}": ledger(code) for code in Code},
    "figures": lambda a, _: vars(figures.desk(a)) | {"weekly": told(figures.desk(a).weekly)},
    "chart": lambda a, _: draw(a, spec=asked("cases", "received", "kind")).cells,
    **{f"supervision {tab}": supervision(tab) for tab in supervised.Tab},
    "supervision, counts": lambda a, _: supervised.counts(a),
    "stand-ins": lambda a, _: told(stand_in.stand_ins(a)),
    "view of the one beside": lambda a, c: cases.view(a, case_id=c.plain_id),
}
BY_ADDRESS: dict[str, Ask] = {
    "view": lambda a, c: cases.view(a, case_id=c.id),
    "timeline": lambda a, c: cases.timeline(a, case_id=c.id),
    "unmask": lambda a, c: cases.unmask(a, case_id=c.id),
    "merge": lambda a, c: merging.preview(a, first_id=c.plain_id, second_id=c.id),
    "merge, by number": lambda a, c: merging.pair_of(a, case_id=c.plain_id, number=c.number),
    "unsplit": lambda a, c: splitting.may_unsplit(a, case_id=c.id),
    "split": lambda a, c: splitting.split(a, case_id=c.id, version=1, first={}, second={}, key=key()),
    "unmerge": lambda a, c: merging.unmerge(a, gone_id=c.id, key=key()),
    "link": lambda a, c: cases.link(a, case_id=c.plain_id, number=c.number, kind="related", key=key()),
    "merged here": lambda a, c: merged.merged_here(a, case_id=c.id),
    "where it went": lambda a, c: (merged.where_it_went(a, case_id=c.id), merged.where_it_went(a, number=c.number)),
    "in the bin": lambda a, c: cases.in_bin(a, case_id=c.id),
    "meetings": lambda a, c: conferences.of_case(a, case_id=c.id),
    "file": lambda a, c: files.fetch(a, attachment_id=c.file_id),
    "papers": lambda a, c: papers.offers(a, case_id=c.id),
    "paper": lambda a, c: papers.document(a, form="registration", case_id=c.id),
    "paper, by number": lambda a, c: papers.numbered(a, number=c.number),
    "sheet": lambda a, c: sheets.case_sheet(a, sheet=sheets.Sheet.CASE, case_id=c.id),
    "dossier": lambda a, c: dossier.everything(a, case_id=c.id),
    "batch": lambda a, c: batch.start(a, case_ids=[c.id], form="registration"),
    "dispute": lambda a, c: opening.from_case(a, case_id=c.id),
}
EVERY = ASKS | BY_ADDRESS


def told(frame: pd.DataFrame) -> list[dict[Hashable, object]]:
    return frame.astype(object).to_dict("records")


def rows(page: Any) -> tuple[object, ...]:
    return told(page.rows), page.total, page.more, page.pages


def counted(asked_for: exports.Asked) -> tuple[int, int]:
    return asked_for.rows, asked_for.left_out


def answer(ask: Ask, actor: Actor, target: Target) -> str:
    """What somebody is told, refusals by what they say."""
    exports._asked._inside._left.clear()
    try:
        return repr(ask(actor, target))
    except LinliError as refusal:
        return f"{type(refusal).__name__} {getattr(refusal, 'problems', '')}"


def answers(office: Office, target: Target, asks: Mapping[str, Ask]) -> dict[tuple[str, str], str]:
    return {(who, name): answer(ask, office.people[who], target) for who in WHO for name, ask in asks.items()}


@pytest.fixture
def beside(office: Office) -> int:
    """An ordinary matter much like the hidden one, handled in unit A, whose handler unit B's stands in for."""
    here: dict[str, Any] = {"begins": TODAY, "ends": TODAY + timedelta(days=4)}
    stand_in.arrange(office.director, person_id=office.handler.id, stand_in_id=office.outsider.id, key=key(), **here)
    parties = (Party(name="王大华", contact="15400000002"),)
    return brought(office, stages.HANDLING, subject="路灯坏了", text=TYPED["text"], place="东村", parties=parties)


def hidden(office: Office, beside: int, *, sealed: bool) -> Target:
    """The matter to hide, with a file; the sealed one is an accusation against unit B, handled in unit A."""
    parties = (Party(name=NAME, contact=CONTACT),)
    made = brought(office, sealed=sealed, parties=parties, source_number=f"12345-{sealed}", **WORDS)
    (file_id,) = files.attach(office.director, case_id=made, uploads=[Upload("a.txt", b"a")], key=key())
    with transaction(SYSTEM) as session:
        case = session.get_one(Case, made)
        if sealed:
            case.state, case.handler_id, case.lead_unit_id = "handling", office.handler.id, office.unit_a
            session.add(CaseAccess(case_id=made, person_id=office.handler.id))
            session.add(CaseUnit(case_id=made, unit_id=office.unit_a, role="lead", sent_on=TODAY))
        session.flush()
        look_for(session, [made, beside])
        assert training._examples(session, Kind.CATEGORY) == []
        return Target(made, case.number, beside, file_id)


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_what_is_sealed_or_in_the_bin_changes_no_answer(office: Office, beside: int) -> None:
    before = answers(office, Target(999, "2026-000999", beside, 999), EVERY)
    sealed = hidden(office, beside, sealed=True)
    after = answers(office, sealed, EVERY)
    changed = {asked for asked in before if before[asked] != after[asked]}
    assert {who for who, _ in changed} == {"director"}, "who takes the accusation, and nobody else"
    assert ("director", "view") in changed
    assert not {name for _, name in changed if name.startswith(("find", "ledger", "chart", "pairs", "batch"))}

    gone = hidden(office, beside, sealed=False)
    cases.put_in_bin(office.deputy, rows={gone.id: 2}, reason="误登", key=key())
    now = answers(office, gone, EVERY)
    assert {asked for asked in after if after[asked] != now[asked] and asked[0] != "director"} == {
        (who, name) for who in ("deputy", "clerk") for name in ("bin", "in the bin")
    } | {("deputy", "merge"), ("deputy", "unmerge")}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_what_went_into_another_matter_is_counted_and_opened_once(office: Office, beside: int) -> None:
    once = {name: ASKS[name] for name in ("counts", "export", "batch", "figures", "chart", "supervision, counts")}
    before = answers(office, Target(999, "", beside), once)
    gone = hidden(office, beside, sealed=False)
    merge(office, beside, gone.id)
    assert answers(office, gone, once) == before
    told = {
        name: answer(ask, office.deputy, gone)
        for name, ask in BY_ADDRESS.items()
        if name not in ("unmerge", "merge", "where it went")
    }
    # Its file is given out where it went.
    assert told.pop("file").startswith("Fetched")
    closed = ("NotThere", "None", "Problems (Problem(field='number', message='There is no other case")
    assert {name for name, said in told.items() if not said.startswith(closed)} == set()


def leaves() -> dict[str, Callable[[Actor, int], bytes]]:
    """Every way a matter leaves this office for whoever has no right to take names along."""
    listed = ["number", "resident", "contact"]
    return {
        "list": lambda a, _: fetched(a, exports.ask(a, choice=ALL, columns=listed, language="zh").token),
        "batch, a folder": lambda a, c: fetched(a, batched(a, c, one_document=False)),
        "batch, a document": lambda a, c: fetched(a, batched(a, c, one_document=True)),
        "dossier": lambda a, c: zipped(dossier.everything(a, case_id=c)),
        "paper": lambda a, c: papers.document(a, form="registration", case_id=c).content,
        "ledger": lambda a, _: repr(read(a, "matters")).encode(),
        "sheet": lambda a, c: repr(sheets.case_sheet(a, sheet=sheets.Sheet.CASE, case_id=c)).encode(),
    }


def fetched(actor: Actor, token: str) -> bytes:
    return door._workbook(actor, token)[1]


def batched(actor: Actor, case_id: int, *, one_document: bool) -> str:
    made = batch.start(actor, case_ids=[case_id], form="registration", one_document=one_document)
    return waited(actor, made).token


def words_in(content: bytes) -> str:
    """Everything a file says, whatever it is folded into."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(content)) as folder:
        return "".join(words_in(folder.read(name)) for name in folder.namelist())


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
def test_what_leaves_without_the_right_to_names_holds_none_and_is_journalled(office: Office) -> None:
    made = brought(office, stages.HANDLING, parties=(Party(name=NAME, contact=CONTACT),))
    number = str(cases.view(office.clerk, case_id=made).fields["number"])
    for who in ("clerk", "deputy", "head"):
        for name, leave in leaves().items():
            exports._asked._inside._left.clear()
            before = leaving()
            said = words_in(leave(office.people[who], made))
            assert number in said, (who, name)
            assert NAME not in said, (who, name)
            assert CONTACT not in said, (who, name)
            assert leaving() > before or name == "ledger", (who, name)


def leaving() -> int:
    with transaction(SYSTEM) as session:
        return session.scalar(select(func.count()).where(JournalRow.event.in_(("export", "print")))) or 0
