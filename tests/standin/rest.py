"""The REST API, version 10: what surrounds every request. The routes are in `routes`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.standin.calls import Call
from tests.standin.faults import answer
from tests.standin.refusals import RefusedError, not_found
from tests.standin.routes import ROUTES, WITHOUT_TOKEN, Route
from tests.standin.schema import Schema

if TYPE_CHECKING:
    from tests.standin.server import Standin

BASE = "/api/v10"


@dataclass(frozen=True)
class Request:
    """A request that was made, for tests to look at; `code` is Discord's where it was refused.

    Where a fault `spoilt` the answer, `status` is the one that the fault gave.
    """

    method: str
    path: str
    body: Any
    status: int
    code: int | None = None
    spoilt: bool = False


class Rest:
    """Takes requests, lets faults happen, refuses, validates, and keeps a record of it all."""

    def __init__(self, discord: Standin, schema: Schema | None) -> None:
        self.discord = discord
        self.schema = schema

    def application(self) -> web.Application:
        """The application that serves the API."""
        application = web.Application(client_max_size=26 * 1024 * 1024)
        for method, template, route in ROUTES:
            application.router.add_route(method, BASE + template, self._serve(template, route))
        application.router.add_route("*", "/{tail:.*}", self._serve("", None))
        return application

    def _serve(self, template: str, route: Route | None) -> Callable[[web.Request], Awaitable[web.Response]]:
        limits = self.discord.limits

        async def serve(request: web.Request) -> web.Response:
            fault = self.discord.faults.take(request.method, request.path.removeprefix(BASE))
            spoil = fault.spoil if fault else None
            call = Call(self.discord, request)
            code = None
            try:
                await call.read()
                if fault and fault.delay:
                    await asyncio.sleep(fault.delay)  # whoever hangs up now has sent it all the same
                if not (fault and spoil) or fault.after:
                    response = limits.take(request, template) or self._answer(call, template, route)
            except RefusedError as refused:
                code = refused.code
                self.discord.refusals.append(refused)
                if call.exchange:
                    call.exchange.refusals.append(refused)
                response = answer(refused.status, refused.body, limits.headers(request, template))
            if spoil:
                response = spoil(request)
            path = request.path.removeprefix(BASE)
            self.discord.record(
                Request(request.method, path, call.body, response.status, code, spoilt=bool(spoil))
            )
            return response

        return serve

    def _answer(self, call: Call, template: str, route: Route | None) -> web.Response:
        if route is None:
            self.discord.unknown_routes.append(f"{call.request.method} {call.request.path}")
            raise not_found()
        authorized = call.request.headers.get("Authorization") == f"Bot {self.discord.valid_token}"
        if not authorized and template not in WITHOUT_TOKEN:
            raise RefusedError(401, 0, "401: Unauthorized")
        problem = None
        if self.schema and call.body is not None:
            problem = self.schema.problem(call.request.method, template, call.body)
        result = route(call)  # what Discord refuses is no violation: the bot is told
        if problem:
            self.discord.violations.append(problem)
            return web.Response(status=500, text=problem)
        headers = self.discord.limits.headers(call.request, template)
        return answer(200 if result is not None else 204, result, headers)
