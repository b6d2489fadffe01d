"""What people do on a dispute's page, in whatever language they read it."""

from datetime import date

from playwright.sync_api import Locator, expect

from components.dispute_labels import label_in
from tests.browser.people import Seat
from tests.serving import settle


def at(seat: Seat, dispute_id: int, part: str = "parties") -> Seat:
    """Look at a part of a dispute's file."""
    seat.open(f"dispute?id={dispute_id}&part={part}")
    return seat


def go_on(seat: Seat) -> None:
    """Press the one thing to do next."""
    seat.press_key("next-thing")


def part(seat: Seat, code: str) -> None:
    """Go to another part of the file."""
    parts = seat.page.locator(".st-key-dispute-part")
    seat.click(parts.get_by_role("radio", name=label_in("part", code, seat.language), exact=True).first)


def sheet(seat: Seat) -> Locator:
    """The form that is open."""
    return seat.page.locator("[class*='st-key-sheet-']").first


def day(seat: Seat, label: str, on: date) -> None:
    """Type a day into its field."""
    spell(seat, label, f"{on:%Y%m%d}")


def spell(seat: Seat, label: str, digits: str) -> None:
    """Type a day or a time into its field, part by part."""
    settle(seat.page)
    field = seat.page.get_by_role("group", name=seat.say(label), exact=True)
    field.get_by_role("spinbutton").first.click()
    seat.page.keyboard.type(digits)
    seat.page.keyboard.press("Tab")
    settle(seat.page)


def save(seat: Seat, message: str = "Save") -> None:
    """Press the button of the open form, and see it close."""
    seat.click(sheet(seat).get_by_role("button", name=seat.say(message), exact=True).last)
    expect(sheet(seat)).to_have_count(0)


def note(seat: Seat, label: str, on: date, message: str = "Save") -> None:
    """Do the next thing, of which only the day is asked."""
    go_on(seat)
    day(seat, label, on)
    save(seat, message)


def stands(seat: Seat, state: str) -> None:
    """The head of the page says how the dispute stands."""
    head = seat.page.locator("[class*='st-key-dispute-head']")
    expect(head).to_contain_text(label_in("state", state, seat.language))


def rows(seat: Seat, *words: str) -> Locator:
    """The rows of the lists on the page that say all of this."""
    found = seat.page.locator("[data-testid=stDataFrame] [role=row]")
    for word in words:
        found = found.filter(has_text=word)
    return found


def refuses(seat: Seat, dispute_id: int) -> None:
    """The file is not there for this person."""
    at(seat, dispute_id).reads(seat.say("This does not exist, or it is not yours to see."))
