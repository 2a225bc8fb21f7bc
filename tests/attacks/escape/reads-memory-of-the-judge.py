"""Reads the judge's own memory, where the expected values lie, through /proc."""
# stopped by: namespaces, landlock, uid
# unguarded: may fail for an ordinary user, whose judge nobody may look into


def attack(judge):
    with open(f"/proc/{judge['pid']}/maps") as file:
        address = int(file.readline().split("-")[0], 16)
    with open(f"/proc/{judge['pid']}/mem", "rb", 0) as file:
        file.seek(address)
        return f"read {file.read(8)!r}"
