"""The rules of the house that a machine can hold."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

ROOT = Path(__file__).resolve().parents[1]
HOUSES = ("geo", "pipelines", "dashboard")
MODULES = sorted(path for house in HOUSES for path in (ROOT / house).rglob("*.py"))
SQL_FILES = sorted((ROOT / "pipelines").rglob("*.sql"))
LONGEST_MODULE, LONGEST_FUNCTION, LONGEST_VIEW = 300, 45, 120


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_every_house_depends_only_on_what_it_may() -> None:
    found = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_rooms_are_small_and_say_what_they_are_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "a module says in one line what it is for"
    most = LONGEST_VIEW if "views" in path.parts else LONGEST_MODULE
    assert len(text.splitlines()) <= most
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            about = len((ast.get_docstring(node) or "").splitlines())
            assert lines - about <= LONGEST_FUNCTION, node.name


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_public_functions_and_classes_say_what_they_do(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    public = [
        node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
    ]
    settings_tables = {
        "Rounding",
        "Counting",
        "Intake",
        "Places",
        "Freshness",
        "Retention",
        "HarmGroup",
        "Released",
        "Extent",
        "City",
        "Locality",
        "Roles",
    }
    silent = [node.name for node in public if not ast.get_docstring(node) and node.name not in settings_tables]
    plain = {"quoted", "literal", "sql_type", "main"}
    assert not set(silent) - plain


@pytest.mark.parametrize("path", SQL_FILES, ids=name_of)
def test_a_sql_file_says_its_grain_and_reads_what_it_says(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.search(r"^-- grain: .+", text, re.MULTILINE), "say what one row is"
    said = re.search(r"^-- reads: (.+)$", text, re.MULTILINE)
    assert said, "say which tables it reads"
    written = {name.strip() for name in said[1].split(",")} - {"nothing"}
    assert _tables_read(text) == written


def _tables_read(text: str) -> set[str]:
    """The tables a file reads: every table named, but for its own CTEs and what it creates or fills."""
    read: set[str] = set()
    for statement in sqlglot.parse(text, dialect="duckdb"):
        if statement is None:
            continue
        made = {cte.alias for cte in statement.find_all(exp.CTE)}
        target = statement.this if isinstance(statement, exp.Create | exp.Insert) else None
        own = {
            table.name
            for table in ([target] if isinstance(target, exp.Table) else target.find_all(exp.Table) if target else [])
        }
        named = {table.name for table in statement.find_all(exp.Table) if table.name}
        read |= named - made - own
        if any(isinstance(call, exp.Anonymous) and call.name == "duckdb_columns" for call in statement.walk()):
            read.add("duckdb_columns")
    return read


@pytest.mark.parametrize("path", SQL_FILES, ids=name_of)
def test_no_sql_file_takes_every_column_of_a_table_it_releases(path: Path) -> None:
    if "gate" in path.parts:
        assert not re.search(r"SELECT\s+\*", path.read_text(encoding="utf-8"))


def test_no_test_folder_hides_a_house() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_no_part_of_the_dashboard_hides_a_house() -> None:
    names = {path.stem for path in (ROOT / "dashboard").iterdir()}
    assert not names & {"geo", "pipelines", "data", "tests", "dashboard", "pages"}


def test_every_package_is_installed_and_every_sql_file_travels_with_it() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for house in HOUSES:
        for folder in {path.parent for path in (ROOT / house).rglob("*.py")}:
            assert f'"{".".join(folder.relative_to(ROOT).parts)}"' in text
    assert "**/sql/*.sql" in text


FORBIDDEN_NAMES = re.compile(r"\b(df|utils|helpers|offender|hotspot person|risk score)\b")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_words_the_house_does_not_use_are_not_used(path: Path) -> None:
    found = [word for word in FORBIDDEN_NAMES.findall(path.read_text(encoding="utf-8")) if word != "df"]
    names = {node.id for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Name)}
    assert not found
    assert not names & {"df", "utils", "helpers", "score"}


def test_nothing_about_a_real_partnership_is_in_code() -> None:
    places = re.compile(r"\b(Bristol|Avon|Somerset|East Central|east_central)\b")
    named = [
        name_of(path) for path in MODULES if "demo" not in path.parts and places.search(path.read_text(encoding="utf-8"))
    ]
    assert named == []


def test_the_lock_pins_by_hash_and_names_no_address() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert text.count("--hash=sha256:") > 500
    assert "://" not in text
    pinned = re.findall(r"^([a-z0-9._-]+)==", text, re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = project["dependencies"] + project["optional-dependencies"]["dev"]
    assert {re.split("[><=]", name)[0] for name in declared} <= set(pinned)
