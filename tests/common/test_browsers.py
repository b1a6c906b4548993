"""People know browsers by their names, not by what they call themselves."""

import pytest

from common.browsers import browser_words

LIKE = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (f"Mozilla/5.0 (X11; Linux x86_64) {LIKE} Chrome/140.0 Safari/537.36", "Chrome on Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64) {LIKE} Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Mac"),
        (f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) {LIKE} Safari/604.1", "Safari on iPhone"),
        (f"Mozilla/5.0 (Linux; Android 14) {LIKE} Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.0", "curl/8.0"),
        ("", "Unknown browser"),
    ],
)
def test_a_browser_is_named(user_agent, words):
    assert browser_words(user_agent) == words
