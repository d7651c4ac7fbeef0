"""Parses input and rejects invalid input with a one-sentence message."""

import json
import math
import re

from flask import request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

BODY_LIMIT = 64 * 1024
DEPTH_LIMIT = 64


def json_body():
    """The request body as JSON; raises an exception that says why it is not valid."""
    check_content_type()
    data = request.get_data()
    if len(data) > BODY_LIMIT:
        raise RequestEntityTooLarge
    try:
        # utf-8-sig removes a byte order mark, as browsers do.
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadRequest("The body is not valid UTF-8.") from None
    if not text.strip():
        raise BadRequest("The body is empty; it must be JSON.")
    try:
        value = json.loads(text, parse_int=whole_number, parse_constant=refuse_constant)
    except RecursionError:
        raise too_deep() from None
    except ValueError:
        raise BadRequest("The body is not valid JSON.") from None
    check_value(value)
    return value


def check_content_type():
    kind, *parameters = [part.strip() for part in request.headers.get("content-type", "").lower().split(";")]
    charset = next((part for part in parameters if part.startswith("charset=")), "charset=utf-8")
    is_json = re.fullmatch(r"application/([A-Za-z0-9_.+-]+\+)?json", kind)
    if not is_json or not re.fullmatch(r'charset="?utf-?8"?', charset):
        raise UnsupportedMediaType("The content type must be application/json in UTF-8.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("The body must not be compressed.")


def refuse_constant(name):
    """NaN and Infinity are Python extensions of JSON."""
    raise ValueError(name)


def whole_number(digits):
    """Parses an integer like the TypeScript service: beyond the range of a float it is infinite."""
    return int(digits) if math.isfinite(float(digits)) else math.inf


def check_value(value):
    """Rejects values that could not be serialized again. Iterates level by level instead of recursing, to limit stack depth."""
    level, depth = [value], 0
    while level:
        if depth > DEPTH_LIMIT:
            raise too_deep()
        if any(isinstance(item, float) and math.isinf(item) for item in level):
            raise BadRequest("The body holds a number too large.")
        level = [child for item in level for child in children(item)]
        depth += 1


def children(item):
    if isinstance(item, dict):
        return item.values()
    return item if isinstance(item, list) else ()


def too_deep():
    return BadRequest(f"The body is nested more than {DEPTH_LIMIT} levels deep.")


def checked_operation(operations):
    """Returns the fields of the body, the value of "operation", and what that value maps to."""
    fields = json_body()
    if not isinstance(fields, dict):
        raise BadRequest("The body must be a JSON object.")
    name = text_field(fields, "operation")
    if name not in operations:
        raise BadRequest(f'The field "operation" must be one of {", ".join(operations)}.')
    return fields, name, operations[name]


def number_field(fields, name):
    value = present(fields, name)
    # In Python a bool is an int, but in JSON it is not a number.
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    raise BadRequest(f'The field "{name}" must be a number.')


def text_field(fields, name):
    value = present(fields, name)
    if not isinstance(value, str):
        raise BadRequest(f'The field "{name}" must be a string.')
    # A lone surrogate has no UTF-8 encoding, so it could not be sent back.
    if any(0xD800 <= ord(character) <= 0xDFFF for character in value):
        raise BadRequest(f'The field "{name}" must be valid Unicode text.')
    return value


def query_parameter(name):
    values = request.args.getlist(name)
    if len(values) > 1:
        raise BadRequest(f'The query parameter "{name}" is given more than once.')
    if not values or not values[0].strip():
        raise BadRequest(f'The query parameter "{name}" is missing.')
    return values[0].strip()


def present(fields, name):
    if name not in fields:
        raise BadRequest(f'The field "{name}" is missing.')
    return fields[name]
