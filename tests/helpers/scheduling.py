"""Hands tests out so that those that share a fixture run in one process: a file, half of the browser, one image."""

from xdist.scheduler import LoadScopeScheduling

# One server and one browser for each half of these files, by their names; one image.
TOGETHER = {"tests/browser/": "test_l", "tests/docker/": ""}


class ByFixtures(LoadScopeScheduling):
    """Hand out whole files, and whole halves of the folders in TOGETHER, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        for folder, second in TOGETHER.items():
            if file.startswith(folder):
                return folder + ("second half" if file.removeprefix(folder) >= second else "first half")
        return file
