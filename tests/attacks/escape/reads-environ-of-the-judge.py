"""Reads the environment of the judge itself."""
# stopped by: namespaces, landlock, uid
# unguarded: may fail for an ordinary user, whose judge nobody may look into


def attack(judge):
    with open(f"/proc/{judge['pid']}/environ", "rb") as file:
        return f"read {file.read(40)!r}"
