"""Goes through everything that the zygote's objects hold, for a text that begins as the judge's password does."""
# verdict: wrong_answer
# stopped by: clean zygote
# unguarded: may fail, since no layer that can be left out is there for it

import gc


def attack(judge):
    head = judge["secret_head"]
    beginnings = {str: head, bytes: head.encode()}
    for thing in gc.get_objects():
        for part in gc.get_referents(thing):
            beginning = beginnings.get(type(part))
            if beginning and part.startswith(beginning) and len(part) > len(beginning):
                return f"found {part}"
    return None
