"""Every rule about a trunk's fields, once: forms, models, services call these. Codes as in the docs."""

from trunks.validators.audio import clean_codecs, validate_audio, validate_number_format
from trunks.validators.fields import clean_channels, clean_name, validate_channels_left
from trunks.validators.hosts import (
    Checked,
    HostRules,
    clean_destinations,
    clean_sources,
    clean_strategy,
    validate_some_host,
)

__all__ = [
    "Checked",
    "HostRules",
    "clean_channels",
    "clean_codecs",
    "clean_destinations",
    "clean_name",
    "clean_sources",
    "clean_strategy",
    "validate_audio",
    "validate_channels_left",
    "validate_number_format",
    "validate_some_host",
]
