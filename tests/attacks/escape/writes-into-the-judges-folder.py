"""Plants a file among the judge's own."""
# stopped by: namespaces, landlock, seccomp, uid


def attack(judge):
    with open(f"{judge['folder']}/{judge['mark']}", "w") as file:
        return f"made {file.name}"
