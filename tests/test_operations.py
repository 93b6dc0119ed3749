"""The operations page, run: every command on it does on a village what the page says."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest
from click import Context
from typer.main import get_command
from typer.testing import CliRunner
from villages import Village

from pipelines.cli import app
from pipelines.errors import HarmError

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.strip().splitlines()]


def test_the_page_has_the_commands_of_a_year() -> None:
    said = {shlex.split(line)[1] for line in COMMANDS}
    assert said >= {"doctor", "build", "publish", "purge", "status", "health", "backup", "restore", "audit-log", "trace",
                    "rotate-key"}  # fmt: skip


def test_every_command_on_the_page_runs_in_its_order(
    village: Village, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, last in enumerate((31, 29, 31, 30, 31), start=1):
        rows = [f"m{number}-{row},2024-{number:02}-{1 + row:02},knife_crime,400500,300500" for row in range(9)]
        village.incidents(*rows, name=f"m{number}.csv", covers=(f"2024-{number:02}-01", f"2024-{number:02}-{last}"),
                          delivered_on=f"2024-{number + 1:02}-05")  # fmt: skip
    monkeypatch.setenv("SAFER_PLACES_DATA_DIR", str(village.data_dir))
    monkeypatch.setenv("SAFER_PLACES_KEY_FILE", str(tmp_path / "etc" / "rounding.key"))
    (tmp_path / "backup").mkdir()
    for line in COMMANDS:
        ours = line.replace("/srv/backup/", f"{tmp_path}/backup/").replace("/var/lib/", f"{tmp_path}/")
        program, *arguments = shlex.split(ours)
        assert program == "safer-places"
        done = CliRunner().invoke(app, arguments)
        # The village's figures are of 2024, and this machine may lack map files: those two say so and end with 1.
        expected = (0, 1) if arguments[0] in ("health", "doctor") else (0,)
        assert done.exit_code in expected, f"{line}: {done.output} {done.exception!r}"
        assert done.exception is None or isinstance(done.exception, SystemExit | HarmError)
    assert (tmp_path / "backup" / "today.zip").exists()
    assert (tmp_path / "safer-places-restored" / "snapshots" / "current").exists()


def test_every_command_and_option_named_in_its_text_exists() -> None:
    group = get_command(app)
    known = set(group.commands)  # type: ignore[attr-defined]
    options = {option for name in known for option in _options(group.commands[name])}  # type: ignore[attr-defined]
    for named in re.findall(r"`safer-places ([\w-]+)", PAGE):
        assert named in known, named
    for option in re.findall(r"`(--[a-z-]+)", PAGE):
        assert option in options, option


def _options(command: object) -> set[str]:
    subs = getattr(command, "commands", {})
    inside = {one for sub in subs.values() for one in _options(sub)}
    return inside | {text for one in command.get_params(Context(command)) for text in one.opts}  # type: ignore[attr-defined]


def test_every_file_the_page_names_is_there() -> None:
    for named in re.findall(r"deploy/[\w./-]+\w", PAGE):
        assert (ROOT / named).exists(), named
    recipes = (ROOT / "Makefile").read_text(encoding="utf-8")
    for recipe in re.findall(r"`make (\w+)`", PAGE):
        assert f"\n{recipe}:" in recipes


def test_backups_do_not_outlive_the_rows_in_them() -> None:
    unit = (ROOT / "deploy" / "systemd" / "safer-places-backup.service").read_text(encoding="utf-8")
    days = int(re.findall(r"-mtime \+(\d+) -delete", unit)[0])
    policy = tomllib.loads((ROOT / "data" / "policy.toml").read_text(encoding="utf-8"))
    assert days <= policy["retention"]["purge_after_days"]
    assert f"older than {days} days" in PAGE


def test_every_exit_code_it_explains_is_one_of_ours() -> None:
    from pipelines import backup, chain, errors, mishaps, trail

    kinds = [
        one for module in (errors, chain, trail, backup, mishaps) for one in vars(module).values() if isinstance(one, type)
    ]
    codes = {one.exit_code for one in kinds if issubclass(one, HarmError)}
    table = PAGE.split("## What to do when")[1]
    named = {int(code) for group in re.findall(r"\(([\d, ]+)\) \|", table) for code in group.split(",")}
    assert named
    assert named <= codes
