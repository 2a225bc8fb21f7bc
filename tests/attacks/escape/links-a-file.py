"""Gives a file of the judge a second name."""
# stopped by: namespaces, landlock, seccomp

import os


def attack(judge):
    os.link(judge["victim"], f"{judge['open_folder']}/{judge['mark']}")
    return "linked a file"
