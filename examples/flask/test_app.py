"""The contract shared with service/, and tests specific to the Flask version."""

import base64
import io
import json
import re
from pathlib import Path

import pytest

from app import app

HERE = Path(__file__).parent
CASES = json.loads((HERE.parents[1] / "service/test/contract.json").read_text("utf-8"))
CODES = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 415: "unsupported_media_type"}


@pytest.fixture
def client(monkeypatch):
    monkeypatch.setenv("APP_ENV", "test")
    monkeypatch.setenv("APP_VERSION", "<1>")
    return app.test_client()


def body_of(case):
    if "body" in case:
        return json.dumps(case["body"]).encode()
    if "base64" in case:
        return base64.b64decode(case["base64"])
    return case["raw"].encode() if "raw" in case else None


def matches(actual, wanted):
    """Whether all wanted fields match; additional top-level fields are allowed."""
    return {name: actual.get(name) for name in wanted} == wanted


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_contract(client, case):
    body = body_of(case)
    kind = case.get("type", "" if body is None else "application/json")
    method = case.get("method", "GET" if body is None else "POST")
    answer = client.open(case["path"], method=method, data=body, content_type=kind or None, headers=case.get("headers"))

    assert answer.status_code == case["status"], answer.text
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers.get("allow") == case.get("allow")
    assert matches(answer.json, case.get("expect", {}))
    if "message" in case:
        request_id = answer.headers["x-request-id"]
        assert answer.json == {"error": CODES[case["status"]], "message": case["message"], "requestId": request_id}


def test_page_escapes_and_needs_no_other_host(client):
    answer = client.get("/")
    assert answer.content_type == "text/html; charset=utf-8"
    assert "version <strong>&lt;1&gt;</strong>" in answer.text
    assert not re.search(r"https?:|src=|@import|innerHTML", answer.text)
    nonce = re.search(r'<script nonce="(.+?)">', answer.text).group(1)
    assert f"script-src 'nonce-{nonce}'" in answer.headers["content-security-policy"]


def test_quote_and_currencies(client):
    assert set(client.get("/api/quote").json) == {"text", "author"}
    assert len(client.get("/api/currency").json["currencies"]) == 10


def test_head_answers_like_get_without_body(client):
    answer = client.head("/api/currency")
    assert (answer.status_code, answer.data) == (200, b"")


def test_body_limit(client):
    largest = json.dumps("x" * (64 * 1024 - 2))
    assert client.post("/api/echo", data=largest, content_type="application/json").status_code == 200
    answer = client.post("/api/echo", data=largest + " ", content_type="application/json")
    assert answer.status_code == 413
    assert answer.json["message"] == "The body must be at most 65536 bytes."


@pytest.mark.parametrize(("size", "status"), [(64 * 1024, 200), (64 * 1024 + 1, 413), (200_000, 413)])
def test_body_limit_of_a_chunked_body(client, size, status):
    body = io.BytesIO(json.dumps("x" * (size - 2)).encode())
    chunked = {"wsgi.input_terminated": True}
    answer = client.post("/api/echo", input_stream=body, content_type="application/json", environ_overrides=chunked)
    assert answer.status_code == status


@pytest.mark.parametrize(("depth", "status"), [(65, 200), (66, 400), (32_000, 400)])
def test_nesting(client, depth, status):
    answer = client.post("/api/echo", data="[" * depth + "]" * depth, content_type="application/json")
    assert answer.status_code == status


def test_500_keeps_the_reason_for_the_log(client, monkeypatch, capsys):
    def fail():
        raise RuntimeError("the secret reason")

    monkeypatch.setitem(app.view_functions, "quote", fail)
    answer = client.get("/api/quote", headers={"x-request-id": "fails-1"})
    assert answer.status_code == 500
    assert answer.json == {
        "error": "internal_error",
        "message": "Internal server error; the service's log has the details.",
        "requestId": "fails-1",
    }
    failure, line = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert "the secret reason" in failure["error"]
    assert line["status"] == 500


def test_one_json_line_a_request(client, capsys):
    trace = {"x-amzn-trace-id": "Self=1;Root=1-67891233-abcdef012345678912345678"}
    client.get("/nothing?secret=1", headers=trace)
    (text,) = capsys.readouterr().out.splitlines()
    line = json.loads(text)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line.pop("time"))
    assert line.pop("ms") >= 0
    assert line == {
        "level": "warn",
        "message": "Request completed.",
        "method": "GET",
        "path": "/nothing",
        "status": 404,
        "requestId": "1-67891233-abcdef012345678912345678",
    }


def test_dockerfile_keeps_its_promises():
    text = (HERE / "Dockerfile").read_text("utf-8")
    for promise in [
        "FROM public.ecr.aws/docker/library/python:3.12-slim",
        "USER 1000:1000",
        "EXPOSE 5000",
        'CMD ["gunicorn", "app:app"]',
        "HEALTHCHECK",
    ]:
        assert promise in text
    assert "apt-get" not in text
