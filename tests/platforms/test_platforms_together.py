"""Discord and Matrix in one process: what one of them lacks, the other does not notice."""

import os
from pathlib import Path

from bot.platforms.matrix.account import Account
from tests.cli.shop import Shop
from tests.homeserver.fixtures import Arrive
from tests.platforms.conftest import Register
from tests.platforms.on_discord import Room, copy, infoshop, run
from tests.platforms.on_discord import register as registered
from tests.standin.server import Standin

NOWHERE = "http://127.0.0.1:9"  # the port of the discard service, where nobody listens


async def test_both_answer(filled: Shop, tmp_path: Path, arrive: Arrive, register: Register) -> None:
    """The same shelf, started once, on both; and one signal ends both in order."""
    alice, account = await arrive("alice"), await register()
    async with Standin() as discord:
        await registered(discord)
        here = Room.of(discord)
        ana = here.person()
        bot = await run(copy(filled, tmp_path / "shop"), discord, env=matrix(account))
        await bot.logged("connected", platform="matrix")
        room = await alice.create_room(invite=[account.user_id])
        await alice.joined(room, account.user_id)
        said = await alice.answer_to(await alice.say(room, "!find night raids"))
        shown = await ana.slash(here.channel, "find", words="night raids")
        assert "Raids at night" in said.body
        assert "Raids at night" in shown.message.text
        assert await bot.stop() == os.EX_OK


async def test_discord_answers_while_matrix_is_out_of_reach(filled: Shop, tmp_path: Path) -> None:
    """The homeserver is asked again and again, with pauses, and nobody on Discord waits for it."""
    async with Standin() as discord:
        await registered(discord)
        room = Room.of(discord)
        ana = room.person()
        there = {"HOMESERVER": NOWHERE, "USER_ID": "@infoshop:example.org", "PASSWORD": "secret"}
        env = {f"INFOSHOP_MATRIX__{name}": value for name, value in there.items()}
        bot = await run(copy(filled, tmp_path / "shop"), discord, env=env)
        await bot.logged("homeserver in trouble", platform="matrix")
        assert (await ana.slash(room.channel, "find", words="night raids")).message.ephemeral
        assert await bot.stop() == os.EX_OK


async def test_matrix_answers_while_discord_refuses_the_token(
    filled: Shop, tmp_path: Path, arrive: Arrive, register: Register
) -> None:
    """What only an operator can mend ends that platform, and says why; the process lives for the other."""
    alice, account = await arrive("alice"), await register()
    async with Standin() as discord:
        await discord.revoke_token()
        bot = await infoshop(copy(filled, tmp_path / "shop"), discord, "run", env=matrix(account))
        left = await bot.logged("platform left", platform="discord")
        assert "token" in left["problem"]
        await bot.logged("connected", platform="matrix")
        room = await alice.create_room(invite=[account.user_id])
        await alice.joined(room, account.user_id)
        assert "Raids at night" in (await alice.answer_to(await alice.say(room, "!find night raids"))).body
        assert await bot.stop() == os.EX_OK


def matrix(account: Account) -> dict[str, str]:
    """An account as an operator gives it in the environment."""
    return {
        "INFOSHOP_MATRIX__HOMESERVER": account.homeserver,
        "INFOSHOP_MATRIX__USER_ID": account.user_id,
        "INFOSHOP_MATRIX__PASSWORD": account.password,
        "INFOSHOP_MATRIX__ALLOW_INVITES_FROM": "*",
    }
