"""Freshdesk and Freshcaller of Freshworks, which are reached through a Twilio SIP domain."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from trunks.providers.base import Facts, Preset, Provider
from trunks.providers.freshworks.rules import clean_account_sid, clean_sip_domain
from trunks.providers.questions import Question
from trunks.validators.keyed import keyed

SIP_PORT = 5060


class Freshworks(Provider):
    code = "FRESHWORKS"
    label = _("Freshworks")
    position = 2
    pitch = _("Connect Freshdesk or Freshcaller.")
    needs = _("Have at hand: the Twilio Account SID and the Twilio SIP domain that you received from Freshworks.")
    preset = Preset()
    shares_channels = True
    key_header = "X-Twilio-AccountSid"
    questions = (
        Question("account_sid", _("Twilio Account SID"), _("Starts with AC and has 34 characters.")),
        Question(
            "sip_domain",
            _("Twilio SIP domain"),
            _("Where we send your calls, as received from Freshworks, like example.sip.us1.twilio.com."),
        ),
    )

    def clean(self, facts: Facts) -> Facts:
        return keyed(
            account_sid=lambda: clean_account_sid(facts.get("account_sid", "")),
            sip_domain=lambda: clean_sip_domain(facts.get("sip_domain", "")),
        )

    def destinations(self, facts: Facts) -> list[tuple[str, int]]:
        return [(facts["sip_domain"], SIP_PORT)]

    def call_key(self, facts: Facts) -> str:
        return facts["account_sid"]

    def exclusive_key(self, facts: Facts) -> str:
        return f"{self.code}/{facts['account_sid']}/{facts['sip_domain']}"

    def taken(self, *, mine: bool) -> ValidationError:
        if mine:
            message, field = now("You already have a Freshworks trunk with this domain"), "sip_domain"
        else:
            message = now("This Twilio account is registered to another customer. If it is yours, contact us")
            field = "account_sid"
        return ValidationError({field: ValidationError(message, code="V-FW-3")})


PROVIDER = Freshworks()
