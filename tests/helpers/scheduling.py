"""Hands tests out so that those that share a fixture run in one process: a file's, and those of the one browser."""

from xdist.scheduler import LoadScopeScheduling

TOGETHER = ("tests/browser/", "tests/docker/")  # one server and one browser; one image


class ByFixtures(LoadScopeScheduling):
    """Hand out whole files, and whole folders of TOGETHER, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)
