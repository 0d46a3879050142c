"""What an operator does for the account and sees of it: `infoshop matrix setup`, `status` and `verify`."""

import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from bot.errors import SettingsError
from bot.platforms.matrix.account import Account
from bot.platforms.matrix.server import Json
from bot.platforms.matrix.setup import grouped, instructions, look_up, set_up
from tests.cli.shop import Shop
from tests.homeserver.fixtures import Arrive
from tests.homeserver.people import Person
from tests.homeserver.proxy import Answer, Proxy
from tests.homeserver.synapse import ROOT, Credentials, Synapse
from tests.platforms.parrot import Parrot, Register, echo, meet


async def test_setting_up_is_all_it_takes(arrive: Arrive, register: Register) -> None:
    """And may be done again, which changes nothing."""
    alice = await arrive("alice", strict=True)
    account = await register()
    report = await set_up(account)
    assert (report.in_order, report.advice, report.user_id) == (True, "", account.user_id)
    assert await set_up(account) == report
    async with Parrot(account, signed=False) as parrot:
        assert parrot.client.device_id == report.device_id
        await echo(alice, await meet(alice, parrot, encrypted=True), "trusted")


async def test_status_is_seen_while_the_bot_runs(arrive: Arrive, register: Register) -> None:
    alice = await arrive("alice")
    account = await register()
    async with Parrot(account) as parrot:
        await echo(alice, await meet(alice, parrot), "one room")
        report = await look_up(account)
        shown = dict(report.rows)
        assert report.in_order
        assert report.rooms == 1
        assert shown["its key"] == grouped(parrot.client.keys.ed25519)
        assert shown["identity"].endswith("(ours)")
        assert shown["heard"].endswith("seconds ago")


async def test_a_homeserver_that_shows_another_key_is_contradicted(register: Register, proxy: Proxy) -> None:
    """What is to be compared is ours, whatever everybody else is told, also while the bot runs."""
    account = await register(proxy.url)
    report = await set_up(account)
    async with Parrot(account, signed=False) as parrot:
        body: Json = {"device_keys": {account.user_id: []}}
        told = await parrot.client.call("POST", "keys", "query", body=body)
        keys = told["device_keys"][account.user_id][report.device_id]["keys"]
        own = keys[f"ed25519:{report.device_id}"]
        keys[f"ed25519:{report.device_id}"] = "A" * 43
        proxy.fail(Answer(200, json.dumps(told)), "POST", "/keys/query")
        swapped = await look_up(account)
    assert not swapped.in_order
    assert dict(swapped.rows)["its key"].startswith(grouped(own))
    assert grouped("A" * 43) in dict(swapped.rows)["its key"]
    assert "other keys" in swapped.advice
    text = instructions(swapped)
    assert f"/verify {account.user_id} {report.device_id} {own}" in text
    assert "other keys" in text
    assert "AAAA" not in text


async def test_nothing_to_see_before_the_first_login(register: Register) -> None:
    with pytest.raises(SettingsError, match="infoshop matrix setup"):
        await look_up(await register())


async def test_what_to_do_where_nothing_vouches_for_the_device(register: Register) -> None:
    account = await register()
    async with Parrot(account, signed=False):
        pass
    report = await look_up(account)
    assert not report.in_order
    assert "infoshop matrix setup" in report.advice
    assert dict(report.rows)["heard"] == "never" or "seconds" in dict(report.rows)["heard"]


async def test_what_to_do_where_somebody_else_holds_the_identity(
    register: Register, synapse: Synapse
) -> None:
    """To go by the instructions is possible: they have all that is to be typed."""
    account = await register()
    async with await Person.login(synapse.url, Credentials(account.user_id, account.password)):
        report = await set_up(account)
    assert not report.in_order
    assert "infoshop matrix verify" in report.advice
    assert dict(report.rows)["identity"].endswith("(not held here)")
    text = instructions(report)
    assert f"/verify {account.user_id} {report.device_id} {report.standing.device}" in text
    assert grouped(report.standing.master) in text


def infoshop(account: Account, tmp_path: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command, with the password in a file."""
    (secret := tmp_path / "password").write_text(account.password)
    settings = {
        "INFOSHOP_MATRIX__HOMESERVER": account.homeserver,
        "INFOSHOP_MATRIX__USER_ID": account.user_id,
        "INFOSHOP_MATRIX__PASSWORD_FILE": str(secret),
        "INFOSHOP_MATRIX__STORE_PATH": str(account.store_path),
    }
    return Shop(tmp_path / "shop", tmp_path, settings).run(*arguments)


async def test_the_commands(register: Register, tmp_path: Path) -> None:
    account = await register()
    unknown = infoshop(account, tmp_path, "matrix", "status")
    assert unknown.returncode == SettingsError.exit_code
    assert "infoshop matrix setup" in unknown.stderr

    done = infoshop(account, tmp_path, "matrix", "setup")
    assert done.returncode == 0, done.stderr
    assert account.user_id in done.stdout
    assert infoshop(account, tmp_path, "matrix", "status").returncode == 0
    verify = infoshop(account, tmp_path, "matrix", "verify")
    assert f"/verify {account.user_id} " in verify.stdout
    for each in (unknown, done, verify):
        assert account.password not in each.stdout + each.stderr


async def test_the_commands_where_things_are_not_in_order(
    register: Register, synapse: Synapse, tmp_path: Path
) -> None:
    account = await register()
    async with await Person.login(synapse.url, Credentials(account.user_id, account.password)):
        done = infoshop(account, tmp_path, "matrix", "setup")
    assert done.returncode == 1
    assert "infoshop matrix verify" in done.stderr
    gone = infoshop(
        Account("http://127.0.0.1:1", tmp_path / "other", "@x:y.test", "x"), tmp_path, "matrix", "setup"
    )
    assert gone.returncode == 69
    assert "cannot be asked just now" in gone.stderr


@pytest.mark.parametrize("status", [200, 404])
async def test_another_web_server_is_no_homeserver(
    register: Register, proxy: Proxy, tmp_path: Path, status: int
) -> None:
    """As where the name of the homeserver was given instead of its address."""
    account = await register(proxy.url)
    proxy.fail(Answer(status, "<h1>Welcome</h1>", "text/html"), times=None)
    done = await asyncio.to_thread(infoshop, account, tmp_path, "matrix", "setup")
    assert done.returncode == 69
    assert "Is this the address of the homeserver itself?" in done.stderr


def test_cleaning_up_leaves_the_keys(tmp_path: Path) -> None:
    """`make clean` may be typed by habit; a device without its keys is deaf."""
    (keys := tmp_path / "var" / "matrix").mkdir(parents=True)
    (keys / "session.json").touch()
    (tmp_path / "var" / "infoshop.sqlite3").touch()
    (tmp_path / "venv").mkdir()
    for folder in ("var", "missing"):
        clean = ["make", "--silent", "clean", f"VENV={tmp_path / 'venv'}", f"DATA_DIR={tmp_path / folder}"]
        subprocess.run(clean, cwd=ROOT, check=True)  # noqa: S603 - our own Makefile
    assert [path.name for path in tmp_path.iterdir()] == ["var"]
    assert [path.relative_to(tmp_path / "var").as_posix() for path in (tmp_path / "var").rglob("*")] == [
        "matrix",
        "matrix/session.json",
    ]
