"""Logging in once, and finding the way back: device, token and keys stay together, or it is said."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import PlatformError, SettingsError
from bot.platforms.matrix import files
from bot.platforms.matrix.account import Account
from bot.platforms.matrix.journal import Journal
from bot.platforms.matrix.server import LoggedOutError, TransientError
from bot.platforms.matrix.session import connected
from tests.homeserver.fixtures import Arrive
from tests.homeserver.proxy import BAD_GATEWAY, Answer, Proxy, unknown_token
from tests.homeserver.synapse import Credentials, Synapse, password_login
from tests.homeserver.wire import CLIENT, Wire
from tests.platforms.parrot import Parrot, Register, echo, meet


async def device_of(account: Account, *, renew: bool = False) -> str:
    """The device that an account connects as."""
    async with connected(account, renew=renew) as client:
        assert client.user_id == account.user_id
        return client.device_id


async def token_of(account: Account) -> str:
    """The token of a new device, as an operator gets it elsewhere."""
    async with Wire(account.homeserver) as wire:
        login = password_login(Credentials(account.user_id, account.password))
        token: str = (await wire.call("POST", f"{CLIENT}/login", login))["access_token"]
        return token


async def test_the_first_login_makes_a_device_that_stays(register: Register) -> None:
    account = await register()
    device = await device_of(account)
    assert await device_of(account) == device
    assert await device_of(replace(account, password="")) == device  # the password is needed once


async def test_the_first_login_can_name_its_device(register: Register) -> None:
    account = replace(await register(), device_id="A/../ODD NAME")
    assert await device_of(account) == "A/../ODD NAME"
    assert {path.parent for path in account.store_path.rglob("*")} == {account.store_path}


async def test_nobody_else_can_read_the_keys(arrive: Arrive, register: Register) -> None:
    alice = await arrive("alice")
    account = await register()
    async with Parrot(account) as parrot:
        await echo(alice, await meet(alice, parrot), "so that there is something to keep")
    assert stat.S_IMODE(account.store_path.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in account.store_path.iterdir()}
    assert len(modes) == 5
    assert {name for name, mode in modes.items() if mode != 0o600} == {"lock"}


def test_what_is_written_survives_a_loss_of_power(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file, and that it has its name: the folder, after the name was given."""
    synced: list[tuple[bool, bool]] = []

    def sync(descriptor: int) -> None:
        folder = stat.S_ISDIR(os.fstat(descriptor).st_mode)
        synced.append((folder, (tmp_path / "kept.json").exists()))

    monkeypatch.setattr(os, "fsync", sync)
    files.write(tmp_path / "kept.json", {"a": 1})
    assert synced == [(False, False), (True, True)]


async def test_a_token_will_do(arrive: Arrive, register: Register) -> None:
    """It says who the bot is; nothing of it is written down."""
    alice = await arrive("alice")
    given = await register()
    account = Account(
        given.homeserver, given.store_path, access_token=await token_of(given), allow_invites_from=("*",)
    )
    async with Parrot(account) as parrot:
        room = await alice.create_room(encrypted=True, invite=[given.user_id])
        await alice.joined(room, given.user_id)
        await echo(alice, room, "with a token")
        assert parrot.client.user_id == given.user_id
    written = b"".join(path.read_bytes() for path in account.store_path.iterdir())
    assert account.access_token.encode() not in written


async def test_something_to_log_in_with_is_needed(register: Register) -> None:
    account = await register()
    for incomplete in (replace(account, user_id=""), replace(account, password="")):
        with pytest.raises(SettingsError, match="INFOSHOP_MATRIX__PASSWORD_FILE"):
            await device_of(incomplete)


async def test_a_homeserver_is_needed(register: Register) -> None:
    with pytest.raises(SettingsError, match="INFOSHOP_MATRIX__HOMESERVER"):
        await device_of(replace(await register(), homeserver=""))


async def test_a_wrong_password_is_said_to_be_wrong(register: Register) -> None:
    account = await register()
    wrong = account.password[::-1]
    with pytest.raises(SettingsError, match="password") as raised:
        await device_of(replace(account, password=wrong))
    assert wrong not in str(raised.value)


async def test_a_homeserver_without_passwords(register: Register, proxy: Proxy) -> None:
    proxy.fail(Answer(400, '{"errcode":"M_UNKNOWN","error":"No"}'), "POST", "/login")
    with pytest.raises(SettingsError, match="INFOSHOP_MATRIX__ACCESS_TOKEN_FILE"):
        await device_of(await register(proxy.url))


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "http://nowhere.invalid"])
async def test_a_homeserver_out_of_reach_may_come_back(register: Register, address: str) -> None:
    with pytest.raises(TransientError):
        await device_of(await register(address))


@pytest.mark.parametrize("address", ["nowhere", "ftp://nowhere.invalid", "http://"])
async def test_what_is_no_address_is_said_to_be_none(register: Register, address: str) -> None:
    with pytest.raises(SettingsError, match="address"):
        await device_of(await register(address))


async def test_what_does_not_fit_the_device_is_refused(register: Register) -> None:
    """Another account never; another device only when that is wanted."""
    account = await register()
    await device_of(account)
    with pytest.raises(SettingsError, match="INFOSHOP_MATRIX__USER_ID"):
        await device_of(replace(account, user_id="@other:shop.test"))
    with pytest.raises(SettingsError, match="INFOSHOP_MATRIX__DEVICE_ID"):
        await device_of(replace(account, device_id="OTHER"))
    assert await device_of(replace(account, device_id="OTHER"), renew=True) == "OTHER"


async def test_a_token_of_another_device_is_refused_until_it_is_wanted(register: Register) -> None:
    account = await register()
    first = await device_of(account)
    other = replace(account, access_token=await token_of(account))
    with pytest.raises(SettingsError, match="infoshop matrix setup"):
        await device_of(other)
    second = await device_of(other, renew=True)
    assert second != first
    assert await device_of(other) == second


async def test_lost_keys_are_noticed(register: Register) -> None:
    """With new ones in their place, the bot would be deaf: everybody encrypts for the old ones."""
    account = await register()
    await device_of(account)
    (keys,) = account.store_path.glob("encryption-*")
    whole = keys.read_bytes()
    keys.unlink()
    for _ in range(2):  # it does not go away by trying again
        with pytest.raises(PlatformError, match="were lost"):
            await device_of(account)
    keys.write_bytes(whole)
    await device_of(account)


async def test_a_token_that_another_program_uses_is_noticed(arrive: Arrive, register: Register) -> None:
    alice = await arrive("alice")
    given = await register()
    assert alice.wire.token
    account = Account(given.homeserver, given.store_path, access_token=alice.wire.token)
    with pytest.raises(PlatformError, match="belongs to another program"):
        await device_of(account)


async def test_damaged_keys_are_noticed(register: Register) -> None:
    account = await register()
    await device_of(account)
    (keys,) = account.store_path.glob("encryption-*")
    keys.write_bytes(b"not a database, whatever the name says" * 100)
    with pytest.raises(PlatformError, match="cannot be read"):
        await device_of(account)


@pytest.mark.parametrize("content", ["{", "[]", "\xff"])
async def test_a_damaged_session_is_noticed(register: Register, content: str) -> None:
    account = await register()
    await device_of(account)
    (account.store_path / "session.json").write_text(content, encoding="latin-1")
    with pytest.raises(PlatformError, match="session"):
        await device_of(account)


async def test_only_one_process_uses_the_keys(register: Register) -> None:
    account = await register()
    async with connected(account):
        with pytest.raises(PlatformError, match="Another Infoshop"):
            await device_of(account)
    await device_of(account)


async def test_after_a_soft_logout_the_same_device_logs_in_again(
    arrive: Arrive, register: Register, proxy: Proxy
) -> None:
    """Its keys are as good as before."""
    alice = await arrive("alice")
    account = await register(proxy.url)
    async with Parrot(account) as parrot:
        room = await meet(alice, parrot, encrypted=True)
        await echo(alice, room, "before")
        device = parrot.client.device_id
    proxy.fail(unknown_token(soft_logout=True), "GET", "/whoami")
    async with Parrot(account) as again:
        assert again.client.device_id == device
        await echo(alice, room, "after")


async def test_a_soft_logout_without_a_password_is_the_end(register: Register, proxy: Proxy) -> None:
    account = await register(proxy.url)
    await device_of(account)
    proxy.fail(unknown_token(soft_logout=True), "GET", "/whoami")
    with pytest.raises(LoggedOutError):
        await device_of(replace(account, password=""))


async def test_a_device_that_was_logged_out_is_replaced_when_that_is_wanted(
    arrive: Arrive, register: Register, synapse: Synapse
) -> None:
    """The bot's identity stays, so that a client that trusts signed devices only answers the new one, too."""
    alice = await arrive("alice", strict=True)
    account = await register()
    async with Parrot(account) as parrot:
        room = await meet(alice, parrot, encrypted=True)
        await echo(alice, room, "before")
        device = parrot.client.device_id
    await synapse.remove_device(account.user_id, device)
    with pytest.raises(LoggedOutError, match="infoshop matrix setup"):
        await device_of(account)
    assert await device_of(account, renew=True) != device
    async with Parrot(account):
        await echo(alice, room, "after")


async def test_a_closed_account_is_said_to_be_closed(register: Register, proxy: Proxy) -> None:
    account = await register(proxy.url)
    await device_of(account)
    proxy.fail(Answer(403, '{"errcode":"M_USER_DEACTIVATED","error":"Gone"}'), "GET", "/whoami")
    with pytest.raises(PlatformError, match="deactivated"):
        await device_of(account)


async def test_keys_that_the_homeserver_lost_are_published_again(
    arrive: Arrive, register: Register, proxy: Proxy
) -> None:
    """As when the bot was killed after the login and before it published them."""
    alice = await arrive("alice")
    account = await register(proxy.url)
    proxy.fail(BAD_GATEWAY, "POST", "/keys/upload")
    with pytest.raises(TransientError):
        await device_of(account)
    async with Parrot(account) as parrot:
        await echo(alice, await meet(alice, parrot, encrypted=True), "here I am")


# The journal: syncs with their events, of which some are settled before a crash, in whatever order.
Syncs = st.lists(st.lists(st.integers(0, 1_000_000), max_size=4, unique=True), max_size=6)


@given(syncs=Syncs, data=st.data())
def test_a_crash_loses_nothing_and_repeats_nothing(
    tmp_path_factory: pytest.TempPathFactory, syncs: list[list[int]], data: st.DataObject
) -> None:
    """What was not settled is after the token and not known; what was settled is before it, or known."""
    path = tmp_path_factory.mktemp("journal") / "journal.json"
    journal = Journal(path)
    events = {f"s{number}": [f"{number}.{each}" for each in sync] for number, sync in enumerate(syncs)}
    for token, pending in events.items():
        journal.open(token, pending)
    everything = [each for pending in events.values() for each in pending]
    settled = data.draw(st.lists(st.sampled_from(everything), unique=True)) if everything else []
    for each in settled:
        journal.settle(each)

    after = Journal(path)
    tokens = list(events)
    done = tokens.index(after.token) + 1 if after.token else 0
    told_again = [each for token in tokens[done:] for each in events[token]]
    assert {each for each in everything if each not in told_again} <= set(settled)
    assert {each for each in told_again if after.is_answered(each)} == set(settled) & set(told_again)


def test_a_room_has_one_hint_a_day(tmp_path: Path) -> None:
    """Also over a restart; of the days before nothing is kept."""
    journal = Journal(tmp_path / "journal.json")
    assert journal.hint("!a", "2026-01-01")
    assert not journal.hint("!a", "2026-01-01")
    assert journal.hint("!b", "2026-01-01")
    again = Journal(tmp_path / "journal.json")
    assert not again.hint("!a", "2026-01-01")
    assert again.hint("!a", "2026-01-02")
    assert "2026-01-01" not in (tmp_path / "journal.json").read_text()


def test_a_journal_that_cannot_be_read_is_begun_anew(tmp_path: Path) -> None:
    for content in ("{", "[]", '{"left": [], "hints": 3, "answered": null}'):
        (tmp_path / "journal.json").write_text(content)
        assert Journal(tmp_path / "journal.json").token == ""
