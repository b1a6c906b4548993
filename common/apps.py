"""The common app: it brings template tags and nothing to store."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "common"
