"""The words of refusals: the node's configuration, the catalogue and the documentation say the same."""

import re
from pathlib import Path

from sbc.lab.node import CONFIGURATION
from sbc.refusals import REFUSALS

ROOT = Path(__file__).parents[2]
CASE = re.compile(r'case "([a-z-]+)":\s+\$var\(code\) = (\d+); \$var\(text\) = "([^"]+)"; break;')


def test_the_catalogue_and_the_node_use_the_same_words():
    found = CASE.findall((CONFIGURATION.parent / "refusals.cfg").read_text())

    assert {(word, int(code), text) for word, code, text in found} == {
        (word, refusal.status, refusal.text) for word, refusal in REFUSALS.items()
    }


def test_every_word_that_a_call_may_be_refused_with_is_in_the_catalogue():
    text = "".join(part.read_text() for part in CONFIGURATION.parent.glob("*.cfg"))
    found = set(re.findall(r'\$(?:var|avp)\((?:why|fault|said|nobody)\) = "([a-z-]{2,})"', text))

    assert found - {"destination-silent"} == set(REFUSALS)  # that one is for rehearsals only


def test_the_page_about_refusals_lists_each_with_cause_and_cure():
    page = (ROOT / "docs" / "refusals.md").read_text()

    for word, refusal in REFUSALS.items():
        row = f"| `{word}` | {refusal.status} {refusal.text} | {refusal.cause} | {refusal.cure} |"
        assert row in page
