"""Websites on this machine, with certificates of an authority of their own, and names that lead to them."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HERE, PRIVATE = "127.0.0.1", "127.0.0.2"
NAMES = ("site.test", "other.test")


def certify(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server presents itself by, and what trusts it: good for the names and addresses above."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Websites")])
    now = datetime.now(UTC)
    alternatives = [
        *map(x509.DNSName, NAMES),
        *(x509.IPAddress(ip_address(each)) for each in (HERE, PRIVATE)),
    ]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "site.crt", folder / "site.key"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(public, private)
    return server, ssl.create_default_context(cafile=str(public))


class Names(AbstractResolver):
    """Knows where names lead; of several answers, each lookup gets the next, and the last one stays."""

    def __init__(self, known: Mapping[str, Sequence[str]]) -> None:
        self._known = {name: list(addresses) for name, addresses in known.items()}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The next address of a name."""
        answers = self._known.get(host)
        if not answers:
            raise OSError(f"no such host: {host}")
        address = answers.pop(0) if len(answers) > 1 else answers[0]
        return [ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is open."""


@dataclass
class Websites:
    """A server that answers as the path says, and remembers what it was asked, with all headers."""

    port: int = 0
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    sent: int = 0

    def at(self, path: str, host: str = "site.test") -> str:
        """An address of this server."""
        return f"https://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [path for path, _ in self.asked]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """`/status/404` has that status, `/to?u=…` redirects, `/endless` and `/slow` never end."""
        self.asked.append((request.path_qs, dict(request.headers)))
        match request.path.split("/")[1:]:
            case ["status", status]:
                return web.Response(status=int(status), headers={"Set-Cookie": "who=you"})
            case ["to"]:
                headers = {"Location": request.query["u"], "Set-Cookie": "who=you"}
                return web.Response(status=302, headers=headers)
            case ["round", number]:
                return web.Response(status=307, headers={"Location": f"{int(number) + 1}"})
            case ["endless"]:
                return await self._endless(request)
            case _:
                await asyncio.Event().wait()
        raise AssertionError

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        try:
            await response.prepare(request)
            while True:
                await response.write(b"x" * 65536)
                self.sent += 65536
        except ConnectionError:
            self.left.set()
        return response


@asynccontextmanager
async def websites(context: ssl.SSLContext) -> AsyncIterator[Websites]:
    """A server at both addresses, at one port."""
    sites = Websites()
    site = web.Application()
    site.router.add_get("/{path:.*}", sites.answer)
    runner = web.AppRunner(site, shutdown_timeout=0.1)
    await runner.setup()
    first = socket.create_server((HERE, 0))
    sites.port = first.getsockname()[1]
    for listening in (first, socket.create_server((PRIVATE, sites.port))):
        await web.SockSite(runner, listening, ssl_context=context).start()
    try:
        yield sites
    finally:
        await runner.cleanup()
