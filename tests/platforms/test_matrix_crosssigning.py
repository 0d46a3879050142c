"""The bot's identity: made once, kept, never put in the place of another, and believed by strict clients."""

import json
import stat
from dataclasses import replace

import pytest

from bot.errors import PlatformError
from bot.platforms.matrix.account import Account
from bot.platforms.matrix.crosssigning import SELF_SIGNING, Seeds, Standing, canonical, establish, look
from bot.platforms.matrix.server import Json
from bot.platforms.matrix.session import SEEDS, connected
from tests.homeserver.fixtures import Arrive
from tests.homeserver.people import Person
from tests.homeserver.proxy import Answer, Proxy
from tests.homeserver.synapse import Credentials, Synapse
from tests.homeserver.wire import CLIENT
from tests.platforms.parrot import Parrot, Register, echo, meet

ASK_FOR_PASSWORD = Answer(
    401, json.dumps({"session": "x", "flows": [{"stages": ["m.login.password"]}], "params": {}})
)
ASK_FOR_BROWSER = Answer(
    401,
    json.dumps(
        {
            "session": "x",
            "flows": [{"stages": ["m.oauth"]}],
            "params": {"m.oauth": {"url": "https://account.shop.test/reset"}},
        }
    ),
)


async def establish_for(account: Account) -> Standing:
    """Connect and see to the identity."""
    async with connected(account) as client:
        return await establish(client, account.store_path / SEEDS, account.password)


async def test_an_account_without_an_identity_gets_one(register: Register) -> None:
    account = await register()
    standing = await establish_for(account)
    assert (standing.ours, standing.signed) == (True, True)
    file = account.store_path / SEEDS
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    seeds = Seeds.read(file)
    assert seeds
    assert standing.self_signing == seeds.public(SELF_SIGNING)


async def test_it_is_made_once(register: Register, proxy: Proxy) -> None:
    account = await register(proxy.url)
    first = await establish_for(account)
    uploads = proxy.count("POST", "/device_signing/upload|/signatures/upload")
    assert uploads == 2
    assert await establish_for(account) == first
    assert proxy.count("POST", "/device_signing/upload|/signatures/upload") == uploads


@pytest.mark.parametrize("path", ["/device_signing/upload", "/signatures/upload"])
async def test_killed_between_its_steps_it_is_finished_later(
    register: Register, proxy: Proxy, path: str
) -> None:
    """The seeds are written first: an identity whose seeds are lost could never sign a device again."""
    account = await register(proxy.url)
    proxy.fail(Answer(400, "{}"), "POST", path)
    with pytest.raises(Exception, match="400"):
        await establish_for(account)
    kept = (account.store_path / SEEDS).read_bytes()
    standing = await establish_for(account)
    assert (standing.ours, standing.signed) == (True, True)
    assert (account.store_path / SEEDS).read_bytes() == kept


async def test_clients_that_trust_signed_devices_only_believe_it(arrive: Arrive, register: Register) -> None:
    """And not a device that is not signed: the test can fail."""
    bob = await arrive("bob", strict=True)
    account = await register()
    async with Parrot(account, signed=False) as unsigned:
        room = await meet(bob, unsigned, encrypted=True)
        await bob.say(room, "who are you?")
        withheld = [device for device in await bob.encryption._query([account.user_id]) if device.signed]
        assert withheld == []
    async with Parrot(account):
        await echo(bob, room, "now I know")


async def test_an_unknown_identity_is_never_replaced(register: Register, synapse: Synapse) -> None:
    account = await register()
    async with await Person.login(synapse.url, Credentials(account.user_id, account.password)) as person:
        assert person.identity
        before = await _identity(person)
        standing = await establish_for(account)
        assert (standing.ours, standing.signed) == (False, False)
        assert standing.master
        assert await _identity(person) == before
    assert not (account.store_path / SEEDS).exists()


async def test_a_device_signed_by_the_operator_is_as_good(
    arrive: Arrive, register: Register, synapse: Synapse
) -> None:
    """Whoever holds the identity can vouch for the bot's device with another client."""
    alice = await arrive("alice", strict=True)
    account = await register()
    credentials = Credentials(account.user_id, account.password)
    async with await Person.login(synapse.url, credentials) as operator, Parrot(account) as parrot:
        assert operator.identity
        told = await operator.wire.call(
            "POST", f"{CLIENT}/keys/query", {"device_keys": {account.user_id: []}}
        )
        device = told["device_keys"][account.user_id][parrot.client.device_id]
        signed = {account.user_id: {parrot.client.device_id: operator.identity.sign_device(device)}}
        await operator.wire.call("POST", f"{CLIENT}/keys/signatures/upload", signed)
        standing = await look(parrot.client.server, account.user_id, parrot.client.device_id, None)
        assert (standing.ours, standing.signed) == (False, True)
        await echo(alice, await meet(alice, parrot, encrypted=True), "vouched for")


@pytest.mark.parametrize("name", ["ed25519", "curve25519"])
async def test_other_keys_than_ours_are_not_vouched_for(register: Register, proxy: Proxy, name: str) -> None:
    """A homeserver that shows its own in their place would read along with everybody's trust."""
    account = await register(proxy.url)
    async with connected(account) as client:
        query: Json = {"device_keys": {client.user_id: []}}
        told = await client.call("POST", "keys", "query", body=query)
        keys = told["device_keys"][client.user_id][client.device_id]["keys"]
        keys[f"{name}:{client.device_id}"] = "A" * 43
        proxy.fail(Answer(200, json.dumps(told)), "POST", "/keys/query")
        with pytest.raises(PlatformError, match="other keys"):
            await establish(client, account.store_path / SEEDS, account.password)
        assert proxy.count("POST", "/signatures/upload") == 0
        assert (await establish(client, account.store_path / SEEDS, account.password)).signed


async def test_lost_seeds_replace_nothing(register: Register) -> None:
    account = await register()
    first = await establish_for(account)
    (account.store_path / SEEDS).unlink()
    standing = await establish_for(account)
    assert (standing.master, standing.ours, standing.signed) == (first.master, False, True)
    assert not (account.store_path / SEEDS).exists()


async def test_the_homeserver_may_ask_for_the_password(register: Register, proxy: Proxy) -> None:
    account = await register(proxy.url)
    asked = proxy.fail(ASK_FOR_PASSWORD, "POST", "/device_signing/upload")
    assert (await establish_for(account)).signed
    assert asked.hits == 1


@pytest.mark.parametrize(
    ("fault", "password", "said"),
    [
        (ASK_FOR_PASSWORD, False, "INFOSHOP_MATRIX__PASSWORD_FILE"),
        (ASK_FOR_BROWSER, True, "https://account.shop.test/reset"),
        (Answer(401, '{"flows": [7, {"stages": 3}, {}], "params": []}'), True, "browser"),
    ],
    ids=["no password", "browser", "nonsense"],
)
async def test_what_the_bot_cannot_give_is_asked_of_the_operator(
    register: Register, proxy: Proxy, fault: Answer, *, password: bool, said: str
) -> None:
    account = await register(proxy.url)
    async with connected(account):
        pass
    proxy.fail(fault, "POST", "/device_signing/upload")
    with pytest.raises(PlatformError, match=said):
        await establish_for(account if password else replace(account, password=""))


async def test_a_wrong_password_is_said_to_be_wrong(register: Register, proxy: Proxy) -> None:
    account = await register(proxy.url)
    proxy.fail(ASK_FOR_PASSWORD, "POST", "/device_signing/upload", times=2)
    with pytest.raises(PlatformError, match="does not accept the password"):
        await establish_for(account)


@pytest.mark.parametrize("content", ["{", "{}", '{"master": "!", "self_signing": 1, "user_signing": null}'])
async def test_damaged_seeds_are_noticed(register: Register, content: str) -> None:
    """And left as they are: there may be a way to repair them."""
    account = await register()
    await establish_for(account)
    (account.store_path / SEEDS).write_text(content)
    with pytest.raises(PlatformError, match="cross-signing"):
        await establish_for(account)
    assert (account.store_path / SEEDS).read_text() == content


def test_json_is_signed_in_its_canonical_form() -> None:
    """The specification's own examples, and that signatures do not sign themselves."""
    assert canonical({"one": 1, "two": "Two"}) == b'{"one":1,"two":"Two"}'
    assert canonical({"b": "2", "a": "1"}) == b'{"a":"1","b":"2"}'
    assert canonical({"a": "日本語"}) == '{"a":"日本語"}'.encode()
    assert canonical({"a": None, "signatures": {"x": 1}, "unsigned": {}}) == b'{"a":null}'


async def _identity(person: Person) -> object:
    told = await person.wire.call("POST", f"{CLIENT}/keys/query", {"device_keys": {person.user_id: []}})
    return told["master_keys"], told["self_signing_keys"]
