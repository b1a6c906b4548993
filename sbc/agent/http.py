"""The agent's HTTP interface; sbc/client.py is its other end."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sbc.agent.node import Node
from sbc.agent.record_store import Records
from sbc.agent.store import Refused, StaleFence
from sbc.agent.switch import SwitchUnavailable
from sbc.documents import Fence

Handler = Callable[[Request], Awaitable[Response]]
MAX_PAGE = 1000
_CURSOR_DIGITS = 18


def create_app(
    node: Node,
    token: str,
    *,
    records: Records | None = None,
    routes: Sequence[Route] = (),
    inside: Sequence[Middleware] = (),
) -> Starlette:
    """The service for one node. More routes and middleware, behind the token, are for the in-memory node."""
    interface = _Interface(node)
    paths = [
        Route("/v1/documents/{kind}/{id}", interface.put, methods=["PUT"]),
        Route("/v1/documents/{kind}/{id}", interface.delete, methods=["DELETE"]),
        Route("/v1/documents/{kind}/{id}", interface.read, methods=["GET"]),
        Route("/v1/documents/{kind}", interface.list, methods=["GET"]),
        Route("/v1/status", interface.status, methods=["GET"]),
        Route("/v1/certificate", interface.certificate, methods=["GET"]),
        Route("/v1/calls", interface.calls, methods=["GET"]),
        Route("/v1/registrations", interface.registrations, methods=["GET"]),
        Route("/v1/checks", interface.checks, methods=["GET"]),
        Route("/v1/failures", interface.failures, methods=["GET"]),
        Route("/v1/rehearse", interface.rehearse, methods=["POST"]),
    ]
    if records:
        paths.append(Route("/v1/records", _RecordPages(records).page, methods=["GET"]))
    errors: Any = {StaleFence: _conflict, Refused: _refused, SwitchUnavailable: _unavailable}
    middleware = [Middleware(BearerToken, token=token), *inside]
    return Starlette(routes=[*paths, *routes], middleware=middleware, exception_handlers=errors)


class BearerToken:
    """Lets a request pass only with the token; compared in constant time."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app, self._wanted = app, f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 401."""
        if scope["type"] == "http":
            given = dict(scope["headers"]).get(b"authorization", b"")
            if not hmac.compare_digest(given, self._wanted):
                await _error(401, "Unauthorized", "a bearer token is needed")(scope, receive, send)
                return
        await self._app(scope, receive, send)


class _Interface:
    """The handlers. Work that waits for disk or Kamailio runs in a thread."""

    def __init__(self, node: Node) -> None:
        self._node = node

    async def put(self, request: Request) -> Response:
        fence, document = await _fenced(request)
        return JSONResponse(await run_in_threadpool(self._node.put, *_subject(request), fence, document))

    async def delete(self, request: Request) -> Response:
        fence, _ = await _fenced(request)
        return JSONResponse(await run_in_threadpool(self._node.delete, *_subject(request), fence))

    async def read(self, request: Request) -> Response:
        answer = await run_in_threadpool(self._node.read, *_subject(request))
        return JSONResponse({"known": True, **answer} if answer else {"known": False})

    async def list(self, request: Request) -> Response:
        documents = await run_in_threadpool(self._node.page, request.path_params["kind"], *_page(request))
        return JSONResponse({"documents": documents})

    async def status(self, _request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(self._node.status))

    async def certificate(self, _request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(self._node.certificate))

    async def calls(self, _request: Request) -> Response:
        return JSONResponse({"groups": await run_in_threadpool(self._node.calls)})

    async def registrations(self, request: Request) -> Response:
        return JSONResponse({"registrations": await run_in_threadpool(self._node.registrations, *_page(request))})

    async def checks(self, request: Request) -> Response:
        return JSONResponse({"checks": await run_in_threadpool(self._node.checks, *_page(request))})

    async def failures(self, request: Request) -> Response:
        _, limit = _page(request)
        return JSONResponse(await run_in_threadpool(self._node.failures, limit))

    async def rehearse(self, request: Request) -> Response:
        try:
            body = await request.json()
            question = body["number"], body["caller"], body["route"]
        except (ValueError, TypeError, KeyError) as error:
            raise Refused("BadRequest", "a rehearsal needs number, caller and route") from error
        return JSONResponse(await run_in_threadpool(self._node.rehearse, *question))


class _RecordPages:
    """Ended calls, for whoever keeps a cursor."""

    def __init__(self, records: Records) -> None:
        self._records = records

    async def page(self, request: Request) -> Response:
        after, limit = _page(request)
        cursor = int(after[:_CURSOR_DIGITS]) if after.isascii() and after.isdecimal() else 0
        store = request.query_params.get("store", "")
        return JSONResponse(await run_in_threadpool(self._records.page, store, cursor, limit))


def _subject(request: Request) -> tuple[str, str]:
    return request.path_params["kind"], request.path_params["id"]


def _page(request: Request) -> tuple[str, int]:
    """What every list is asked with: the last id of the page before, and how many."""
    limit = request.query_params.get("limit", "")
    return request.query_params.get("after", ""), min(int(limit), MAX_PAGE) if limit.isdecimal() else MAX_PAGE


async def _fenced(request: Request) -> tuple[Fence, Any]:
    """The members that every write carries."""
    try:
        body = await request.json()
        numbers = body["generation"], body["epoch"]
    except (ValueError, TypeError, KeyError) as error:
        raise Refused("BadRequest", "a write needs generation, epoch and document") from error
    if not all(type(number) is int and number >= 0 for number in numbers):
        raise Refused("BadRequest", "generation and epoch are whole numbers")
    return Fence(*numbers), body.get("document")


def _error(status: int, reason: str, message: str) -> JSONResponse:
    return JSONResponse({"reason": reason, "message": message}, status_code=status)


async def _conflict(_request: Request, error: StaleFence) -> Response:
    return _error(409, error.reason, str(error))


async def _refused(_request: Request, error: Refused) -> Response:
    return _error(422, error.reason, str(error))


async def _unavailable(_request: Request, error: SwitchUnavailable) -> Response:
    return _error(503, "KamailioUnavailable", str(error))
