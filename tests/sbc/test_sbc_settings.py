"""What the agent is told by its environment."""

import pytest

from sbc.agent.settings import Settings

NODE = {"TRUNKLINE_NODE_NAME": "n1", "TRUNKLINE_NODE_STATE": "/nowhere", "TRUNKLINE_AGENT_TOKEN": "secret"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUNKLINE_NAME_SERVERS", "192.0.2.1, resolver.example.com"),
        ("TRUNKLINE_NAME_SERVERS", "192.0.2.1:dns"),
        ("TRUNKLINE_ALLOWED_NETWORKS", "10.0.0.0/8, 10.0.0.1/8"),
    ],
)
def test_a_list_that_cannot_be_read_is_named(name, value):
    with pytest.raises(SystemExit, match=f'{name} is "{value}"'):
        Settings.read(NODE | {name: value})
