"""The staff page of a customer, whole: with the trunks that wait for their people since we released them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.staff import link
from billing.admin import AccountWithMoneyAdmin
from common.templatetags.ui import NOTHING
from trunks.selectors import released

RELEASED = "released_trunks"
MOST_NAMED = 50


@admin.register(Account)
class CustomerAdmin(AccountWithMoneyAdmin):
    fields = (*AccountWithMoneyAdmin.fields, RELEASED)
    readonly_fields = (*AccountWithMoneyAdmin.readonly_fields, RELEASED)

    @admin.display(description=_("released, still disabled"))
    def released_trunks(self, account: Account) -> Any:
        """Only the customer enables them."""
        named = released(account)[:MOST_NAMED]
        return format_html_join(", ", "{}", ((link(trunk),) for trunk in named)) or NOTHING
