"""The SQL files: exactly the parameters they name, and headers that tell the truth."""

import re
from pathlib import Path

import duckdb
import pytest

from pipelines import sqlfiles
from pipelines.sqlfiles import run_sql, sql_text

FILES = sorted(sqlfiles.HERE.glob("*/sql/*.sql"))


def test_a_parameter_missing_or_surplus_is_refused_and_named() -> None:
    with duckdb.connect() as connection:
        with pytest.raises(TypeError, match=r"intake/periods.sql wants exactly \['as_at', 'first_day'\]; .*: first_day"):
            run_sql(connection, "intake/periods", as_at="2024-01-01")
        with pytest.raises(TypeError, match=r"missing or surplus: surname"):
            run_sql(connection, "intake/create_deliveries", surname="x")


def test_a_file_runs_with_exactly_what_it_names() -> None:
    with duckdb.connect() as connection:
        run_sql(connection, "intake/build_facts", as_at="2024-01-31", policy_sha256="p", partnership_sha256="q")
        assert connection.execute("SELECT policy_sha256, partnership_sha256 FROM build_facts").fetchall() == [("p", "q")]


def test_a_dollar_in_a_comment_is_no_parameter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "room" / "sql").mkdir(parents=True)
    (tmp_path / "room" / "sql" / "one.sql").write_text("-- costs $nothing\nSELECT $amount + 1", encoding="utf-8")
    monkeypatch.setattr(sqlfiles, "HERE", tmp_path)
    sql_text.cache_clear()
    with duckdb.connect() as connection:
        assert run_sql(connection, "room/one", amount=1).fetchall() == [(2,)]
    sql_text.cache_clear()


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_every_file_says_its_grain_and_what_it_reads(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    head = text[: re.search(r"^(?!--)", text, re.MULTILINE).start()]  # type: ignore[union-attr]
    assert re.search(r"^-- grain: one row", head, re.MULTILINE)
    assert re.search(r"^-- reads: \w", head, re.MULTILINE)
    assert "SELECT * FROM read_" not in text
