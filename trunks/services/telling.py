"""What the owners and admins of an account are told by mail: we suspended or released a trunk of theirs, or all."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.selectors import who_manages
from common.mail import send_courtesy
from trunks.models import Trunk
from trunks.services.switching import cause_of

MOST_NAMED = 10


def tell_suspended(trunk_id: UUID) -> None:
    """After the commit, like all of these."""
    transaction.on_commit(partial(_about_trunk, trunk_id, _("%(name)s was disabled by us"), "suspended"), robust=True)


def tell_released(trunk_id: UUID, note: str) -> None:
    words = _("%(name)s was released")
    transaction.on_commit(partial(_about_trunk, trunk_id, words, "released", note=note), robust=True)


def tell_account_suspended(account_id: UUID) -> None:
    words = _("%(name)s was suspended")
    transaction.on_commit(partial(_about_account, account_id, words, "account_suspended"), robust=True)


def tell_account_released(account_id: UUID, trunks: list[Trunk], note: str) -> None:
    """`trunks` are those that were released with it."""
    facts = {"names": [str(trunk) for trunk in trunks[:MOST_NAMED]], "more": max(0, len(trunks) - MOST_NAMED)}
    words = _("%(name)s was released")
    transaction.on_commit(
        partial(_about_account, account_id, words, "account_released", note=note, **facts), robust=True
    )


def _about_trunk(trunk_id: UUID, words: str, template: str, **facts: object) -> None:
    trunk = Trunk.objects.select_related("account").get(pk=trunk_id)
    facts |= {"trunk": trunk, "account": trunk.account, "cause": cause_of(trunk)}
    _send(trunk.account_id, words % {"name": trunk}, template, **facts)


def _about_account(account_id: UUID, words: str, template: str, **facts: object) -> None:
    account = Account.objects.get(pk=account_id)
    _send(account_id, words % {"name": account}, template, account=account, **facts)


def _send(account_id: UUID, words: str, template: str, **facts: object) -> None:
    send_courtesy(who_manages(account_id), words, f"trunks/email/{template}.txt", **facts)
