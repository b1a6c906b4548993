"""The questions of an order, one form per step. What is right is decided by `trunks.validators` and `trunks.limits`."""

from trunks.forms.hosts import HostsForm
from trunks.forms.plan import PlanForm, ProviderForm
from trunks.forms.settings import SettingsForm

__all__ = ["HostsForm", "PlanForm", "ProviderForm", "SettingsForm"]
