"""One HTTP POST to a stranger's server; of the response, nothing is read but its status.

Header lines that drip, endless bodies and endless interim responses cost a webhook nothing, because the connection is
closed once the status line is there.
"""

import asyncio
import base64
import re
from collections.abc import Mapping
from ssl import SSLContext

import httpx

MAX_LINE_BYTES = 8 * 1024
MAX_INTERIM_LINES = 64  # of responses with a status below 200, which go before the final one
_STATUS_LINE = re.compile(rb"HTTP/1\.[01] ([1-9][0-9]{2})[ \r\n]")


async def post(url: httpx.URL, address: str, headers: Mapping[str, str], body: bytes, tls: SSLContext) -> int:
    """Send `body` to `address`, which is one of the URL's host, and return the status of the response.

    Raises OSError, and ValueError for a response that is not HTTP.
    """
    secure = url.scheme == "https"
    reader, writer = await asyncio.open_connection(
        address,
        url.port or (443 if secure else 80),
        limit=MAX_LINE_BYTES,
        ssl=tls if secure else None,
        server_hostname=host_of(url) if secure else None,
    )
    try:
        writer.write(_head(url, headers, body) + body)
        await writer.drain()
        return await _status(reader)
    finally:
        writer.transport.abort()  # a polite end would wait for the other side


def host_of(url: httpx.URL) -> str:
    """Return the URL's host as name servers and certificates know it, in ASCII."""
    return url.raw_host.decode("ascii")


def _head(url: httpx.URL, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = {
        "Host": url.netloc.decode("ascii"),
        **headers,
        "Accept": "*/*",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    if url.userinfo:
        credentials = base64.b64encode(f"{url.username}:{url.password}".encode()).decode("ascii")
        lines["Authorization"] = f"Basic {credentials}"
    if any(ord(character) < 0x20 for line in lines.items() for character in "".join(line)):
        raise ValueError("a header can't hold control characters")
    text = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return b"POST %s HTTP/1.1\r\n%s\r\n" % (url.raw_path, text.encode("latin-1"))


async def _status(reader: asyncio.StreamReader) -> int:
    is_interim = False  # within the header of an interim response
    for _ in range(MAX_INTERIM_LINES):
        line = await reader.readline()  # raises ValueError for one that is too long
        if is_interim:
            is_interim = bool(line.strip())
            continue
        if (found := _STATUS_LINE.match(line)) is None:
            break
        if (status := int(found[1])) >= 200:
            return status
        is_interim = True
    raise ValueError("the response is not HTTP")
