"""The stand-in phone network: gateways that answer, reject and call in (`python -m sbc.lab.carrier`)."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import AsyncExitStack
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sbc.lab.answerer import Answerer, Reaction
from sbc.lab.net import SIP_PORT, LabError
from sbc.lab.sip import Address, Message, address_of
from sbc.lab.softphone import call
from sbc.lab.wire import CallTrace

_NO_ANSWER = 408
_BY_ENDING = {
    "180": Reaction(status=0),  # rings until the caller gives up
    "404": Reaction(status=404),
    "408": Reaction(silent=True),
    "480": Reaction(status=480),
    "486": Reaction(status=486),
    "500": Reaction(status=500, ring_seconds=0),
    "503": Reaction(status=503, ring_seconds=0),
    "603": Reaction(status=603),
}


def by_ending(invite: Message) -> Reaction:
    """The last three digits of the called number say what happens; any others: it is answered."""
    return _BY_ENDING.get(invite.user[-3:], Reaction())


class CarrierControl:
    """Talks to a carrier process. Raises LabError when it does not answer."""

    def __init__(self, url: str) -> None:
        self._url = url

    def place_call(self, *nodes: Address, caller: str, callee: str, hold_seconds: float = 1.0) -> CallTrace:
        """Let the carrier call a number through the first node that answers; returns when the call is over."""
        body = {
            "nodes": [str(node) for node in nodes],
            "caller": caller,
            "callee": callee,
            "hold_seconds": hold_seconds,
        }
        return self._ask("POST", "/v1/calls", json=body)

    def trace(self, call_id: str) -> CallTrace:
        """What the carrier saw of a call that came in from a node; status 0 when it saw nothing."""
        return self._ask("GET", f"/v1/calls/{call_id}")

    def ready(self) -> bool:
        """Whether it answers."""
        try:
            return httpx.get(f"{self._url}/v1/status").is_success
        except httpx.HTTPError:
            return False

    def _ask(self, method: str, path: str, **options: Any) -> CallTrace:
        try:
            response = httpx.request(method, self._url + path, timeout=150, **options)
            return CallTrace.from_wire(response.raise_for_status().json())
        except httpx.HTTPError as error:
            raise LabError(f"the stand-in phone network does not answer: {error}") from error


class _Service:
    """The carrier's control interface, for loopback only."""

    def __init__(self, gateways: list[Answerer]) -> None:
        self._gateways = gateways

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v1/status", self.status),
                Route("/v1/calls", self.place_call, methods=["POST"]),
                Route("/v1/calls/{call_id}", self.trace),
            ]
        )

    async def status(self, _request: Request) -> Response:
        return JSONResponse({"gateways": [str(gateway.wire.local) for gateway in self._gateways]})

    async def place_call(self, request: Request) -> Response:
        body = await request.json()
        local = Address(self._gateways[0].wire.local.host, 0)
        *others, last = [address_of(f"sip:{node}") for node in body["nodes"]]
        numbers, hold = (body["caller"], body["callee"]), float(body["hold_seconds"])
        for node in others:
            trace = await call(local, node, *numbers, hold_seconds=hold, tries=2)
            if trace.status != _NO_ANSWER:
                return JSONResponse(trace.to_wire())
        return JSONResponse((await call(local, last, *numbers, hold_seconds=hold)).to_wire())

    async def trace(self, request: Request) -> Response:
        traces = [gateway.trace(request.path_params["call_id"]) for gateway in self._gateways]
        return JSONResponse(max(traces, key=lambda trace: len(trace.seen)).to_wire())


async def serve(addresses: list[str], control_host: str, control_port: int) -> None:
    """Until a signal comes."""
    async with AsyncExitStack() as stack:
        gateways = [
            await stack.enter_async_context(Answerer(Address(address, SIP_PORT), by_ending)) for address in addresses
        ]
        app = _Service(gateways).app()
        config = uvicorn.Config(app, host=control_host, port=control_port, log_level="warning", access_log=False)
        await uvicorn.Server(config).serve()


def main() -> None:
    """Read the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m sbc.lab.carrier", description=__doc__)
    parser.add_argument("--address", action="append", required=True, help="a gateway's address; may be repeated")
    parser.add_argument("--control-host", default="127.0.0.1")
    parser.add_argument("--control-port", type=int, required=True)
    options = parser.parse_args()
    asyncio.run(serve(options.address, options.control_host, options.control_port))


if __name__ == "__main__":
    main()
