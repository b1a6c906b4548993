"""A caller that vanishes without a word; last of the files, because its calls need most of a minute."""

from conftest import until


def test_a_vanished_endpoint_gives_its_channel_back_and_live_calls_are_not_cut(vanished):
    """The calls were placed at the start of the session; this test waits for what is left of their time."""
    site, trunk = vanished.site, vanished.trunk
    until(lambda: site.up(trunk) == 0, seconds=110)
    until(lambda: site.up(vanished.telephone) == 0, seconds=110)

    def asked():
        seen = site.carrier.trace(vanished.call_id).seen
        return [message.first_line.split()[0] for message in seen if message.direction == "received"]

    until(lambda: asked()[-1] == "BYE")
    assert "OPTIONS" in asked()
    assert (site.up(vanished.alive), site.up(vanished.behind_nat)) == (1, 1)
    site.call(trunk)
    records = {record.call_id: record.code for record in site.records(trunk)}
    assert (len(records), records[vanished.call_id]) == (2, 200)
