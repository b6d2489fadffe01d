"""A start that would be unsafe is refused in one line that says what to do (checklist 64)."""

import base64
import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from streamlit import config
from streamlit.config_option import ConfigOption

from components.front_door import options
from db import migrations
from db.engine import Database
from db.services import keeping
from db.services.keeping import safety
from db.settings import Settings, SettingsError, secrets_of
from tests.factories import settings_for

WRITTEN = "a village without a name of its own in the network"
POSIX_FILES = ("linli.db", "linli.db-wal", "secrets.json", "backup.key")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"public_url": "http://office.lan"}, "public_url is http://"),
        ({"public_url": "http://192.168.1.20:8501", "without_tls": "no"}, "without_tls"),
        ({"second_factor_roles": ""}, "without_second_factor"),
        ({"second_factor_roles": "director"}, "stolen password"),
        ({"second_factor_roles": "director", "without_second_factor": " short   "}, "in"),
        ({"public_url": "http://office.lan", "without_tls": WRITTEN}, ""),
        ({"second_factor_roles": "director", "without_second_factor": WRITTEN}, ""),
        ({"public_url": "http://localhost:8501"}, ""),
        ({"public_url": "http://[::1]:8501"}, ""),
        ({"public_url": "https://office.lan"}, ""),
        ({}, ""),
    ],
)
def test_an_unsafe_setting_is_refused_unless_somebody_wrote_why(
    tmp_path: Path, changes: dict[str, str], says: str
) -> None:
    told = list(safety.refusals(replace(settings_for(tmp_path / "data"), **changes)))  # type: ignore[arg-type]
    assert len(told) == bool(says)
    assert says in " ".join(told)
    assert "\n" not in "".join(told)


@pytest.mark.parametrize("name", POSIX_FILES)
def test_a_file_others_may_read_is_refused(tmp_path: Path, name: str) -> None:
    settings = settings_for(tmp_path)
    (tmp_path / name).touch(mode=0o600)
    assert list(safety.refusals(settings)) == []
    (tmp_path / name).chmod(0o640)
    with pytest.raises(SettingsError, match=rf"{name} may be read by others; set its mode to 0600"):
        keeping.look_before_start(settings)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda keys: keys | {"index": base64.b64encode(b"short").decode()}, "too short"),
        (lambda keys: keys | {"index": base64.b64encode(b"linlilinli" * 4).decode()}, "made by hand"),
        (lambda keys: keys | {"index": keys["cookie"]}, "there twice"),
    ],
)
def test_a_key_nobody_made_by_chance_is_refused(
    tmp_path: Path, spoil: Callable[[dict[str, str]], dict[str, str]], says: str
) -> None:
    settings: Settings = settings_for(tmp_path)
    secrets_of(settings)
    path = settings.folder / "secrets.json"
    path.write_text(json.dumps(spoil(json.loads(path.read_text()))))
    with pytest.raises(SettingsError, match=says):
        secrets_of(settings)


def test_a_database_of_a_newer_program_is_refused(database: Database) -> None:
    with database.maintenance() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsError, match=r"newer Linli \(revision 9999\)"):
        migrations.upgrade(database)


DANGEROUS = {
    "global.developmentMode": True,
    "logger.level": "debug",
    "client.showErrorDetails": "full",
    "client.disableDataExport": False,
    "browser.gatherUsageStats": True,
    "server.enableAgentApi": True,
    "server.enableXsrfProtection": False,
    "server.enableCORS": False,
    "server.maxUploadSize": 4000,
    "server.trustedUserHeaders": {"X-Who": "email"},
    "runner.magicEnabled": True,
}


@pytest.fixture
def set_option(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, object], None]:
    """Streamlit's options as a start of ours finds them, and a way to set one from a file of somebody's."""
    pins = options.pins()
    found = {name: copy.copy(option) for name, option in config.get_config_options().items()}
    for name, option in found.items():
        if name in pins:
            option.set_value(pins[name], str(options.PINS))
        else:
            option.set_value(option.value, ConfigOption.DEFAULT_DEFINITION)
    monkeypatch.setattr(config, "get_config_options", lambda: found)
    return lambda name, value: found[name].set_value(value, "/home/linli/.streamlit/config.toml")


@pytest.mark.parametrize("name", DANGEROUS)
def test_an_option_of_streamlit_that_is_not_ours_is_refused(set_option: Callable[..., None], name: str) -> None:
    (told,) = options.refusals({config.get_config_options()[name].env_var: "x"})
    assert "in the environment" in told
    set_option(name, DANGEROUS[name])
    (told,) = options.refusals({})
    assert told.startswith(name)
    assert "/home/linli/.streamlit/config.toml" in told


@pytest.mark.usefixtures("set_option")
def test_our_own_options_are_taken() -> None:
    assert list(options.refusals({"STREAMLIT_SERVER_PORT": "8600", "STREAMLIT_THEME_BASE": "dark"})) == []


def test_what_is_told_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_for(tmp_path)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert list(safety.notices(settings, host="127.0.0.1")) == []
    (told,) = safety.notices(settings, host="192.168.1.20")
    assert "TLS" in told
    monkeypatch.setattr("os.geteuid", lambda: 0)
    (told,) = safety.notices(replace(settings, public_url="https://office.lan"), host="192.168.1.20")
    assert "root" in told
    (*_, told) = safety.notices(replace(settings, second_factor_roles="", without_second_factor=WRITTEN))
    assert WRITTEN in told


def test_an_unsafe_start_opens_no_database(tmp_path: Path) -> None:
    settings = replace(settings_for(tmp_path / "data"), second_factor_roles="")
    with pytest.raises(SettingsError):
        keeping.look_before_start(settings)
    assert not (tmp_path / "data").exists()
