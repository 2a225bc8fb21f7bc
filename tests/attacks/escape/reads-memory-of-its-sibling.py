"""Reads another submission's memory through /proc."""
# stopped by: landlock
# unguarded: may fail for an ordinary user, whose zygote nobody may look into


def attack(judge):
    with open(f"/proc/{judge['sibling']}/mem", "rb", 0) as file:
        file.seek(judge["address"])
        return f"read {file.read(16)!r}"
