"""A second, much smaller opinion on the flow: who may take which step when, and where it leads.

Written from W1 to W3 and not from db/rules/case_flow, so that a slip in one of them shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from db.rules.working_calendar import WorkingCalendar

ON_THE_WAY = "registered proposed routed objected handling answered signed confirmed replied visited"
OPEN = f"{ON_THE_WAY} review reviewed rereview"
TOLD = "clerk deputy leader director"
UNIT = "handler head"
# step: who, from where, where to ("" stays), on which side of the case
TABLE: Mapping[str, tuple[str, str, str, str]] = {
    "propose": ("deputy leader director", "registered", "proposed", ""),
    "answer_on_spot": (TOLD, "registered", "closed", ""),
    "approve": ("leader director", "proposed", "routed", ""),
    "send_back": ("leader director", "proposed", "registered", ""),
    "not_accept": ("leader director", "registered proposed", "not_accepted", ""),
    "give_notice": (TOLD, "registered proposed routed objected handling answered signed confirmed", "", ""),
    "accept": (UNIT, "routed", "handling", "lead"),
    "object": (UNIT, "routed", "objected", "lead"),
    "agree_return": ("leader director", "objected", "registered", ""),
    "refuse_return": ("leader director", "objected", "routed", ""),
    "rule": ("director", "objected", "routed", ""),
    "assign": (UNIT, "routed handling", "", "lead"),
    "co_answer": (UNIT, "routed handling", "", "co"),
    "co_sign": ("head", "routed handling", "", "co"),
    "answer": (UNIT, "handling", "answered", "lead"),
    "ask_extension": (UNIT, "handling", "", "lead"),
    "decide_extension": ("director", "handling", "", ""),
    "tell_extension": (TOLD, "handling answered signed confirmed replied visited closed", "", ""),
    "sign": ("head", "answered", "signed", "lead"),
    "confirm": ("leader director", "signed", "confirmed", ""),
    "return_answer": ("head leader director", "answered signed", "handling", "lead or office"),
    "reply": (TOLD, "confirmed", "replied", ""),
    "visit": (TOLD, "replied", "visited", ""),
    "close": ("clerk leader director", "confirmed replied visited reviewed", "closed", ""),
    "ask_review": (TOLD, "replied visited closed", "review", ""),
    "decide_review": ("director", "review", "reviewed", ""),
    "ask_rereview": (TOLD, "reviewed", "rereview", ""),
    "start_hearing": ("director", "rereview", "", ""),
    "end_hearing": ("director", "rereview", "", ""),
    "decide_rereview": ("director", "rereview", "closed", ""),
    "archive": ("clerk director", "closed not_accepted withdrawn", "archived", ""),
    "reopen": ("director", "closed not_accepted withdrawn archived visited", "handling", ""),
    "withdraw": (TOLD, ON_THE_WAY, "withdrawn", ""),
    "note": (f"{TOLD} {UNIT}", f"{OPEN} closed not_accepted withdrawn", "", ""),
    "tell": (TOLD, OPEN, "", ""),
    "recuse": (f"{TOLD} {UNIT}", OPEN, "", ""),
    "grant_access": ("director", OPEN, "", ""),
}
# Everything else leaves a case where it is: notes, notices, and stepping aside.
WAYS_ON = set(TABLE) - {"note", "tell", "recuse", "give_notice", "assign", "withdraw", "grant_access"}
# The only steps after which a running clock may end later than before.
LENGTHEN = {
    "promise": {"reopen"},
    "handling": {"decide_extension", "reopen"},
    "objection": {"approve", "rule"},
    "rereview": {"end_hearing"},
    "visit": {"reply", "visit"},
    "review_ask": {"reply"},
}


@dataclass(frozen=True)
class Someone:
    """A person of the model: role, unit and the units their handling reaches."""

    id: int
    role: str
    units: frozenset[int] = frozenset()


@dataclass(repr=False)
class Model:
    """One case as the model sees it."""

    id: int
    kind: str
    anonymous: bool
    registered_by: int
    received: date
    directors: frozenset[int] = frozenset()
    accused: int | None = None
    state: str = "registered"
    granted: set[int] = field(default_factory=set)
    keepers: set[int] = field(default_factory=set)  # of a sealed matter: who sees it and may let others see it
    recused: set[int] = field(default_factory=set)
    lead: int | None = None
    co: dict[int, str] = field(default_factory=dict)
    proposal: tuple[int, int, tuple[int, ...]] = (0, 0, ())
    handler: int | None = None
    answered_by: int | None = None
    bounces: int = 0
    ruled: bool = False
    object_by: date = date.max
    extension: str = ""
    extension_told: bool = False
    outcome: bool = False
    failed_visits: list[date] = field(default_factory=list)
    exhausted: bool = False
    days: dict[str, date] = field(default_factory=dict)
    entries: int = 1

    def __repr__(self) -> str:
        """Short, for the list of steps a failure prints."""
        return f"{self.kind} {self.id} {self.state}"

    @property
    def tried(self) -> bool:
        """Whether the resident was looked for often enough since the reply."""
        return len([day for day in self.failed_visits if day >= self.days.get("reply", date.max)]) >= 2

    @property
    def sealed(self) -> bool:
        """Accusations are seen by those named only (Art. 30)."""
        return self.kind == "accusation"

    @property
    def shape(self) -> tuple[object, ...]:
        """What decides who may do what, without the days."""
        return (
            self.state, self.kind, self.anonymous, self.extension, self.extension_told, self.bounces >= 2, self.ruled,
            self.lead, tuple(sorted(self.co.items())), self.tried, self.handler, self.answered_by,
            frozenset(self.granted), frozenset(self.recused), frozenset(self.days), self.proposal[0],
        )  # fmt: skip

    def seen_by(self, who: Someone) -> bool:
        """Scope, seal and recusal."""
        if who.id in self.recused or (self.sealed and who.id not in self.granted):
            return False
        own = who.id in (self.handler, self.registered_by) or who.id in self.granted
        return who.role not in UNIT.split() or own or bool(who.units & {self.lead, *self.co})

    def verdict(self, who: Someone, step: str, today: date) -> str:
        """hidden, refused, closed (not now) or ok."""
        roles, sources, _, side = TABLE[step]
        if who.role in ("viewer", "admin", "mediator", "assessor"):
            return "refused"
        if not self.seen_by(who):
            return "hidden"
        if who.role not in roles.split() or not self._stands(who, side):
            return "refused"
        fits = self.state in sources.split() and self._condition(who, step, today)
        return "ok" if fits else "closed"

    def _stands(self, who: Someone, side: str) -> bool:
        if side == "lead or office":
            return who.role != "head" or self.lead in who.units
        return not side or bool(who.units & ({self.lead} if side == "lead" else set(self.co)))

    def my_co(self, who: Someone, stands: str) -> list[int]:
        """The co-handling units this person speaks for that stand so, in the order they were asked."""
        return [unit for unit, state in self.co.items() if unit in who.units and state == stands]

    def _condition(self, who: Someone, step: str, today: date) -> bool:
        ruling = self.bounces >= 2
        window = timedelta(days=30)
        days = self.days
        match step:
            case "answer_on_spot":
                return not self.sealed
            case "approve":
                return who.id != self.proposal[0]
            case "give_notice":
                return not self.anonymous and "notice" not in days
            case "object":
                return not self.ruled and today <= self.object_by
            case "agree_return" | "refuse_return":
                return not ruling
            case "rule":
                return ruling
            case "co_answer":
                return bool(self.my_co(who, "sent"))
            case "co_sign":
                # Who speaks for two units answers for both before signing for either.
                return not self.my_co(who, "sent") and bool(self.my_co(who, "answered"))
            case "answer":
                return set(self.co.values()) <= {"signed"} and self.extension != "asked"
            case "ask_extension":
                return self.extension == "" and self.kind == "request"
            case "decide_extension":
                return self.extension == "asked"
            case "tell_extension":
                return self.extension == "approved" and not self.extension_told and not self.anonymous
            case "reply":
                return not self.anonymous
            case "visit":
                return who.id not in (self.handler, self.answered_by)
            case "close":
                told = self.state != "confirmed" or self.anonymous
                return told and (self.state != "replied" or self.tried)
            case "ask_review":
                asked = self.kind == "request" and "reply" in days and "decide_review" not in days
                return asked and today <= days["reply"] + window
            case "ask_rereview":
                return today <= days["decide_review"] + window
            case "start_hearing":
                return "start_hearing" not in days
            case "end_hearing":
                return "start_hearing" in days and "end_hearing" not in days
            case "decide_rereview":
                return "start_hearing" not in days or "end_hearing" in days
            case "grant_access":
                return self.sealed
            case "recuse":
                return not self.sealed or bool(self.keepers - self.recused - {who.id})
        return True

    def earliest(self, step: str) -> date:
        """The first day a step may bear: never before what it follows."""
        follows = {
            "reply": "confirm", "visit": "reply", "ask_review": "reply", "decide_review": "ask_review",
            "ask_rereview": "decide_review", "start_hearing": "ask_rereview", "end_hearing": "start_hearing",
            "decide_rereview": "end_hearing" if "end_hearing" in self.days else "ask_rereview",
            "tell_extension": "decide_extension",
        }  # fmt: skip
        return self.days.get(follows.get(step, ""), self.received)

    def incomplete(self) -> bool:
        """Whether the archive refuses the file."""
        if self.lead is None or self.state != "closed":
            return False
        untold = self.extension == "approved" and not self.extension_told
        return not self.outcome or (not self.anonymous and ("notice" not in self.days or untold))

    def take(self, who: Someone, step: str, values: Mapping[str, Any], today: date, calendar: WorkingCalendar) -> None:
        """Follow a step that was taken."""
        self.entries += 1
        self.days[step] = values.get("on", today)
        target = TABLE[step][2] or self.state
        match step:
            case "propose":
                self.proposal = (who.id, values["unit"], tuple(values.get("co_units") or ()))
            case "approve":
                self.lead, self.co = self.proposal[1], dict.fromkeys(self.proposal[2], "sent")
                self.object_by = calendar.add_working(today, 5)
            case "answer_on_spot" if not self.anonymous:
                self.days |= {"notice": today, "reply": today, "confirm": today}
            case "not_accept" if not self.anonymous:
                self.days.setdefault("notice", today)
            case "give_notice":
                self.days["notice"] = values["on"]
            case "accept" | "assign":
                self.handler = values.get("person") or who.id
                self.granted |= {self.handler} if self.sealed else set()
            case "object":
                self.bounces += 1
            case "agree_return":
                self.lead, self.co, self.handler = None, {}, None
            case "rule":
                self.ruled = True
                if values["unit"] != self.lead:
                    self.lead, self.handler, self.object_by = values["unit"], None, calendar.add_working(today, 5)
                    self.co.pop(values["unit"], None)
            case "co_answer":
                self.co[self.my_co(who, "sent")[0]] = "answered"
            case "co_sign":
                self.co[self.my_co(who, "answered")[0]] = "signed"
            case "answer":
                self.answered_by, self.outcome = who.id, True
            case "ask_extension":
                self.extension = "asked"
            case "decide_extension":
                self.extension = "approved" if values["approved"] == "yes" else "refused"
            case "tell_extension":
                self.extension_told = True
            case "reply":
                self.days.setdefault("notice", values["on"])
            case "visit" if not values.get("reached"):
                self.failed_visits.append(values["on"])
                target = self.state
            case "decide_rereview":
                self.exhausted = True
            case "reopen":
                target = self._reopen(today)
            case "recuse":
                self.recused.add(who.id)
                self.handler = None if self.handler == who.id else self.handler
            case "grant_access":
                self.granted.add(values["person"])
                self.keepers |= {values["person"]} & self.directors
        self.state = target

    def _reopen(self, today: date) -> str:
        asked = self.days.get("ask_extension", today)
        gone = "reply confirm visit close archive ask_review decide_review ask_rereview start_hearing end_hearing"
        for name in gone.split():
            self.days.pop(name, None)
        self.outcome = self.exhausted = False
        self.answered_by = None
        if asked < today:
            self.extension, self.extension_told = "", False
        self.co = dict.fromkeys(self.co, "sent")
        return "handling" if self.lead is not None else "registered"
