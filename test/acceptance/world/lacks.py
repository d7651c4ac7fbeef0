"""Prints which operations moto does not implement, with world/ in place: lacks.py < {"CloudFront": ["CreateVpcOrigin", ...], ...} -> ["CloudFront.CreateVpcOrigin", ...].

moto dispatches a request to the method of its response class that is called as the operation is, in Python's spelling. S3 is an exception: it dispatches
by the parts of a request, so nothing can be said of it here.
"""
import importlib
import json
import pathlib
import sys

from moto.core.responses import BaseResponse
from moto.core.utils import camelcase_to_underscores

sys.argv[1:] = ["0"]
import moto_gaps  # noqa: E402,F401

# How moto's folder is called, where it is not the client's name in lower case.
FOLDERS = {"CloudWatchLogs": "logs", "ElasticLoadBalancingV2": "elbv2", "EventBridge": "events"}
# Those of response headers policies are answered before moto sees them (moto_world.py).
IN_FRONT = {"CloudFront": "ResponseHeadersPolic"}


def lacking(client, operations):
    folder = FOLDERS.get(client, client.lower())
    if client == "S3":
        return []
    if not (pathlib.Path(importlib.import_module("moto").__file__).parent / folder).is_dir():
        return operations
    module = importlib.import_module(f"moto.{folder}.responses")
    classes = [c for c in vars(module).values() if isinstance(c, type) and issubclass(c, BaseResponse) and c is not BaseResponse]
    in_front = IN_FRONT.get(client)
    return [
        operation
        for operation in operations
        if not any(hasattr(c, camelcase_to_underscores(operation)) for c in classes)
        and not (in_front and in_front in operation and not operation.startswith("ListDistributions"))
    ]


asked = json.load(sys.stdin)
json.dump([f"{client}.{operation}" for client, operations in asked.items() for operation in lacking(client, operations)], sys.stdout)
