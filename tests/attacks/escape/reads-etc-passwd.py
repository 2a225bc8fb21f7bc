"""Reads the list of the machine's users."""
# stopped by: namespaces, landlock


def attack(judge):
    with open("/etc/passwd") as file:
        return "read " + file.read(40)
