"""The demo's committees: a village's, the town's and one for property services, with what they did beside files."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from db.demo.town import Town
from db.rules.permissions import Actor
from db.services.mediation import committees, members, training


def make_committees(told: Mapping[str, Any], town: Town, today: date) -> dict[str, int]:
    """Set the committees up with their members; answers their ids by key. Days are counted back from `today`."""
    keeper, made = town.people["admin"], {}
    for row in told["committee"]:
        made[row["key"]] = committees.add_committee(
            keeper,
            name=row["name"],
            name_en=row["name_en"],
            kind=row["kind"],
            field=row.get("field", ""),
            unit_id=town.unit(row["unit"]),
            set_up_on=today - timedelta(days=row["set_up"]),
            term_from=today - timedelta(days=row["term"]),
            key=f"demo-{row['key']}",
        )
        for who in row["members"]:
            _seat(keeper, town, made[row["key"]], who, today - timedelta(days=row["term"]))
    return made


def _seat(keeper: Actor, town: Town, committee_id: int, who: Mapping[str, Any], from_on: date) -> None:
    """One member, named as the account is when there is one."""
    account = town.people.get(who.get("username", ""))
    name = account.name if account else who["name"]
    members.add_member(
        keeper,
        committee_id=committee_id,
        name=name,
        sex=who["sex"],
        position=who.get("position", "member"),
        full_time=who.get("full_time", False),
        person_id=account.id if account else None,
        from_on=from_on,
        key=f"demo-{committee_id}-{name}",
    )


def tell_activities(told: Mapping[str, Any], town: Town, made: Mapping[str, int], today: date) -> None:
    """Trainings and searches of the last months, entered on the last morning."""
    keeper = town.people["director"]
    for row in told["training"]:
        committee_id = made[row["committee"]]
        training.add_training(
            keeper,
            committee_id=committee_id,
            mediator_ids=list(committees.mediator_names(keeper, committee_id=committee_id)),
            held_on=today - timedelta(days=row["days"]),
            subject=row["subject"],
            hours=row["hours"],
            organiser=row["organiser"],
            key=f"demo-training-{committee_id}-{row['days']}",
        )
    for row in told["search"]:
        training.add_search(
            keeper,
            committee_id=made[row["committee"]],
            held_on=today - timedelta(days=row["days"]),
            found=row["found"],
            prevented=row["prevented"],
            note=row["note"],
            key=f"demo-search-{row['committee']}-{row['days']}",
        )
