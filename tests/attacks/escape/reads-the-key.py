"""Reads a file of the judge that only its own user may read."""
# stopped by: namespaces, landlock, uid


def attack(judge):
    with open(judge["key"]) as file:
        return "read " + file.read(40)
