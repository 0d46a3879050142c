"""A plain discord.py bot that answers with constants: to try the stand-in on, and to compare others with.

Environment: STANDIN_TOKEN, STANDIN_API, STANDIN_GATEWAY, and STANDIN_SYNC=1 to register its commands first.
"""

import asyncio
import io
import logging
import os

import discord
import yarl
from discord import app_commands

discord.http.Route.BASE = os.environ["STANDIN_API"]
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["STANDIN_GATEWAY"])


class Form(discord.ui.Modal, title="A form"):
    """One field of text."""

    words: discord.ui.TextInput["Form"] = discord.ui.TextInput(
        label="Words", custom_id="words", max_length=20
    )

    async def on_submit(self, interaction: discord.Interaction) -> None:
        """Say what was filled in."""
        if self.words.value == "again":
            await interaction.response.send_modal(Form())
        else:
            await interaction.response.send_message(f"filled in: {self.words.value}")


class Buttons(discord.ui.View):
    """Some things to press and one to choose from."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="Change", custom_id="change")
    async def change(self, interaction: discord.Interaction, _: discord.ui.Button["Buttons"]) -> None:
        """Change the message."""
        await interaction.response.edit_message(content="changed", view=None)

    @discord.ui.button(label="Fill in", custom_id="form")
    async def form(self, interaction: discord.Interaction, _: discord.ui.Button["Buttons"]) -> None:
        """Open a form."""
        await interaction.response.send_modal(Form())

    @discord.ui.select(
        custom_id="colour",
        options=[discord.SelectOption(label="Red", value="r"), discord.SelectOption(label="Blue")],
    )
    async def colour(self, interaction: discord.Interaction, select: discord.ui.Select["Buttons"]) -> None:
        """Say what was chosen."""
        await interaction.response.send_message(f"chosen: {select.values[0]}", ephemeral=True)


client = discord.AutoShardedClient(
    intents=discord.Intents(guilds=True),
    heartbeat_timeout=float(os.environ.get("STANDIN_HEARTBEAT_TIMEOUT", "60")),
)
tree = app_commands.CommandTree(
    client,
    allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True),
    allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
)


@tree.command()
async def hello(interaction: discord.Interaction) -> None:
    """Say hello, and where."""
    where = f"{interaction.locale} {interaction.context.to_array()} {interaction.permissions.value}"
    await interaction.response.send_message(f"hello {interaction.user.name}: {where}", view=Buttons())


@tree.command()
@app_commands.describe(words="what to say", count="how often")
async def echo(
    interaction: discord.Interaction, words: str, count: app_commands.Range[int, 1, 3] = 1
) -> None:
    """Say something, to the asker alone."""
    await interaction.response.send_message(words * count, ephemeral=True)


@echo.autocomplete("words")
async def complete(_: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Offer what has been typed, and that twice."""
    return [
        app_commands.Choice(name=current * times or "-", value=current * times or "-") for times in (1, 2)
    ]


@tree.command()
async def think(interaction: discord.Interaction) -> None:
    """Think first, then say two things."""
    await interaction.response.defer(ephemeral=True)
    await interaction.followup.send("thought of this")
    await interaction.followup.send("and of that")


@tree.command()
async def measure(interaction: discord.Interaction, file: discord.Attachment, name: str = "copy.txt") -> None:
    """Read a file and send it back, with its sizes as declared and as counted."""
    content = await file.read()
    view = discord.ui.LayoutView()
    view.add_item(discord.ui.TextDisplay(f"{file.filename} {file.size} {len(content)}"))
    view.add_item(discord.ui.File(f"attachment://{name}"))
    copied = discord.File(io.BytesIO(content), filename=name)
    await interaction.response.send_message(view=view, files=[copied], ephemeral=True)


@tree.command()
async def silence(interaction: discord.Interaction) -> None:
    """Never answer."""


@tree.command()
async def post(interaction: discord.Interaction) -> None:
    """Write into the channel, and say how that went."""
    await interaction.response.defer()
    try:
        message = await interaction.client.get_partial_messageable(interaction.channel_id or 0).send(
            "posted @everyone", nonce=str(interaction.id)
        )
        outcome = str(message.id)
    except Exception as error:  # noqa: BLE001 - whatever it is, that is what the test wants to know
        outcome = f"{type(error).__name__} {getattr(error, 'code', '')}".strip()
    await interaction.edit_original_response(content=outcome)


@tree.context_menu(name="Read aloud")
async def read(interaction: discord.Interaction, message: discord.Message) -> None:
    """Repeat somebody's message."""
    await interaction.response.send_message(f"{message.author.name}: {message.content}", ephemeral=True)


@client.event
async def setup_hook() -> None:
    """Make the buttons of before work, and register the commands if asked to."""
    client.add_view(Buttons())
    if os.environ.get("STANDIN_SYNC"):
        await tree.sync()


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    asyncio.run(client.start(os.environ["STANDIN_TOKEN"]))
