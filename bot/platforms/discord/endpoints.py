"""Where Discord is: a REST proxy or a stand-in may take its place.

discord.py keeps both addresses in class attributes and has no other way to set them.
"""

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

# We do not speak aloud: that the libraries for it are missing is nothing to warn of.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False


def use(api_base_url: str | None, gateway_url: str | None) -> None:
    """Speak to these addresses in the whole process; None leaves Discord's own."""
    if api_base_url:
        Route.BASE = api_base_url
    if gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
