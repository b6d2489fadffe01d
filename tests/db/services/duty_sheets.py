"""Sheets of people and leave as an office would hand them in."""

import io
from typing import Any

import openpyxl

HEAD = ["姓名", "账号", "电话", "角色", "技能", "岗位", "班组", "单位", "工作比例", "后备"]
HEAD += ["到岗日期", "离岗日期", "不在岗类别", "请假开始", "请假结束", "请假原因"]


def sheet(*rows: dict[str, Any], head: list[str] | None = None, above: tuple[str, ...] = ()) -> bytes:
    """A workbook with these rows below their header."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    names = head or HEAD
    for line in (*([one] for one in above), names, *([row.get(name) for name in names] for row in rows)):
        page.append(line)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
