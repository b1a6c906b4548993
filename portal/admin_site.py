"""The staff site."""

from django.contrib.admin.apps import AdminConfig


class PortalAdminConfig(AdminConfig):
    pass
