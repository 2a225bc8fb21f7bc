"""Our own style sheet and scripts, read once, compressed once, and served under a name that changes with them.

    /static/<digest over all files>/page.js      so that scripts import each other by plain relative names

A browser may keep such a file for ever; another version of the judge has another digest.
"""

import gzip
import hashlib
import logging
import re
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

FOLDER = Path(__file__).parent.parent / "static"
EDITOR = "build/editor.js"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": "text/plain"}
DIGEST_LENGTH = 16  # hexadecimal digits
FOR_EVER = "public, max-age=31536000, immutable"

_PART = re.compile(r"(?:from|import) *\"\./([\w.-]+\.js)\"")

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One file as it is sent; `packed` is its gzip."""

    body: bytes
    packed: bytes
    media_type: str


class Assets:
    """All files of the static folder.

    `has_editor` is false where the editor could not be bundled at build time; `editor_parts` are URLs of its chunks.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): _load(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in TYPES
        }
        whole = hashlib.sha256()
        for name, asset in self._files.items():
            whole.update(f"{name}\0{len(asset.body)}\0".encode() + asset.body)
        self.digest = whole.hexdigest()[:DIGEST_LENGTH]
        self.has_editor = EDITOR in self._files
        self.editor_parts = self._parts_of_editor() if self.has_editor else ()
        if not self.has_editor:
            log.warning(
                "the editor's bundle is missing, so pages have a plain text area; where the npm registry can be "
                "reached, install the judge again (in a checkout: uv sync --reinstall-package judge)"
            )

    def url(self, name: str) -> str:
        """Return the URL of `name`. Raises KeyError if there is no such file."""
        if name not in self._files:
            raise KeyError(name)
        return f"/static/{self.digest}/{name}"

    def _parts_of_editor(self) -> tuple[str, ...]:
        """Return the URLs of what the editor imports at its start, so that pages ask for all of it at once."""
        names = _PART.findall(self._files[EDITOR].body.decode())
        return tuple(self.url(f"build/{name}") for name in dict.fromkeys(names))

    def urls(self) -> dict[str, str]:
        """Return the URL of every file, by its name."""
        return {name: self.url(name) for name in self._files}

    def respond(self, request: Request, digest: str, name: str) -> Response:
        """Answer with a file, compressed if the client accepts that; redirect from the URL of another version."""
        asset = self._files.get(name)
        if asset is None:
            return Response("there is no such file", status_code=404, media_type="text/plain")
        if digest != self.digest:
            return RedirectResponse(self.url(name), status_code=307, headers={"Cache-Control": "no-store"})
        headers = {"Cache-Control": FOR_EVER, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(asset.packed, media_type=asset.media_type, headers={**headers, "Content-Encoding": "gzip"})
        return Response(asset.body, media_type=asset.media_type, headers=headers)


def _load(path: Path) -> Asset:
    body = path.read_bytes()
    return Asset(body=body, packed=gzip.compress(body, 9, mtime=0), media_type=TYPES[path.suffix])
