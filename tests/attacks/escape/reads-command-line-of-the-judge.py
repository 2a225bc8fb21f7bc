"""Reads how the judge was started."""
# stopped by: namespaces, landlock


def attack(judge):
    with open(f"/proc/{judge['pid']}/cmdline", "rb") as file:
        return f"read {file.read(40)!r}"
