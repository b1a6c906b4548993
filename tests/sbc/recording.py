"""Call records on their way: as Kamailio writes them, and as the portal is told of them."""

from sbc.lab.samples import sample_line


class Kamailio:
    """Writes as its db_flatstore does: a process opens its file at its first record, and anew after `turn`."""

    def __init__(self, folder):
        self.folder, self.files, self.turned = folder, {}, []

    def write(self, call_id, process=1, **changes):
        self.raw(sample_line(call_id, **changes), process)

    def raw(self, text, process=1):
        if process in self.turned:
            self.turned.remove(process)
            self.files.pop(process).close()
        if process not in self.files:
            self.files[process] = (self.folder / f"calls_{process}.log").open("a")
        self.files[process].write(text)
        self.files[process].flush()

    def turn(self):
        self.turned = list(self.files)


def ids(store, after=0, limit=1000):
    return [record["call_id"] for record in store.page(store.id, after, limit)["records"]]
