"""The database between tests that commit: empty, but for what the migrations leave there."""

import pytest
from django.apps import apps

from accounts.models import AuditEvent
from tests.emptying import KEPT, empty_database
from tests.factories import make_specification, open_data_centre, order_trunk


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_of_what_a_test_committed(account):
    order_trunk(account, make_specification(open_data_centre()))
    assert AuditEvent.objects.exists()

    empty_database()

    assert {model._meta.db_table for model in apps.get_models() if model._default_manager.exists()} == KEPT
