"""How a provider asks for its own fields; what is right is decided by `Provider.clean`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Question:
    """`name` is the key among the facts. `options`: the codes to choose from with their words; without them, a line
    of text is asked for.
    """

    name: str
    label: Any
    hint: Any = ""
    options: dict[str, Any] = field(default_factory=dict)
    optional: bool = False

    def words(self, value: str) -> str:
        """The answer as people say it."""
        return str(self.options.get(value, value))
