"""The regions of Genesys Cloud: their name, their domain and the data centre of ours that serves them."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _


class Region(NamedTuple):
    """`domain` is what follows `byoc.` in the host names of the region."""

    name: Any
    domain: str
    data_centre: str


REGIONS: dict[str, Region] = {
    "NA_US_EAST_1": Region(_("US East (Virginia)"), "mypurecloud.com", "NEW_YORK"),
    "NA_US_EAST_2": Region(_("US East 2 (Ohio)"), "use2.us-gov-pure.cloud", "NEW_YORK"),
    "NA_US_WEST_2": Region(_("US West (Oregon)"), "usw2.pure.cloud", "PORTLAND"),
    "CA_CENTRAL_1": Region(_("Canada (Central)"), "cac1.pure.cloud", "NEW_YORK"),
    "SA_EAST_1": Region(_("South America (São Paulo)"), "sae1.pure.cloud", "SAO_PAULO"),
    "EU_CENTRAL_1": Region(_("Europe (Frankfurt)"), "mypurecloud.de", "FRANKFURT"),
    "EU_CENTRAL_2": Region(_("Europe (Zurich)"), "euc2.pure.cloud", "FRANKFURT"),
    "EU_WEST_1": Region(_("Europe (Ireland)"), "mypurecloud.ie", "FRANKFURT"),
    "EU_WEST_2": Region(_("Europe (London)"), "euw2.pure.cloud", "FRANKFURT"),
    "ME_CENTRAL_1": Region(_("Middle East (UAE)"), "mec1.pure.cloud", "ISTANBUL"),
    "AP_SOUTH_1": Region(_("Asia Pacific (Mumbai)"), "aps1.pure.cloud", "SINGAPORE"),
    "AP_SOUTHEAST_1": Region(_("Asia Pacific (Singapore)"), "apse1.pure.cloud", "SINGAPORE"),
    "AP_SOUTHEAST_2": Region(_("Asia Pacific (Sydney)"), "mypurecloud.com.au", "SINGAPORE"),
    "AP_NORTHEAST_1": Region(_("Asia Pacific (Tokyo)"), "mypurecloud.jp", "SINGAPORE"),
    "AP_NORTHEAST_2": Region(_("Asia Pacific (Seoul)"), "apne2.pure.cloud", "SINGAPORE"),
    "AP_NORTHEAST_3": Region(_("Asia Pacific (Osaka)"), "apne3.pure.cloud", "SINGAPORE"),
}
