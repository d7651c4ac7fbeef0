"""The operations of the calculator, text tools and encoder. Invalid input raises BadRequest with a one-sentence message."""

import base64
import math
import re
from urllib.parse import quote, unquote_to_bytes

from werkzeug.exceptions import BadRequest


def plain(number):
    """An integral number without ".0", so that the JSON is the same as the TypeScript service's."""
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def rounded(value, decimals):
    """Rounds half up, like JavaScript's Math.round."""
    factor = 10**decimals
    return plain(math.floor(value * factor + 0.5) / factor)


def calculate(compute, numbers):
    try:
        result = compute(*numbers)
    except (OverflowError, ValueError):
        result = math.nan
    if not math.isfinite(result):
        raise BadRequest("The result is not a finite real number.")
    return plain(result)


def non_zero(divisor):
    if divisor == 0:
        raise BadRequest("Division by zero has no result.")
    return divisor


def count(text):
    return {
        "characters": len(text),
        "charactersWithoutSpaces": len(re.sub(r"\s", "", text)),
        "words": len(text.split()),
        "lines": len(re.split(r"\r\n|\r|\n", text)) if text else 0,
    }


def utf8(data):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("The decoded bytes are not UTF-8 text.") from None


def decode_base64(text):
    if len(text) % 4 or not re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", text):
        raise BadRequest("The text is not valid Base64.")
    return utf8(base64.b64decode(text))


def decode_hex(text):
    if len(text) % 2 or not re.fullmatch(r"[0-9A-Fa-f]*", text):
        raise BadRequest("The text is not valid hexadecimal.")
    return utf8(bytes.fromhex(text))


def decode_url(text):
    try:
        if re.search(r"%(?![0-9A-Fa-f]{2})", text):
            raise ValueError
        return unquote_to_bytes(text).decode("utf-8")
    except ValueError:
        raise BadRequest("The text is not valid URL encoding.") from None


UNARY = {"sqrt", "log"}

CALCULATOR = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / non_zero(b),
    # fmod instead of %: the result has the sign of the dividend, as in JavaScript.
    "modulo": lambda a, b: math.fmod(a, non_zero(b)),
    "power": math.pow,
    "sqrt": math.sqrt,
    "log": math.log,
}

TEXT = {
    "uppercase": str.upper,
    "lowercase": str.lower,
    "reverse": lambda text: text[::-1],
    "trim": str.strip,
    "count": count,
}

ENCODER = {
    "base64-encode": lambda text: base64.b64encode(text.encode()).decode(),
    "base64-decode": decode_base64,
    "hex-encode": lambda text: text.encode().hex(),
    "hex-decode": decode_hex,
    "url-encode": lambda text: quote(text, safe="!'()*"),
    "url-decode": decode_url,
}
