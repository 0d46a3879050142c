"""What an operator can do for the account, and see of it: `infoshop matrix`."""

import time
from dataclasses import dataclass

from bot.errors import SettingsError
from bot.platforms.matrix import crosssigning, files
from bot.platforms.matrix.account import Account
from bot.platforms.matrix.crosssigning import FOREIGN, SWAPPED, Seeds, Standing
from bot.platforms.matrix.server import Server
from bot.platforms.matrix.session import FINGERPRINT, JOURNAL, SEEDS, SESSION, connected

UNSIGNED = (
    "Nothing vouches for the bot's device: clients that trust only such devices neither give it keys nor show"
    " what it says. Run: infoshop matrix setup"
)


@dataclass(frozen=True, slots=True)
class Report:
    """How things are with the account.

    `fingerprint` is that of the device by the keys that are here, empty where there are none yet; the
    homeserver's word for it is in `standing`. `heard` is how many seconds ago the bot last heard anything.
    """

    user_id: str
    device_id: str
    fingerprint: str
    standing: Standing
    rooms: int
    heard: float | None

    @property
    def in_order(self) -> bool:
        """Whether clients that trust only signed devices trust ours."""
        return self.standing.signed and not self.swapped

    @property
    def swapped(self) -> bool:
        """Whether the homeserver shows another key for the device than ours."""
        return bool(self.fingerprint) and self.standing.device not in {"", self.fingerprint}

    @property
    def advice(self) -> str:
        """What to do about it; empty where there is nothing to do."""
        if self.in_order:
            return ""
        if self.swapped:
            return SWAPPED
        return FOREIGN if self.standing.master and not self.standing.ours else UNSIGNED

    @property
    def rows(self) -> list[tuple[str, str]]:
        """What there is to see, by name."""
        standing = self.standing
        identity = "none"
        if standing.master:
            identity = f"{grouped(standing.master)} ({'ours' if standing.ours else 'not held here'})"
        published = "" if standing.device else " (not published)"
        if self.swapped:
            published = f" (the homeserver shows {grouped(standing.device)})"
        return [
            ("account", self.user_id),
            ("device", f"{self.device_id}, {'signed by the identity' if standing.signed else 'not signed'}"),
            ("its key", f"{grouped(self.fingerprint) or 'none yet'}{published}"),
            ("identity", identity),
            ("rooms", str(self.rooms)),
            ("heard", "never" if self.heard is None else f"{self.heard:.0f} seconds ago"),
        ]


async def set_up(account: Account) -> Report:
    """Log in, publish keys, and have the identity vouch for the device; what is done already stays as it is.

    Raises:
        SettingsError: What the account is given is not enough, wrong, or does not fit together.
        PlatformError: The homeserver asks for what we cannot give, or the keys are lost or in use.
        TransientError, RefusedError: As `Server.call`.
    """
    async with connected(account, renew=True) as client:
        standing = await crosssigning.establish(client, account.store_path / SEEDS, account.password)
        who = client.user_id, client.device_id, client.keys.ed25519
        return await _report(client.server, account, who, standing)


async def look_up(account: Account) -> Report:
    """See how things are, without a need for the keys, which the running bot keeps for itself.

    Raises:
        SettingsError: It was never set up.
        PlatformError: It was logged out, or a file is damaged.
        TransientError, RefusedError: As `Server.call`.
    """
    session = files.read(account.store_path / SESSION)
    if session is None:
        raise SettingsError("The bot has never logged in to Matrix. Run: infoshop matrix setup")
    who = str(session.get("user_id")), str(session.get("device_id"))
    server = Server(account.homeserver, account.access_token or str(session.get("access_token", "")))
    try:
        seeds = Seeds.read(account.store_path / SEEDS)
        standing = await crosssigning.look(server, *who, seeds)
        return await _report(server, account, (*who, str(session.get(FINGERPRINT, ""))), standing)
    finally:
        await server.close()


def instructions(report: Report) -> str:
    """How somebody vouches for the bot from a client of their own."""
    standing = report.standing
    return (
        f"The bot is {report.user_id}, its device {report.device_id}.\n\n"
        "To make sure that you talk to it and to nobody else, open its profile in your client, look at its"
        " devices, and compare the key of this one, letter by letter:\n\n"
        f"    {grouped(report.fingerprint) or 'none yet: run infoshop matrix setup'}\n\n"
        "In Element's desktop or web client you can also type, in any room:\n\n"
        f"    /verify {report.user_id} {report.device_id} {report.fingerprint}\n\n"
        "What vouches for the device is the bot's identity (its master key):\n\n"
        f"    {grouped(standing.master) or 'none: run infoshop matrix setup'}\n\n"
        f"{_vouching(report)}"
    )


def _vouching(report: Report) -> str:
    if report.swapped:
        return report.advice
    if report.in_order:
        return "It signs the device, so that clients that trust only signed devices trust it."
    return (
        "It does not sign the device. If you hold the identity, log in as the bot in the client that has it"
        f" and type the line above there: that signs the device. {report.advice}"
    )


def grouped(key: str) -> str:
    """A key in groups of four, as clients show it to be compared."""
    return " ".join(key[place : place + 4] for place in range(0, len(key), 4))


async def _report(server: Server, account: Account, who: tuple[str, str, str], standing: Standing) -> Report:
    joined = await server.call("GET", "joined_rooms")
    rooms = joined.get("joined_rooms")
    journal = account.store_path / JOURNAL
    heard = time.time() - journal.stat().st_mtime if journal.exists() else None
    return Report(*who, standing, len(rooms) if isinstance(rooms, list) else 0, heard)
