"""Questions about a trunk, asked by the wizard and the edit page. What is right is decided by `trunks.validators`,
`trunks.limits` and the provider.
"""

from trunks.forms.hosts import HostsForm
from trunks.forms.order import OrderForm
from trunks.forms.plan import ChannelsForm, PlanForm
from trunks.forms.provider import ProviderForm
from trunks.forms.settings import SettingsForm

__all__ = ["ChannelsForm", "HostsForm", "OrderForm", "PlanForm", "ProviderForm", "SettingsForm"]
