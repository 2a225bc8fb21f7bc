"""Limits of one request, connection or client. Those that an operator may change are in the settings.

connection ── headers (size, count, seconds) ── body (size, seconds, memory of all) ── handled ── idle (seconds)
"""

from judge.submission import MAX_SOURCE_BYTES

KIB, MIB = 1024, 1024 * 1024

# Headers, with the request line
HEADER_BYTES = 32 * KIB  # of all headers and the URL together
HEADER_COUNT = 100
URL_BYTES = 8 * KIB
HEADER_SECONDS = 10.0  # from a connection's start, or a later request's first byte, to the last header

# Bodies
JSON_GROWTH = 6  # a character may become \u0000 in JSON
ENVELOPE_BYTES = 16 * KIB  # everything but the source
MAX_BODY_BYTES = MAX_SOURCE_BYTES * JSON_GROWTH + ENVELOPE_BYTES  # of one submission
MAX_BATCH_BODY_BYTES = 32 * MIB
FORM_BYTES = 4 * MAX_SOURCE_BYTES  # of a page's form, in which a source may be sent twice: typed and as a file
OTHER_BODY_BYTES = 16 * KIB  # of every other route
MAX_DRAINED_BYTES = 64 * MIB  # read and discarded, so that a client gets to read why it was refused
BODY_SECONDS = 60.0  # from the last header to the last byte of the body
HELD_BODY_BYTES = 96 * MIB  # of all bodies that are being received or parsed
CLIENT_HELD_BODY_BYTES = 40 * MIB  # the same of one client: a batch, and a few small ones
FREE_CHUNKS = 256  # pieces of a chunked body that may be of any size
LEAST_CHUNK_BYTES = 64  # on average, of all pieces after those: each costs as much work as a large one

# Bodies up to these sizes are parsed on the event loop; larger ones in a helper process
INLINE_JSON_BYTES = 16 * KIB
INLINE_FORM_BYTES = 8 * KIB
MOST_ERRORS = 20  # listed in one answer; the others are counted

# Connections
IDLE_SECONDS = 20.0  # between two requests of one connection
WRITE_SECONDS = 60.0  # for which a client may read nothing of its answer
CLOSE_SECONDS = 30.0  # from a connection's last answer until it is aborted
SWEEP_SECONDS = 0.5  # between two checks for overdue connections
MOST_PIPELINED = 8  # requests sent before their predecessors' answers

# Long requests
STREAM_SECONDS = 600.0  # of one event stream; the client reconnects
BUSY_RETRY_SECONDS = 5  # the Retry-After where something is full

# Helper processes
READERS = 1  # of bodies
DRAWERS = 2  # of pages
READ_SECONDS = 5.0  # of one body
DRAW_SECONDS = 3.0  # of one page
MOST_WAITING = 64  # jobs before the client with the most of them is refused
HELPER_MIB = 512  # of memory, each
