"""Briefings: the days each kind is about, what is due, figures named in a text, and what is kept of an issued one."""

from datetime import date

import pytest

from db.rules.briefings import parts
from db.rules.briefings.chart import ChartSpec, Period, Words
from db.rules.briefings.issuing import BlockKind, Days, Kind, about, days_before, due_days, first_choice
from db.rules.briefings.naming import Declared, Figure, Names, Show
from db.rules.briefings.parts import Part, Told

NAMES = Names(
    (
        Declared("registered", Words("登记件数", "registered"), "cases", "received"),
        Declared("closed", Words("办结件数", "closed"), "cases", "closed"),
        Declared("on_time", Words("按期办结率", "on-time rate"), "cases", "on_time_rate"),
    )
)
TODAY = date(2026, 11, 19)


@pytest.mark.parametrize(
    ("kind", "today", "begins", "ends"),
    [
        (Kind.DAILY, TODAY, TODAY, TODAY),
        (Kind.OTHER, TODAY, date(2026, 11, 16), date(2026, 11, 22)),
        (Kind.HALF_MONTH, TODAY, date(2026, 11, 1), date(2026, 11, 15)),
        (Kind.HALF_MONTH, date(2026, 3, 4), date(2026, 2, 16), date(2026, 2, 28)),
        (Kind.HALF_MONTH, date(2026, 11, 15), date(2026, 11, 1), date(2026, 11, 15)),
        (Kind.MONTHLY, TODAY, date(2026, 10, 1), date(2026, 10, 31)),
        (Kind.MONTHLY, date(2026, 11, 30), date(2026, 11, 1), date(2026, 11, 30)),
        (Kind.QUARTERLY, TODAY, date(2026, 7, 1), date(2026, 9, 30)),
        (Kind.ANNUAL, TODAY, date(2025, 1, 1), date(2025, 12, 31)),
        (Kind.ANNUAL, date(2026, 12, 31), date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_new_briefing_is_about_what_ended_last(kind: Kind, today: date, begins: date, ends: date) -> None:
    assert first_choice(kind, today) == Days(begins, ends)


def test_what_is_due_is_never_invented() -> None:
    october = Days(date(2026, 10, 1), date(2026, 10, 31))
    assert due_days(Kind.MONTHLY, TODAY, None) == (october,)
    assert due_days(Kind.MONTHLY, TODAY, date(2026, 10, 1)) == (october,)
    assert due_days(Kind.MONTHLY, TODAY, date(2026, 9, 1)) == (october, days_before(Kind.MONTHLY, october))
    assert len(due_days(Kind.HALF_MONTH, TODAY, date(2020, 1, 1))) == 3


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        (Period.THIS_MONTH, date(2026, 10, 1), date(2026, 10, 31)),
        (Period.LAST_WEEK, date(2026, 10, 1), date(2026, 10, 31)),
        (Period.LAST_12_MONTHS, date(2025, 11, 1), date(2026, 10, 31)),
        (Period.THIS_YEAR, date(2026, 1, 1), date(2026, 10, 31)),
    ],
)
def test_charts_follow_the_days_of_their_briefing(period: Period, first: date, last: date) -> None:
    spec = about(
        ChartSpec(register="cases", measure="received", period=period), Days(date(2026, 10, 1), date(2026, 10, 31))
    )
    assert (spec.period, spec.first, spec.last) == (Period.CHOSEN, first, last)


def test_days_chosen_by_hand_stay() -> None:
    chosen = ChartSpec(register="cases", measure="received", first=TODAY, last=TODAY, period=Period.CHOSEN)
    ever = ChartSpec(register="cases", measure="received", period=Period.EVER)
    days = Days(date(2026, 10, 1), date(2026, 10, 31))
    assert [about(one, days) for one in (chosen, ever)] == [chosen, ever]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("登记件数", "registered"),
        ("registered", "registered"),
        ("Registered ", "registered"),
        ("On-Time Rate", "on_time"),
        ("on_time", "on_time"),
        ("登记件数比上期", "registered.change"),
        ("registered change", "registered.change"),
        ("办结件数 去年同期", "closed.year_ago"),
        ("closed.change_year", "closed.change_year"),
    ],
)
def test_a_name_is_found_in_either_language(name: str, code: str) -> None:
    found = NAMES.find(name)
    assert found is not None
    assert found.code == code
    assert [piece.code for piece in NAMES.pieces(f"共{{{name}}}件") if isinstance(piece, Figure)] == [code]


def test_a_text_is_cut_into_words_and_figures() -> None:
    pieces = NAMES.pieces("本月登记{登记件数}件，办结｛办结件数｝件。")
    assert [one if isinstance(one, str) else one.code for one in pieces] == [
        "本月登记",
        "registered",
        "件，办结",
        "closed",
        "件。",
    ]


@pytest.mark.parametrize(
    "text", ["{}", "{ }", "a { b", "} {", '{"a": 1}', "{\n登记件数\n}", "函数 f(x) = {x, y}", "{{", ""]
)
def test_other_braces_are_text(text: str) -> None:
    assert NAMES.unknown(text) == ()
    assert NAMES.pieces(text) == ((text,) if text else ())


@pytest.mark.parametrize(
    ("typed", "close"),
    [("登记数", "登记件数"), ("办结率", "按期办结率"), ("registred", "registered"), ("on time", "on-time rate")],
)
def test_an_unknown_name_tells_the_closest(typed: str, close: str) -> None:
    assert NAMES.unknown(f"a {{{typed}}} b {{{typed}}}") == (typed,)
    assert close in NAMES.close_to(typed)
    assert NAMES.pieces(f"{{{typed}}}") == (f"{{{typed}}}",)


def test_a_name_like_no_other_has_none_close() -> None:
    assert NAMES.close_to("qqq") == ()


def test_questions_are_about_one_number() -> None:
    assert NAMES.figures["registered"].question == ChartSpec(register="cases", measure="received")
    changed = NAMES.figures["registered.change_year"]
    assert (changed.show, changed.question.compare) == (Show.CHANGE_YEAR, "year_ago")
    assert changed.name == Words("登记件数比去年同期", "registered change on a year ago")
    assert [one.code for one in NAMES.of(["closed", "gone", "registered"])] == ["closed", "registered"]


def test_figures_speak_the_language_of_their_sentence() -> None:
    change = Told("r", Words("登记件数", "registered"), "cases", Words("增加3", "up 3"), Words("–", "–"))
    assert Part(kind=BlockKind.TEXT, pieces=("比上期", change, "。")).within("en") == "比上期增加3。"
    assert Part(kind=BlockKind.TEXT, pieces=("Registered: ", change)).within("zh") == "Registered: up 3"
    assert [Part(kind=BlockKind.TEXT, pieces=(change, "!")).within(into) for into in ("zh", "en")] == [
        "增加3!",
        "up 3!",
    ]


def test_what_figures_count_is_said_behind_their_names() -> None:
    def told(zh: str, en: str, counts: str) -> Told:
        return Told(en, Words(zh, en), "cases", Words("3", "3"), Words("3", "3"), definition=Words(counts, counts))

    part = Part(
        kind=BlockKind.FIGURES, figures=(told("登记", "new", "甲"), told("集体", "shared", "甲"), told("无", "no", ""))
    )
    assert part.definitions("zh") == ("登记、集体：甲",)
    assert part.definitions("en") == ("New, Shared: 甲",)


def test_what_is_issued_is_kept_whole_and_read_with_less_right() -> None:
    told = Told("registered", Words("登记件数", "registered"), "cases", Words("3", "3"), Words("<5", "<5"))
    part = Part(
        kind=BlockKind.TEXT, text="共{registered}件", pieces=("共", told, "件"), figures=(told,), block_id=7, version=3
    )
    (kept,) = parts.unpacked(parts.packed([part]))
    assert kept == Part(kind="text", text="共{registered}件", pieces=("共", told, "件"), figures=(told,))
    assert kept.within("zh") == "共3件"
    assert kept.for_reader(lambda code: code == "cases", 5).within("zh") == "共<5件"
    assert kept.for_reader(lambda code: code == "duty", 5).within("zh") == "共3件"
