"""Reads the environment of the judge itself."""
# stopped by: namespaces, landlock, uid


def attack(judge):
    with open(f"/proc/{judge['pid']}/environ", "rb") as file:
        return f"read {file.read(40)!r}"
