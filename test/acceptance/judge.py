"""Judges requests by AWS's own models: judge.py LOG... -> one JSON object {requests, operations, violations}.

A log is what `--log` writes: a JSON line for each attempt of a call, with its service, operation and input. The judge is botocore: its
ParamValidator for what is required and of which type, and its models for what botocore itself does not check (patterns, enums, the upper
bounds of lengths and ranges). A log that is missing or empty, and a service or an operation that AWS does not know, are violations.
"""
import datetime
import json
import re
import sys

from botocore.session import Session
from botocore.validate import ParamValidator

# The names of the clients as the log has them.
SERVICES = {
    "autoscaling": "application-autoscaling",
    "elb": "elbv2",
    "eventbridge": "events",
    "globaltagging": "resourcegroupstaggingapi",
    "tagging": "resourcegroupstaggingapi",
    "waf": "wafv2",
}
# Java's classes that Python's expressions lack, for a use inside brackets: each is at least as wide as the original.
CLASSES = {"L": r"\w", "M": r"\w", "N": r"\d", "Z": r"\s", "P": r"!-/:-@\[-`{-~", "S": r"$+<->^`|~", "C": r"\x00-\x1f", "Print": r"\x20-\x7e", "Graph": r"\x21-\x7e", "ASCII": r"\x00-\x7f", "Alnum": "a-zA-Z0-9"}
# What the log hides has no value to judge; so it says.
HIDDEN = "(secret)"

# moto 5.2.1 (moto/cloudfront/models.py) gives distributions an ARN that lacks the empty region, and is asked with what it gave.
MOTOS_OWN = re.compile(r"arn:aws:cloudfront:\d{12}:distribution/\w+")

session = Session()
models = {}
patterns = {}


def model_of(service):
    name = SERVICES.get(service.lower(), service.lower())
    if name not in models:
        models[name] = session.get_service_model(name)
    return models[name]


def widened(pattern):
    """The pattern with Python's classes: outside brackets a class gets brackets of its own."""
    made, inside, rest = "", False, pattern
    while rest:
        found = re.match(r"\\p\{(?:Is|In)?(\w+?)\}", rest)
        if found:
            made += CLASSES[found.group(1)] if inside else f"[{CLASSES[found.group(1)]}]"
            rest = rest[found.end() :]
            continue
        size = 2 if rest[0] == "\\" else 1
        inside = rest[0] != "]" and (inside or rest[0] == "[")
        made, rest = made + rest[:size], rest[size:]
    return made


def matches(pattern, text):
    if pattern not in patterns:
        # A pair of surrogates stands for one character.
        python = pattern.replace(r"\uD800\uDC00-\uDBFF\uDFFF", r"\U00010000-\U0010FFFF")
        # Java lets the flag stand in the middle, where it holds from there on; Python wants what it is about in a group.
        python = re.sub(r"\(\?i\)([^|)]*)", r"(?i:\1)", widened(python))
        patterns[pattern] = re.compile(python, re.ASCII if "\\p" not in pattern else 0)
    return patterns[pattern].fullmatch(text) is not None


def parsed(value, shape):
    """The value as botocore takes it: JSON has no dates, and no bytes."""
    if shape.type_name == "timestamp" and isinstance(value, str):
        return datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
    if shape.type_name == "blob":
        return b"" if not isinstance(value, str) else value.encode()
    if shape.type_name == "structure" and isinstance(value, dict):
        return {name: parsed(item, shape.members[name]) if name in shape.members else item for name, item in value.items() if item is not None and not hidden(item, shape.members.get(name))}
    if shape.type_name == "list" and isinstance(value, list):
        return [parsed(item, shape.member) for item in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {key: parsed(item, shape.value) for key, item in value.items()}
    # Page sizes of Route 53: numbers in the SDK, strings in botocore, and the same in the query.
    if shape.name == "PageMaxItems" and isinstance(value, int):
        return str(value)
    return value


def hidden(item, shape):
    """Whether the log hides a whole list or structure."""
    return item == HIDDEN and shape is not None and shape.type_name != "string"


def faults(value, shape, path):
    """What the model demands beyond what ParamValidator checks."""
    limits = shape.metadata
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, item in value.items():
            if name in shape.members:
                yield from faults(item, shape.members[name], f"{path}.{name}")
        return
    if shape.type_name == "list" and isinstance(value, list):
        for index, item in enumerate(value):
            yield from faults(item, shape.member, f"{path}[{index}]")
    if shape.type_name == "map" and isinstance(value, dict):
        for key, item in value.items():
            yield from faults(key, shape.key, f"{path} key")
            yield from faults(item, shape.value, f"{path}.{key}")
    size = len(value) if isinstance(value, (str, list, dict)) else value
    if isinstance(size, (int, float)) and not isinstance(size, bool):
        if "min" in limits and size < limits["min"]:
            yield f"{path}: {size} is below {limits['min']}"
        if "max" in limits and size > limits["max"]:
            yield f"{path}: {size} is above {limits['max']}"
    if not isinstance(value, str) or HIDDEN in value:
        return
    if limits.get("enum") and value not in limits["enum"]:
        yield f"{path}: {value!r} is none of {limits['enum']}"
    if "pattern" in limits and not MOTOS_OWN.fullmatch(value) and not matches(limits["pattern"], value):
        yield f"{path}: {value!r} does not match {limits['pattern']}"


def judge(line):
    try:
        operation = model_of(line["service"]).operation_model(line["operation"])
    except Exception as error:  # an unknown service or operation
        return [f"{line.get('service')}.{line.get('operation')}: {error}"]
    if "input" not in line:
        return [f"{line['operation']}: the log does not tell its input"]
    shape = operation.input_shape
    if shape is None:
        return []
    given = parsed(line["input"], shape)
    report = ParamValidator().validate(given, shape)
    found = report.generate_report().splitlines() if report.has_errors() else []
    return [f"{line['service']}.{line['operation']}: {fault}" for fault in [*found, *faults(given, shape, "input")]]


def main():
    operations, violations, requests = set(), [], 0
    if len(sys.argv) < 2:
        violations.append("no log was given")
    for path in sys.argv[1:]:
        try:
            lines = [json.loads(line) for line in open(path) if line.strip()]
        except OSError as error:
            violations.append(f"{path}: {error}")
            continue
        for line in lines:
            requests += 1
            operations.add(f"{line.get('service')}.{line.get('operation')}")
            violations.extend(judge(line))
    if requests == 0:
        violations.append("the logs have no requests in them")
    json.dump({"requests": requests, "operations": sorted(operations), "violations": sorted(set(violations))}, sys.stdout)


main()
