"""An office without the internet: no request leaves the server, nothing fails in the console, headers everywhere."""

import re

import pytest

from tests.browser.walking import Memory

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Streamlit first looks for its server below the page's own address; it then asks at the root.
USUAL = re.compile(r"status of 404 .*/[a-z-]+/_stcore/(health|host-config)$")
ENOUGH = 500


@pytest.fixture(params=["chinese_walk", "english_walk"])
def walk(request: pytest.FixtureRequest) -> Memory:
    """Each of the two walks through every screen."""
    memory: Memory = request.getfixturevalue(request.param)
    return memory


def test_no_request_leaves_the_server(walk: Memory) -> None:
    assert walk.requests > ENOUGH
    assert not walk.left


def test_nothing_fails_in_the_console(walk: Memory) -> None:
    assert not [line for line in walk.console if not USUAL.search(line)]


def test_every_answer_carries_the_security_headers(walk: Memory) -> None:
    assert not walk.unprotected
