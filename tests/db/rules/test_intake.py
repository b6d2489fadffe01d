"""What may be registered, what may be attached, which texts may be kept, how often something may be asked."""

import io
import zipfile
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.rules.files import LONGEST_NAME, label_of, why_not_file
from db.rules.intake import Intake, Party, check_intake, emergency_in
from db.rules.limits import Limit, Limits, LimitUnit
from db.rules.problems import Problems
from db.rules.rates import Buckets
from db.rules.text import cleaned, is_fit, is_fit_line
from tests.factories import NOW

LIMITS = Limits(
    1,
    "test",
    date(2022, 5, 1),
    {
        "representatives_most": Limit("representatives_most", 5, LimitUnit.COUNT, "Art. 20"),
        "collective_from": Limit("collective_from", 5, LimitUnit.COUNT, "practice"),
    },
)
GOOD: dict[str, object] = {
    "subject": "夜间施工",
    "text": "每晚打桩",
    "category": "construction",
    "parties": (Party("李小明", "15400000001"),),
}


def wrong_fields(**changes: object) -> set[str]:
    """The fields that are wrong about a good matter with these changes."""
    try:
        check_intake(Intake(**(GOOD | changes)), LIMITS, frozenset({"construction"}), NOW)  # type: ignore[arg-type]
    except Problems as problems:
        return {problem.field for problem in problems.problems}
    return set()


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({}, set()),
        ({"subject": " "}, {"subject"}),
        ({"text": ""}, {"text"}),
        ({"category": "gone"}, {"category"}),
        ({"channel": "owl"}, {"channel"}),
        ({"parties": (Party("", ""),)}, {"name_0", "contact_0"}),
        ({"parties": (), "anonymous": True}, set()),
        ({"parties": (Party("a", "b"),) * 6, "head_count": 9}, {"parties"}),
        ({"parties": (Party("a", "b"),) * 5, "head_count": 9}, set()),
        ({"parties": (Party("a", "b"),) * 2}, {"head_count"}),
        ({"head_count": 0}, {"head_count"}),
        ({"head_count": 10_000}, {"head_count"}),
        ({"child": True}, {"guardian_0"}),
        ({"child": True, "parties": (), "anonymous": True}, set()),
        ({"child": True, "parties": (Party("a", "b", guardian="c"),)}, set()),
        ({"procedure": "other"}, {"other_procedure"}),
        ({"kind": "accusation"}, {"taken_by_id"}),
        ({"kind": "accusation", "taken_by_id": 1, "outcome": "explained", "words": "w"}, {"outcome"}),
        ({"outcome": "explained"}, {"words"}),
        ({"outcome": "magic", "words": "w"}, {"outcome"}),
        ({"received_at": NOW + timedelta(minutes=1)}, {"received_at"}),
        ({"received_at": NOW}, set()),
        ({"subject": "x" * 201}, {"subject"}),
        ({"text": "x" * 20_001}, {"text"}),
        ({"text": "a\x00b"}, {"text"}),
        ({"text": "a\ud800b"}, {"text"}),
        ({"subject": "a\nb"}, {"subject"}),
        ({"text": "a\nb\tc"}, set()),
        ({"place": "a\u202eb"}, {"place"}),
        ({"parties": (Party("a\x1b[2J", "b"),)}, {"name_0"}),
    ],
)
def test_a_matter_is_checked(changes: dict[str, object], wrong: set[str]) -> None:
    assert wrong_fields(**changes) == wrong


@given(st.text(st.characters(), max_size=60))
def test_a_cleaned_text_may_be_kept(text: str) -> None:
    assert is_fit(cleaned(text))
    assert not is_fit(text) or cleaned(text) == text.replace("\r\n", "\n").replace("\r", "\n")
    assert is_fit(text) or not is_fit_line(text)


def test_emergency_words_are_found_in_any_width() -> None:
    words = {"110": ("打人",), "119": ("on fire",)}
    assert emergency_in("楼下着火，有人打人", words) == ["110"]
    assert emergency_in("The roof is ＯＮ ＦＩＲＥ", words) == ["119"]
    assert emergency_in("路灯不亮", words) == []


def office_file(main: str, **parts: bytes) -> bytes:
    """A small office file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr(main, "<x/>")
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/") + ".bin", content)
    return out.getvalue()


DOCX = office_file("word/document.xml")


@pytest.mark.parametrize(
    ("name", "content", "fine"),
    [
        ("a.pdf", b"%PDF-1.7\n...\n%%EOF\n", True),
        ("a.pdf", b"MZ\x90\x00", False),
        ("a.exe", b"MZ\x90\x00", False),
        ("a.html", b"<script>", False),
        ("a.svg", b"<svg onload=alert(1)>", False),
        ("a.heic", b"\x00\x00\x00\x18ftypheic", False),
        ("a.jpg", b"\x89PNG\r\n\x1a\n", False),
        ("a.txt", "现场情况".encode("gb18030"), True),
        ("a.txt", b"a\x00b", False),
        ("a.docx", DOCX, True),
        ("a.xlsx", DOCX, False),
        ("a.docx", b"PK\x03\x04 not a zip", False),
        ("a.docx", office_file("word/document.xml", word__vbaProject=b"x"), False),
        ("a.docx", office_file("word/document.xml", word__big=b"\0" * 5_000_000), False),
        ("a.wav", b"RIFF\x00\x00\x00\x00WAVEfmt ", True),
        ("a.mp3", b"ID3\x04", True),
        ("a.m4a", b"\x00\x00\x00\x18ftypM4A ", True),
        ("a.txt", b"", False),
        ("a.txt", b"x" * (1024 * 1024 + 1), False),
        ("noending", b"x", False),
    ],
)
def test_a_file_is_what_its_name_says(name: str, content: bytes, fine: bool) -> None:
    assert (why_not_file(name, content, 1) == "") is fine


@given(st.text(st.characters(), max_size=300))
def test_a_file_name_is_only_a_label(name: str) -> None:
    label = label_of(name)
    assert label
    assert len(label) <= max(LONGEST_NAME, 1)
    assert "/" not in label
    assert is_fit_line(label)


def test_a_bucket_empties_and_refills() -> None:
    buckets = Buckets(most=2, seconds=10)
    assert [buckets.take("a", 0), buckets.take("a", 0), buckets.take("a", 0)] == [True, True, False]
    assert buckets.empty("a", 0)
    assert buckets.take("b", 0)
    assert buckets.take("a", 5)
    assert not buckets.take("a", 5)


def test_a_bucket_forgets_the_oldest_name() -> None:
    buckets = Buckets(most=1, seconds=10, kept=2)
    for name in ("a", "b", "c"):
        assert buckets.take(name, 0)
    assert buckets.take("a", 0)
    assert not buckets.take("c", 0)
