"""The sample service in Python and Flask: the same routes, rules and messages as service/ in TypeScript."""

import json
import os
import platform
import random
import re
import secrets
import socket
import sys
import time
import uuid
from datetime import datetime, timezone

from flask import Flask, g, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

import operations
from checks import BODY_LIMIT, BadRequest, checked_operation, json_body, number_field, query_parameter, text_field
from data import BASE, CURRENCIES, QUOTES, RATES_DATE

LARGEST_AMOUNT = 1e12
STARTED = datetime.now(timezone.utc)

app = Flask(__name__, static_folder=None)
# One byte above the limit: Flask silently truncates a chunked body here, and json_body detects the extra byte.
app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT + 1
app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
app.json.sort_keys = False
app.json.ensure_ascii = True
# A path with an extra slash gets a 404, not a redirect.
app.url_map.merge_slashes = False


def environment():
    return os.environ.get("APP_ENV") or "development"


def version():
    return os.environ.get("APP_VERSION") or "dev"


@app.get("/")
def page():
    """The HTML page. Its script and style are allowed by a nonce, and nothing is loaded from other hosts."""
    nonce = secrets.token_urlsafe(16)
    codes = [currency["code"] for currency in CURRENCIES]
    html = render_template("index.html", nonce=nonce, environment=environment(), version=version(), codes=codes)
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return html, 200, {"content-security-policy": policy}


@app.get("/health")
def health():
    return jsonify(status="healthy", environment=environment(), version=version())


@app.get("/api/info")
def info():
    return jsonify(
        service="fairlead-sample",
        environment=environment(),
        version=version(),
        runtime=f"python {platform.python_version()}",
        host=socket.gethostname(),
        startedAt=STARTED.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        uptimeSeconds=int((datetime.now(timezone.utc) - STARTED).total_seconds()),
    )


@app.post("/api/echo")
def echo():
    return jsonify(echo=json_body())


@app.get("/api/currency")
def currency():
    return jsonify(base=BASE, date=RATES_DATE, note="Sample rates, not for real money.", currencies=CURRENCIES)


@app.get("/api/currency/convert")
def convert():
    text = query_parameter("amount")
    # Plain decimals only: float() alone would also accept "1e3", "1_000" and "inf".
    amount = float(text) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) else float("nan")
    if not amount <= LARGEST_AMOUNT:
        limit = int(LARGEST_AMOUNT)
        raise BadRequest(f'The query parameter "amount" must be a number from 0 to {limit}, such as 12.50.')
    source, target = currency_parameter("from"), currency_parameter("to")
    rate = target["rate"] / source["rate"]
    return jsonify({
        "amount": operations.plain(amount),
        "from": source["code"],
        "to": target["code"],
        "rate": operations.rounded(rate, 6),
        "result": operations.rounded(amount * rate, target["decimals"]),
        "date": RATES_DATE,
    })


def currency_parameter(name):
    code = query_parameter(name).upper()
    known = {currency["code"]: currency for currency in CURRENCIES}
    if code not in known:
        raise BadRequest(f'The query parameter "{name}" must be one of {", ".join(known)}.')
    return known[code]


@app.post("/api/calculator")
def calculator():
    fields, operation, compute = checked_operation(operations.CALCULATOR)
    numbers = {name: number_field(fields, name) for name in (("a",) if operation in operations.UNARY else ("a", "b"))}
    result = operations.calculate(compute, list(numbers.values()))
    return jsonify(operation=operation, **{name: operations.plain(value) for name, value in numbers.items()}, result=result)


@app.post("/api/text-utils")
def text_utils():
    fields, operation, run = checked_operation(operations.TEXT)
    return jsonify(operation=operation, result=run(text_field(fields, "text")))


@app.get("/api/quote")
def quote():
    return jsonify(random.choice(QUOTES))


@app.post("/api/encoder")
def encoder():
    fields, operation, run = checked_operation(operations.ENCODER)
    return jsonify(operation=operation, result=run(text_field(fields, "text")))


@app.before_request
def begin():
    g.start = time.perf_counter()
    g.request_id = request_id()


@app.after_request
def finish(response):
    """Adds the headers of every response and writes one log line per request."""
    if response.mimetype == "application/json":
        response.headers["content-type"] = "application/json; charset=utf-8"
    response.headers["cache-control"] = "no-store"
    response.headers["x-content-type-options"] = "nosniff"
    response.headers["x-request-id"] = g.request_id
    status = response.status_code
    level = "error" if status >= 500 else "warn" if status >= 400 else "info"
    ms = round((time.perf_counter() - g.start) * 1000, 1)
    log(level, "Request completed.", method=request.method, path=request.path, status=status, ms=ms, requestId=g.request_id)
    return response


@app.errorhandler(HTTPException)
def refuse(error):
    """Turns exceptions from Flask and the checks into the JSON of the contract."""
    headers = {}
    if error.code == 404:
        code, message = "not_found", "No route for this path."
    elif error.code == 405:
        methods = sorted(error.valid_methods or [])
        headers["allow"] = ", ".join(methods)
        code = "method_not_allowed"
        message = f"This path does not support {request.method}; it supports {' and '.join(methods)}."
    elif error.code == 413:
        code, message = "payload_too_large", f"The body must be at most {BODY_LIMIT} bytes."
    elif error.code == 415:
        code, message = "unsupported_media_type", error.description
    else:
        code, message = "bad_request", error.description
    return jsonify(error=code, message=message, requestId=g.request_id), error.code, headers


@app.errorhandler(Exception)
def fail(error):
    """Logs the error; the client only gets the request id."""
    log("error", "Request handler failed.", path=request.path, requestId=g.request_id, error=repr(error))
    message = "Internal server error; the service's log has the details."
    return jsonify(error="internal_error", message=message, requestId=g.request_id), 500


def request_id():
    """The caller's request id, else the root of the load balancer's trace, else a new one. Malformed ids are ignored."""
    own = request.headers.get("x-request-id", "")
    if re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", own):
        return own
    trace = re.search(r"(?:^|;)\s*Root=([A-Za-z0-9_-]{1,64})(?:;|$)", request.headers.get("x-amzn-trace-id", ""))
    return trace.group(1) if trace else str(uuid.uuid4())


def log(level, message, **fields):
    """Writes one JSON object per line."""
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    sys.stdout.write(json.dumps({"time": now, "level": level, "message": message, **fields}) + "\n")
    sys.stdout.flush()
