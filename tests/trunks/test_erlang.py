"""The Erlang B formula against published tables (traffic in erlangs, channels, blocking)."""

import pytest

from trunks.erlang import blocking, channels_needed, erlangs

PUBLISHED = [
    # channels, blocking, traffic
    (1, 0.01, 0.0101),
    (5, 0.01, 1.3608),
    (10, 0.001, 3.0920),
    (10, 0.01, 4.4612),
    (10, 0.02, 5.0840),
    (10, 0.05, 6.2157),
    (20, 0.01, 12.031),
    (30, 0.02, 21.932),
    (50, 0.01, 37.901),
    (100, 0.01, 84.064),
]


@pytest.mark.parametrize(("channels", "share", "traffic"), PUBLISHED)
def test_it_agrees_with_the_published_tables(channels, share, traffic):
    assert blocking(traffic, channels) == pytest.approx(share, rel=5e-3)


@pytest.mark.parametrize(("channels", "share", "traffic"), PUBLISHED)
def test_the_fewest_channels_that_do_are_found(channels, share, traffic):
    assert channels_needed(traffic * 0.999, share, 1000) == channels
    assert channels_needed(traffic * 1.01, share, 1000) == channels + 1


def test_one_erlang_on_one_channel_refuses_every_second_call():
    assert blocking(1, 1) == 0.5


def test_a_thousand_channels_do_not_overflow():
    assert 0 < blocking(2000, 1000) < 1


def test_more_than_a_trunk_can_have_is_none():
    assert channels_needed(5000, 0.01, 1000) is None


def test_sixty_calls_of_three_minutes_are_three_erlangs():
    assert erlangs(60, 180) == 3
