"""Duties, who serves in them, rotas and what happens to them."""

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_table(
        "duty",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("responsible", sa.Boolean(), nullable=False),
        sa.Column("least_rest", sa.Integer(), nullable=False),
        sa.Column("most_days_running", sa.Integer(), nullable=True),
        sa.Column("most_nights_running", sa.Integer(), nullable=True),
        sa.Column("window_days", sa.Integer(), nullable=True),
        sa.Column("window_most", sa.Integer(), nullable=True),
        sa.Column("most_weekends", sa.Integer(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_duty_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
        sa.UniqueConstraint("name", name=op.f("uq_duty_name")),
    )
    op.create_index(op.f("ix_duty_unit_id"), "duty", ["unit_id"], unique=False)

    op.create_table(
        "duty_member",
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("roles", sa.String(), nullable=False),
        sa.Column("skills", sa.String(), nullable=False),
        sa.Column("posts", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("reserve", sa.Boolean(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("begin_total", sa.Integer(), nullable=False),
        sa.Column("begin_nights", sa.Integer(), nullable=False),
        sa.Column("begin_weekends", sa.Integer(), nullable=False),
        sa.Column("begin_festivals", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_duty_member_duty_id_duty")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_duty_member_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_member")),
        sa.UniqueConstraint("duty_id", "name", name=op.f("uq_duty_member_duty_id_name")),
    )
    op.create_index("ix_duty_member_person_id", "duty_member", ["person_id"], unique=False)

    op.create_table(
        "duty_period",
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reserves", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_duty_period_duty_id_duty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_period")),
    )
    op.create_index(op.f("ix_duty_period_duty_id"), "duty_period", ["duty_id"], unique=False)

    op.create_table(
        "duty_post",
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_duty_post_duty_id_duty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_post")),
        sa.UniqueConstraint("duty_id", "name", name=op.f("uq_duty_post_duty_id_name")),
    )
    op.create_table(
        "duty_shift",
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("rest_after", sa.Integer(), nullable=False),
        sa.Column("night", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_duty_shift_duty_id_duty")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_shift")),
        sa.UniqueConstraint("duty_id", "name", name=op.f("uq_duty_shift_duty_id_name")),
    )
    op.create_table(
        "rota",
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_rota_duty_id_duty")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_rota_made_by_id_person")),
        sa.ForeignKeyConstraint(["published_by_id"], ["person.id"], name=op.f("fk_rota_published_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota")),
        sa.UniqueConstraint("duty_id", "number", name=op.f("uq_rota_duty_id_number")),
    )
    op.create_index("ix_rota_duty_id_from_on", "rota", ["duty_id", "from_on"], unique=False)

    op.create_table(
        "duty_absence",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=True),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["duty_member.id"], name=op.f("fk_duty_absence_member_id_duty_member")),
        sa.ForeignKeyConstraint(["shift_id"], ["duty_shift.id"], name=op.f("fk_duty_absence_shift_id_duty_shift")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_absence")),
    )
    op.create_index("ix_duty_absence_member_id_from_on", "duty_absence", ["member_id", "from_on"], unique=False)

    op.create_table(
        "duty_handover",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_by_id", sa.Integer(), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["duty_post.id"], name=op.f("fk_duty_handover_post_id_duty_post")),
        sa.ForeignKeyConstraint(["read_by_id"], ["person.id"], name=op.f("fk_duty_handover_read_by_id_person")),
        sa.ForeignKeyConstraint(["shift_id"], ["duty_shift.id"], name=op.f("fk_duty_handover_shift_id_duty_shift")),
        sa.ForeignKeyConstraint(["written_by_id"], ["person.id"], name=op.f("fk_duty_handover_written_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_handover")),
    )
    op.create_index("ix_duty_handover_post_id_written_at", "duty_handover", ["post_id", "written_at"], unique=False)

    op.create_table(
        "duty_need",
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("days", sa.String(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=True),
        sa.Column("on_holiday", sa.String(), nullable=False),
        sa.Column("skill", sa.String(), nullable=False),
        sa.Column("skill_least", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=True),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_duty_need_duty_id_duty")),
        sa.ForeignKeyConstraint(["period_id"], ["duty_period.id"], name=op.f("fk_duty_need_period_id_duty_period")),
        sa.ForeignKeyConstraint(["post_id"], ["duty_post.id"], name=op.f("fk_duty_need_post_id_duty_post")),
        sa.ForeignKeyConstraint(["shift_id"], ["duty_shift.id"], name=op.f("fk_duty_need_shift_id_duty_shift")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_need")),
    )
    op.create_index(op.f("ix_duty_need_duty_id"), "duty_need", ["duty_id"], unique=False)

    op.create_table(
        "duty_pair",
        sa.Column("duty_id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["duty_id"], ["duty.id"], name=op.f("fk_duty_pair_duty_id_duty")),
        sa.ForeignKeyConstraint(["first_id"], ["duty_member.id"], name=op.f("fk_duty_pair_first_id_duty_member")),
        sa.ForeignKeyConstraint(["second_id"], ["duty_member.id"], name=op.f("fk_duty_pair_second_id_duty_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_pair")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_duty_pair_first_id_second_id")),
    )
    op.create_index(op.f("ix_duty_pair_duty_id"), "duty_pair", ["duty_id"], unique=False)

    op.create_table(
        "rota_place",
        sa.Column("rota_id", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_id", sa.Integer(), nullable=True),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("fixed", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["duty_member.id"], name=op.f("fk_rota_place_member_id_duty_member")),
        sa.ForeignKeyConstraint(["post_id"], ["duty_post.id"], name=op.f("fk_rota_place_post_id_duty_post")),
        sa.ForeignKeyConstraint(
            ["published_id"], ["duty_member.id"], name=op.f("fk_rota_place_published_id_duty_member")
        ),
        sa.ForeignKeyConstraint(["rota_id"], ["rota.id"], name=op.f("fk_rota_place_rota_id_rota")),
        sa.ForeignKeyConstraint(["shift_id"], ["duty_shift.id"], name=op.f("fk_rota_place_shift_id_duty_shift")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_place")),
        sa.UniqueConstraint(
            "rota_id",
            "on_day",
            "post_id",
            "shift_id",
            "role",
            "place",
            name=op.f("uq_rota_place_rota_id_on_day_post_id_shift_id_role_place"),
        ),
    )
    op.create_index(op.f("ix_rota_place_begins_at"), "rota_place", ["begins_at"], unique=False)
    op.create_index("ix_rota_place_member_id_on_day", "rota_place", ["member_id", "on_day"], unique=False)
    op.create_index("ix_rota_place_on_day", "rota_place", ["on_day"], unique=False)

    op.create_table(
        "rota_search",
        sa.Column("rota_id", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("stop_asked", sa.Boolean(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_rota_search_asked_by_id_person")),
        sa.ForeignKeyConstraint(["rota_id"], ["rota.id"], name=op.f("fk_rota_search_rota_id_rota")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_search")),
        info={"journal": "a search is nobody's record; the rota taken from it is journalled"},
    )
    op.create_index(
        "uq_rota_search_running",
        "rota_search",
        ["rota_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    op.create_table(
        "duty_attendance",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uniform", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["duty_member.id"], name=op.f("fk_duty_attendance_member_id_duty_member")
        ),
        sa.ForeignKeyConstraint(["place_id"], ["rota_place.id"], name=op.f("fk_duty_attendance_place_id_rota_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_attendance")),
        sa.UniqueConstraint("place_id", "member_id", name=op.f("uq_duty_attendance_place_id_member_id")),
    )
    op.create_table(
        "duty_swap",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("taker_id", sa.Integer(), nullable=True),
        sa.Column("return_place_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["duty_member.id"], name=op.f("fk_duty_swap_asked_by_id_duty_member")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_duty_swap_decided_by_id_person")),
        sa.ForeignKeyConstraint(["place_id"], ["rota_place.id"], name=op.f("fk_duty_swap_place_id_rota_place")),
        sa.ForeignKeyConstraint(
            ["return_place_id"], ["rota_place.id"], name=op.f("fk_duty_swap_return_place_id_rota_place")
        ),
        sa.ForeignKeyConstraint(["taker_id"], ["duty_member.id"], name=op.f("fk_duty_swap_taker_id_duty_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_swap")),
    )
    op.create_index(op.f("ix_duty_swap_place_id"), "duty_swap", ["place_id"], unique=False)
    op.create_index("ix_duty_swap_state", "duty_swap", ["state"], unique=False)

    op.create_table(
        "rota_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rota_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("was_id", sa.Integer(), nullable=True),
        sa.Column("becomes_id", sa.Integer(), nullable=True),
        sa.Column("swap_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["becomes_id"], ["duty_member.id"], name=op.f("fk_rota_change_becomes_id_duty_member")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_rota_change_person_id_person")),
        sa.ForeignKeyConstraint(["place_id"], ["rota_place.id"], name=op.f("fk_rota_change_place_id_rota_place")),
        sa.ForeignKeyConstraint(["rota_id"], ["rota.id"], name=op.f("fk_rota_change_rota_id_rota")),
        sa.ForeignKeyConstraint(["swap_id"], ["duty_swap.id"], name=op.f("fk_rota_change_swap_id_duty_swap")),
        sa.ForeignKeyConstraint(["was_id"], ["duty_member.id"], name=op.f("fk_rota_change_was_id_duty_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rota_change")),
    )
    op.create_index("ix_rota_change_rota_id_id", "rota_change", ["rota_id", "id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("restore the backup taken before the upgrade instead")
