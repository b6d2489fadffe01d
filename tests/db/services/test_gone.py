"""What is binned or merged stands in no list, count or look of anybody, until a query asks for it by name."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from db.engine import reading, transaction
from db.models import Case, CaseUnit
from db.rules.permissions import system_actor
from db.services import cases
from db.services.cases import Choice, Tab
from tests.db.services import stages
from tests.db.services.stages import brought
from tests.db.services.test_case_lists import seen
from tests.factories import Office


def binned(case_id: int) -> None:
    """Put a case away as the bin does."""
    with transaction(system_actor("test")) as session:
        session.get_one(Case, case_id).gone = "binned"


def test_a_gone_case_is_in_no_list_and_no_count(office: Office) -> None:
    kept, gone = brought(office), brought(office)
    binned(gone)
    assert seen(office, "director") == seen(office, "director", text="噪音") == {kept}
    assert cases.register(office.director, choice=Choice(tab=Tab.ALL)).total == 1
    assert cases.counts(office.deputy)[Tab.TO_PROPOSE] == 1


def test_no_form_of_query_sees_it(office: Office) -> None:
    kept, gone = brought(office, stages.HANDLING), brought(office, stages.HANDLING)
    binned(gone)
    other = aliased(Case)
    with reading() as session:
        assert session.get(Case, gone) is None
        assert session.scalar(select(func.count()).select_from(Case)) == 1
        assert session.scalars(select(other.id)).all() == [kept]
        assert set(session.scalars(select(CaseUnit.case_id).where(CaseUnit.case_id.in_(select(Case.id))))) == {kept}
        assert set(session.scalars(select(CaseUnit.case_id).join(Case, Case.id == CaseUnit.case_id))) == {kept}
        assert _all(session) == {kept, gone}


def _all(session: Session) -> set[int]:
    return set(session.scalars(select(Case.id).execution_options(with_gone=True)))


def test_it_comes_back_whole(office: Office) -> None:
    case_id = brought(office)
    binned(case_id)
    with transaction(system_actor("test")) as session:
        session.get_one(Case, case_id, execution_options={"with_gone": True}).gone = ""
    assert seen(office, "director", text="噪音") == {case_id}
