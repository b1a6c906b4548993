"""The limit that all Freshworks trunks of an account in a data centre share, as nodes have it."""

from provisioning.gateways import NodeSubject
from provisioning.models import NodeState, ProviderSource, SbcNode
from provisioning.registry import subject_of
from sbc.documents import GROUP, NODE
from tests.factories import freshworks, genesys, order_trunk
from tests.provisioning.scene import sweep_now, work_on
from tests.world import assert_world_consistent
from trunks.compile import trunk_document
from trunks.groups import want_changed_groups
from trunks.services import delete_trunk, disable_trunk


def order_freshworks(account, actor, data_centre, *channels):
    trunks = [order_trunk(account, freshworks(data_centre, channels=each), actor) for each in channels]
    for trunk in trunks:
        work_on(trunk)
        trunk.refresh_from_db()
    return trunks


def bring_to_nodes():
    want_changed_groups()
    sweep_now()


def group_id(trunk):
    return f"FRESHWORKS.{trunk.account_id}.{trunk.data_centre_id}"


def test_the_group_has_the_sum_of_the_channels_and_the_oldest_trunk(customer, engineer, new_york, nodes):
    older, newer = order_freshworks(customer, engineer, new_york, 3, 4)

    bring_to_nodes()

    document = subject_of(GROUP).compile(group_id(older))
    assert (document.channels, document.trunk_id, document.booked_on) == (7, str(older.pk), str(older.pk))
    assert set(document.provider_keys) == {older.call_key, newer.call_key}
    for node in (nodes.primary, nodes.backup):
        assert node.client().read(GROUP, document.id).hash == document.hash
    assert_world_consistent(orders=[older.pk, newer.pk])


def test_a_disabled_trunk_adds_nothing_and_calls_follow_the_next_one_but_are_booked_on_it(customer, engineer, new_york):
    older, newer = order_freshworks(customer, engineer, new_york, 3, 4)
    bring_to_nodes()

    disable_trunk(older, engineer)
    work_on(older)
    bring_to_nodes()

    document = subject_of(GROUP).compile(group_id(older))
    assert (document.channels, document.trunk_id, document.booked_on) == (4, str(newer.pk), str(older.pk))
    states = NodeState.objects.filter(subject_kind=GROUP, verified=True)
    assert [state.wanted_hash for state in states] == [document.hash] * 2


def test_when_the_oldest_trunk_is_deleted_calls_are_booked_on_the_next_one(customer, engineer, new_york):
    older, newer = order_freshworks(customer, engineer, new_york, 3, 4)
    bring_to_nodes()

    delete_trunk(older, engineer)
    work_on(older)
    bring_to_nodes()

    assert subject_of(GROUP).compile(group_id(newer)).booked_on == str(newer.pk)


def test_the_group_goes_with_its_last_trunk(customer, engineer, new_york, nodes):
    [trunk] = order_freshworks(customer, engineer, new_york, 3)
    bring_to_nodes()

    delete_trunk(trunk, engineer)
    work_on(trunk)
    bring_to_nodes()

    assert not nodes.primary.client().read(GROUP, group_id(trunk)).present


def test_a_sweep_that_finds_nothing_new_asks_for_nothing(customer, engineer, new_york):
    order_freshworks(customer, engineer, new_york, 3)
    bring_to_nodes()

    want_changed_groups()

    assert set(NodeState.objects.filter(subject_kind=GROUP).values_list("wanted_generation", "verified")) == {(1, True)}


def test_the_key_of_the_providers_calls_belongs_to_the_group_or_to_the_only_trunk(customer, engineer, new_york):
    [shared] = order_freshworks(customer, engineer, new_york, 3)
    alone = order_trunk(customer, genesys(new_york), engineer)

    assert trunk_document(shared).provider_key == ""
    assert trunk_document(alone).provider_key == alone.call_key


def test_a_node_is_told_where_providers_call_from_and_in_which_header_they_say_for_whom(new_york):
    ProviderSource.objects.create(provider="FRESHWORKS", network="192.0.2.8/30")
    ProviderSource.objects.create(provider="GENESYS_CLOUD", network="192.0.2.1")
    ProviderSource.objects.create(provider="GONE", network="192.0.2.2")
    node = SbcNode.objects.first()

    document = subject_of(NODE).compile(node.name)

    assert isinstance(subject_of(NODE), NodeSubject)
    assert [(source.provider, source.network, source.key_header) for source in document.provider_sources] == [
        ("FRESHWORKS", "192.0.2.8/30", "X-Twilio-AccountSid"),
        ("GENESYS_CLOUD", "192.0.2.1", ""),
    ]
