from tests.e2e import wizard
from tests.e2e.life import *
from tests.e2e.hands import Mouse

def test_shots(visit, work, account, engineer, new_york):
    n = 0
    page = visit(viewport={"width": 320, "height": 640})
    def shot(name):
        page.screenshot(path=f"/tmp/shots/{name}.png", full_page=True)
    life = Life(KINDS["registered"], Mouse(page), work)
    life.buy()
    life.read_password(); shot("1handover")
    life.settle("Ready"); life.keep_password()
    page.get_by_role("row", name="Main office").locator("summary").click(); shot("2list")
    page.get_by_role("row", name="Main office").locator("summary").click()
    life.choose_in_list("Edit"); 
    page.get_by_label("Channels", exact=True).fill("12"); shot("3edit")
    life.button("Check changes").click(); wizard.arrive(page, "Check your changes"); shot("4check")
    life.button("Save and pay").click(); life.settle("Live on both nodes"); page.reload(); shot("5detail")
    life.reset_password(); life.read_password(); life.settle("Old password works"); shot("6password")
