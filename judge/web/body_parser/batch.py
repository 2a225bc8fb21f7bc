"""Batches: many programs in one JSON body, read one at a time."""

from collections.abc import Iterator

from pydantic import ValidationError

from judge.errors import SubmissionRefused, SubmissionTooLong
from judge.web import limits
from judge.web.body_parser.json_scan import batch_items
from judge.web.body_parser.parsed import FieldFault, Item, parsed_program
from judge.web.body_parser.validation import faults_of, invalid_request
from judge.web.schemas import MAX_BATCH, BatchItemIn


def parse_batch(body: bytes, only_problem: str | None) -> Iterator[Item]:
    """Yield the programs of a JSON body, one at a time; for one that can't be judged, its refusal. Raises BadBody."""
    faults: list[FieldFault] = []
    where = "body.submissions"
    for index, piece in enumerate(batch_items(body)):
        if index == MAX_BATCH:
            faults.append(FieldFault(where=where, message=f"List should have at most {MAX_BATCH} items"))
        if len(faults) >= limits.MOST_ERRORS or index == MAX_BATCH:
            break
        if len(piece) > limits.MAX_BODY_BYTES:
            yield SubmissionTooLong(f"the program has more than {limits.MAX_BODY_BYTES:,} bytes of JSON")
            continue
        try:
            given = BatchItemIn.model_validate_json(piece, strict=True)
        except ValidationError as error:
            faults += faults_of(error, f"{where}.{index}")
            continue
        if not faults:
            try:
                yield parsed_program(given, given.source.encode("utf-8", "surrogatepass"), only_problem)
            except SubmissionRefused as refusal:
                yield refusal
    if faults:
        raise invalid_request(faults)
