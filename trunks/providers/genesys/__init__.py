"""Genesys PureCloud (BYOC Cloud): a region leads to a data centre."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from trunks.providers.base import Facts, Preset, Provider
from trunks.providers.genesys.regions import REGIONS
from trunks.providers.genesys.rules import clean_fqdn, clean_identifier, clean_region
from trunks.providers.questions import Question
from trunks.validators.keyed import keyed


class Genesys(Provider):
    code = "GENESYS_CLOUD"
    label = _("Genesys PureCloud")
    position = 3
    pitch = _("Connect your Genesys PureCloud organisation (BYOC Cloud).")
    needs = _("Have at hand: your Genesys region. It leads to our data centre.")
    preset = Preset(tls=True)
    key_header = ""
    questions = (
        Question(
            "region",
            _("Genesys region"),
            _("Where your Genesys organisation is. Each region is served by one of our data centres."),
            options={code: region.name for code, region in REGIONS.items()},
        ),
        Question(
            "inbound_identifier",
            _("Inbound SIP termination identifier"),
            _("As entered in Genesys, unique in its region. Leave it empty and we make one."),
            optional=True,
        ),
        Question(
            "outbound_fqdn",
            _("Outbound SIP termination FQDN"),
            _("The name in the calls that Genesys sends us, by which we know them. Leave it empty and we make one."),
            optional=True,
        ),
    )
    place_question = "region"

    def clean(self, facts: Facts) -> Facts:
        return keyed(
            region=lambda: clean_region(facts.get("region", "")),
            inbound_identifier=lambda: clean_identifier(facts.get("inbound_identifier", "")) or str(uuid4()),
            outbound_fqdn=lambda: clean_fqdn(facts.get("outbound_fqdn", "")) or f"{uuid4()}.{settings.SIP_DOMAIN}",
        )

    def data_centre_of(self, facts: Facts) -> str:
        region = REGIONS.get(facts.get("region", ""))
        return region.data_centre if region else ""

    def destinations(self, facts: Facts) -> list[tuple[str, int]]:
        return [(f"{facts['inbound_identifier']}.byoc.{REGIONS[facts['region']].domain}", 0)]

    def call_key(self, facts: Facts) -> str:
        # Genesys writes it into the request URI of its calls, where their way goes on: our nodes.
        return facts["outbound_fqdn"]

    def exclusive_key(self, facts: Facts) -> str:
        return f"{self.code}/{facts['region']}/{facts['inbound_identifier']}"

    def taken(self, *, mine: bool) -> ValidationError:
        message = now("This identifier is already used in this region. It must be unique")
        return ValidationError({"inbound_identifier": ValidationError(message, code="V-GE-4")})

    def call_key_taken(self) -> ValidationError:
        message = now(
            "This name is already used in this data centre. It must be unique, for your calls are known by it"
        )
        return ValidationError({"outbound_fqdn": ValidationError(message, code="V-GE-5")})


PROVIDER = Genesys()
