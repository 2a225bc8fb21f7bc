"""Reads a problem's reference, a file that everybody on the machine may read."""
# stopped by: namespaces, landlock


def attack(judge):
    with open(judge["reference"]) as file:
        return "read " + file.read(40)
