"""A bot that answers every `/summary` with the same message: as little as discord.py can do.

The message has the shape of ours: a card with text and buttons, and buttons below it.

Environment: the token, the addresses of REST and gateway, as BENCH_TOKEN, BENCH_API, BENCH_GATEWAY.
"""

import asyncio
import os

import discord
import yarl
from discord import app_commands, ui

discord.http.Route.BASE = os.environ["BENCH_API"]
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["BENCH_GATEWAY"])
SENTENCE = "Liberal and radical feminists promote end demand, the Nordic model, as a form of regulation. "
TEXT = SENTENCE * 14

client = discord.AutoShardedClient(intents=discord.Intents(guilds=True))
tree = app_commands.CommandTree(client)


@tree.command()
async def summary(interaction: discord.Interaction, topic: str) -> None:
    """Say what is always said."""
    del topic
    view = ui.LayoutView()
    view.add_item(ui.Container(ui.TextDisplay(TEXT), ui.ActionRow(ui.Button(label="Actions on this (1)"))))
    view.add_item(ui.ActionRow(ui.Button(label="Show 3 more"), ui.Button(label="Show to everyone")))
    view.stop()
    await interaction.response.send_message(view=view, ephemeral=True)


@client.event
async def setup_hook() -> None:
    """Register the one command."""
    await tree.sync()


if __name__ == "__main__":
    asyncio.run(client.start(os.environ["BENCH_TOKEN"]))
