"""Calls to and from the equipment of a registered trunk."""

import asyncio
import contextlib

from sbc.lab.answerer import Answerer
from sbc.lab.digest import Login
from sbc.lab.sip import Address
from sbc.lab.softphone import call

BEHIND_NAT = Address("10.11.12.13", 5070)
CALLER, CALLEE = "13125550100", "13125551234"


def call_out(site, trunk, caller=CALLER, password="secret", phone=None, **options):
    login = Login(trunk.id, password) if password else None
    local = phone or trunk.phone
    return asyncio.run(call(local, site.address, caller, CALLEE, hold_seconds=0.1, login=login, **options))


def call_in(site, trunk, *phones, **options):
    """Call the trunk's number while the phones listen; the trace, and the messages that each phone saw."""

    async def scenario():
        async with contextlib.AsyncExitStack() as stack:
            answering = [
                await stack.enter_async_context(Answerer(phone, **options)) for phone in phones or [trunk.phone]
            ]
            trace = await asyncio.to_thread(site.call_in, trunk)
            return trace, [list(phone.wire.seen) for phone in answering]

    return asyncio.run(scenario())


def invites(seen):
    return [message.raw for message in seen if message.first_line.startswith("INVITE ")]
