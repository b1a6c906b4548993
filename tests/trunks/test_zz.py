from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.trunks.test_wizard import *
def test_q(alice, answers):
    draft = fill(alice, answers)
    with CaptureQueriesContext(connection, ) as c: alice.get(review_url(draft))
    for q in c.captured_queries: print(q["sql"][:60].replace('"',''), "…", q["sql"][q["sql"].find("FROM"):][:170].replace('"',''))
    print("-----handover")
    u=pay(alice,draft)["Location"]
    with CaptureQueriesContext(connection, ) as c: alice.get(u)
    for q in c.captured_queries: print(q["sql"][:60].replace('"',''), "…", q["sql"][q["sql"].find("FROM"):][:170].replace('"',''))
