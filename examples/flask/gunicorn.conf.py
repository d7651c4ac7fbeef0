"""The gunicorn settings in the container; gunicorn loads this file automatically."""

import os
import sys

_port = os.environ.get("PORT") or "5000"
if not (_port.isascii() and _port.isdigit() and int(_port) <= 65535):
    sys.stderr.write(f'PORT must be a whole number from 0 to 65535, but it is "{_port}".\n')
    raise SystemExit(2)

bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{_port}"
worker_class = "gthread"
workers = 2
threads = 8
# Longer than the load balancer's idle timeout of 60 s, so that the load balancer closes idle connections first.
keepalive = 65
# ECS sends SIGKILL 30 s after SIGTERM.
graceful_timeout = 25
# The root file system is read-only in the task; /tmp is writable.
worker_tmp_dir = "/tmp"
# The default location is the home directory, which the task's user cannot write to either.
control_socket_disable = True
# The app logs each request as a JSON line itself.
accesslog = None
loglevel = "warning"
