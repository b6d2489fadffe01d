"""Two matters become one and two again: nothing is lost, clocks stay, and everybody concerned is still told."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from db.engine import Database, current, reading, transaction
from db.identity import decrypt
from db.models import Case, CaseEntry, CaseLink, CaseRecusal, CaseWords
from db.rules.case_flow import Step
from db.rules.intake import Party
from db.rules.problems import Changed, NotThere, Problems, Refused
from db.services import cases, files, intake, sheets
from db.services.cases import merged, merging
from db.services.files import Upload
from tests.db.services import stages
from tests.db.services.stages import brought, key, take
from tests.db.services.untouched import nothing_changes
from tests.factories import SYSTEM, Office

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)

FIRST: dict[str, Any] = {"subject": "东村路灯不亮", "text": "东村村口的路灯坏了。", "place": "东村", "grade": "general"}
SECOND: dict[str, Any] = {
    "subject": "路灯坏了",
    "text": "村口的灯两个月没修。",
    "place": "东村村口",
    "grade": "major",
    "parties": (Party(name="王大华", contact="15400000002"),),
}


def two(office: Office, **changes: object) -> tuple[int, int]:
    """An earlier matter and a later one about the same lamp."""
    return brought(office, **FIRST), brought(office, **(SECOND | changes))


def version_of(case_id: int) -> int:
    with reading() as session:
        return int(session.get_one(Case, case_id, execution_options={"with_gone": True}).version)


def merge(office: Office, kept: int, gone: int, *, who: str = "deputy", **takes: str) -> merging.Done:
    """Merge the two as they stand."""
    return merging.merge(
        office.people[who],
        kept_id=kept,
        kept_version=version_of(kept),
        gone_id=gone,
        gone_version=version_of(gone),
        takes=takes,
        reason="同一路灯",
        key=key(),
    )


def unmerge(office: Office, gone: int) -> merging.Done:
    return merging.unmerge(office.deputy, gone_id=gone, key=key())


def row_of(case_id: int) -> dict[str, object]:
    """Everything the tables say of a case and its words, without versions."""
    with reading() as session:
        case = session.get_one(Case, case_id, execution_options={"with_gone": True})
        words = session.scalar(select(CaseWords.words).where(CaseWords.case_id == case_id))
        return {c.key: getattr(case, c.key) for c in Case.__table__.columns if c.key != "version"} | {"words": words}


def found(office: Office, text: str) -> set[int]:
    page = cases.register(office.director, choice=cases.Choice(tab=cases.Tab.ALL, text=text))
    return set(page.rows["id"])


def test_the_kept_one_says_what_was_chosen_and_the_gone_one_stays_whole(office: Office) -> None:
    kept, gone = two(office)
    before = {one: row_of(one) for one in (kept, gone)}
    done = merge(office, kept, gone, grade="gone", place="gone", text="both")
    now = cases.view(office.deputy, case_id=kept)
    assert done.gone_number == "2026-000002"
    assert now.fields["text"] == "东村村口的路灯坏了。\n\n[2026-000002] 村口的灯两个月没修。"
    assert (now.fields["subject"], now.fields["place"], now.fields["grade"]) == ("东村路灯不亮", "东村村口", "major")
    assert now.fields["received_at"] == before[kept]["received_at"]
    assert found(office, "灯") == {kept} == found(office, "两个月")
    (part,) = merged.merged_here(office.clerk, case_id=kept)
    assert (part.text, part.merged_by, part.reason) == (SECOND["text"], "杜副班", "同一路灯")
    assert [line["step"] for line in part.timeline] == ["register", "merged"]
    assert unmerge(office, gone).stayed == ()
    assert {one: row_of(one) for one in (kept, gone)} == before
    assert found(office, "灯") == {kept, gone}
    with reading() as session:
        steps = session.scalars(select(CaseEntry.step).where(CaseEntry.case_id == kept).order_by(CaseEntry.id)).all()
    assert steps == ["register", "merge", "amend", "unmerge", "amend"]


def test_both_residents_are_told(office: Office) -> None:
    kept, gone = two(office)
    merge(office, kept, gone)
    masks = [party["name"] for party in cases.view(office.clerk, case_id=kept).parties]
    clear = cases.unmask(office.deputy, case_id=kept)["name"].tolist()
    assert masks == ["李**", "王**"]
    assert clear == ["李小明", "王大华"]
    with reading() as session:
        assert [row["name"] for row in sheets.shown_parties(session, kept, identities=True)] == clear
        code = decrypt_code(session.get_one(Case, gone, execution_options={"with_gone": True}))
    take(office, "deputy", kept, Step.PROPOSE, unit="unit_a")
    told = intake.progress(number="2026-000002", code=code)
    assert (told.number, told.state) == ("2026-000002", "proposed")


def decrypt_code(case: Case) -> str:
    return decrypt(current(), "case_file.query_code", case.query_code)


def test_files_of_the_gone_one_are_still_given_out(office: Office) -> None:
    kept, gone = two(office)
    (file_id,) = files.attach(office.deputy, case_id=gone, uploads=[Upload("灯.txt", "灯".encode())], key=key())
    merge(office, kept, gone)
    assert [row["name"] for row in merged.merged_here(office.clerk, case_id=kept)[0].files] == ["灯.txt"]
    assert files.fetch(office.clerk, attachment_id=file_id).name == "灯.txt"
    with pytest.raises(NotThere):
        files.fetch(office.outsider, attachment_id=file_id)


def test_the_number_and_the_address_say_where_it_went(office: Office) -> None:
    kept, gone = two(office)
    merge(office, kept, gone)
    for asked in ({"case_id": gone}, {"number": " 2026-000002 "}):
        went = merged.where_it_went(office.clerk, **asked)
        assert went is not None
        assert (went.into_id, went.into_number) == (kept, "2026-000001")
    assert merged.where_it_went(office.outsider, case_id=gone) is None
    assert merged.where_it_went(office.clerk, case_id=kept) is None
    with pytest.raises(NotThere):
        cases.view(office.clerk, case_id=gone)


def test_what_somebody_wrote_since_stays_and_is_told(office: Office) -> None:
    kept, gone = two(office)
    merge(office, kept, gone, subject="gone", text="both")
    now = cases.view(office.deputy, case_id=kept)
    values = {"subject": "路灯坏了很久", "text": f"补充：{now.fields['text']}"}
    cases.amend(office.deputy, case_id=kept, version=now.version, values=values, key=key())
    assert unmerge(office, gone).stayed == ("subject",)
    after = cases.view(office.deputy, case_id=kept).fields
    assert (after["subject"], after["text"]) == ("路灯坏了很久", f"补充：{FIRST['text']}")


def test_chains_come_apart_from_the_end(office: Office) -> None:
    one, other = two(office)
    third = brought(office, subject="村口太黑", text="晚上看不见路。")
    before = [row_of(case_id) for case_id in (one, other, third)]
    merge(office, other, one)
    merge(office, third, other)
    assert [part.id for part in merged.merged_here(office.clerk, case_id=third)] == [other, one]
    assert len(cases.view(office.clerk, case_id=third).parties) == 3
    assert merged.where_it_went(office.clerk, case_id=one).into_id == third  # type: ignore[union-attr]
    with pytest.raises(Problems, match="went into another matter itself"):
        unmerge(office, one)
    unmerge(office, other)
    unmerge(office, one)
    assert [row_of(case_id) for case_id in (one, other, third)] == before


def test_two_into_one_come_apart_in_either_order(office: Office) -> None:
    for order in ((0, 1), (1, 0)):
        kept, *gone = *two(office), brought(office, subject="村口太黑", text="晚上看不见路。")
        before = [row_of(case_id) for case_id in (kept, *gone)]
        for one in gone:
            merge(office, kept, one)
        for place in order:
            unmerge(office, gone[place])
        assert [row_of(case_id) for case_id in (kept, *gone)] == before


def test_who_stepped_aside_from_one_is_aside_from_both(office: Office) -> None:
    kept, gone = two(office)
    with transaction(SYSTEM) as session:
        session.add(CaseRecusal(case_id=gone, person_id=office.leader.id, reason="亲属"))
    merge(office, kept, gone)
    with pytest.raises(NotThere):
        cases.view(office.leader, case_id=kept)
    unmerge(office, gone)
    assert cases.view(office.leader, case_id=kept).id == kept


REFUSED: dict[str, tuple[Callable[[Office], tuple[int, int]], str]] = {
    "itself": (lambda office: (brought(office),) * 2, "with itself"),
    "archived": (lambda office: (brought(office), _archived(office)), "is archived"),
    "under review": (lambda office: (brought(office), brought(office, stages.REVIEW)), "is under review"),
    "settled": (lambda office: (brought(office, stages.CLOSED), brought(office)), "is settled"),
    "other kind": (lambda office: (brought(office), brought(office, kind="suggestion")), "of the same kind"),
    "already": (lambda office: _already(office), "in another matter already"),
    "a parent": (lambda office: _parent(office), "are part of"),
}


def _already(office: Office) -> tuple[int, int]:
    kept, gone = two(office)
    merge(office, kept, gone)
    return brought(office), gone


def _archived(office: Office) -> int:
    on_the_spot = {"outcome": "explained", "words": "已说明"}
    return brought(office, (("clerk", Step.ANSWER_ON_SPOT, on_the_spot), ("clerk", Step.ARCHIVE, {})))


def _parent(office: Office) -> tuple[int, int]:
    kept, gone = two(office)
    with transaction(SYSTEM) as session:
        session.add(CaseLink(case_id=kept, other_id=gone, kind="part_of"))
    return kept, gone


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_sentence(database: Database, office: Office, name: str) -> None:
    made, sentence = REFUSED[name]
    kept, gone = made(office)
    with nothing_changes(database), pytest.raises(Problems, match=sentence):
        merge(office, kept, gone)
    assert merging.preview(office.deputy, first_id=kept, second_id=gone).why_not is not None


def test_an_accusation_never_meets_another_matter(database: Database, office: Office) -> None:
    sealed, plain = brought(office, sealed=True), brought(office)
    with nothing_changes(database):
        with pytest.raises(Problems, match="sealed matter is never merged"):
            merge(office, plain, sealed, who="director")
        with pytest.raises(NotThere):
            merge(office, plain, sealed)


def test_only_the_duty_office_merges_and_only_what_it_saw(database: Database, office: Office) -> None:
    kept, gone = two(office)
    version = version_of(gone)
    for who in ("clerk", "handler", "head", "viewer", "admin"):
        with nothing_changes(database), pytest.raises(Refused):
            merge(office, kept, gone, who=who)
    cases.amend(office.deputy, case_id=gone, version=version, values={"subject": "路灯还是坏的"}, key=key())
    with nothing_changes(database), pytest.raises(Changed) as stale:
        merging.merge(
            office.deputy,
            kept_id=kept,
            kept_version=version_of(kept),
            gone_id=gone,
            gone_version=version,
            takes={},
            key=key(),
        )
    assert stale.value.theirs["subject"] == "路灯还是坏的"
    with nothing_changes(database), pytest.raises(Problems, match="only raises"):
        merge(office, gone, kept, grade="gone")


def test_the_same_key_merges_once(office: Office) -> None:
    kept, gone = two(office)
    asked = {"kept_id": kept, "kept_version": version_of(kept), "gone_id": gone, "gone_version": version_of(gone)}
    first = merging.merge(office.deputy, **asked, takes={}, key="k")  # type: ignore[arg-type]
    assert merging.merge(office.deputy, **asked, takes={}, key="k") == first  # type: ignore[arg-type]
    back = merging.unmerge(office.deputy, gone_id=gone, key="u")
    assert merging.unmerge(office.deputy, gone_id=gone, key="u") == back
    with pytest.raises(Problems, match="taken back already"):
        merging.unmerge(office.deputy, gone_id=gone, key="u2")
