"""Plants a file in a folder of the judge that anybody may write to."""
# stopped by: namespaces, landlock, seccomp


def attack(judge):
    with open(f"{judge['open_folder']}/{judge['mark']}", "w") as file:
        return f"made {file.name}"
