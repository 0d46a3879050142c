"""A bot that answers every `/summary` with the same words: as little as discord.py can do.

Environment: the token, the addresses of REST and gateway, as BENCH_TOKEN, BENCH_API, BENCH_GATEWAY.
"""

import asyncio
import os

import discord
import yarl
from discord import app_commands

discord.http.Route.BASE = os.environ["BENCH_API"]
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["BENCH_GATEWAY"])
ANSWER = "Liberal and radical feminists promote end demand, the Nordic model, as partial decriminalisation."

client = discord.AutoShardedClient(intents=discord.Intents(guilds=True))
tree = app_commands.CommandTree(client)


@tree.command()
async def summary(interaction: discord.Interaction, topic: str) -> None:
    """Say what is always said."""
    del topic
    await interaction.response.send_message(ANSWER, ephemeral=True)


@client.event
async def setup_hook() -> None:
    """Register the one command."""
    await tree.sync()


if __name__ == "__main__":
    asyncio.run(client.start(os.environ["BENCH_TOKEN"]))
