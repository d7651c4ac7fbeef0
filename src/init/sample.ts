import type { App } from "./detect.ts";
import type { Language } from "./languages.ts";
import { nodeInstall } from "./node.ts";
import { NODE_VERSION } from "./node-version.ts";

/** A small application with a health route, so that an empty folder has something to release. */
export interface Sample {
  readonly app: App;
  readonly files: Readonly<Record<string, string>>;
}

const NODE = `// Answers requests. SIGTERM, which ECS sends before it stops a task, closes the server once the open requests have their answers.
import { createServer } from "node:http";

const server = createServer((request, response) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(request.url === "/health" ? { status: "ok" } : { hello: "world" }));
});
server.listen(Number(process.env.PORT ?? 8080), "0.0.0.0");
process.on("SIGTERM", () => server.close(() => process.exit(0)));
`;

const PYTHON = `"""Answers requests. SIGTERM, which ECS sends before it stops a task, ends the server."""

import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = {"status": "ok"} if self.path == "/health" else {"hello": "world"}
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
ThreadingHTTPServer(("0.0.0.0", int(os.environ.get("PORT", "8080"))), Handler).serve_forever()
`;

const GO = `// Answers requests. SIGTERM, which ECS sends before it stops a task, ends the process.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	http.HandleFunc("/health", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "ok") })
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "hello, world") })
	log.Fatal(http.ListenAndServe(":"+port, nil))
}
`;

/** The application for a folder that is empty but for what an install of packages leaves there. */
export function sampleFor(language: Language, directory: string): Sample {
  if (language === "python")
    return {
      app: {
        language,
        name: undefined,
        version: "3.12",
        installs: "none",
        adds: undefined,
        start: ["python", "app.py"],
        readsPort: true,
      },
      files: { "app.py": PYTHON },
    };
  if (language === "go")
    return {
      app: { language, name: undefined, version: "1.24", mains: ["."], readsPort: false },
      files: { "main.go": GO, "go.mod": "module app\n\ngo 1.24\n" },
    };
  return {
    app: {
      language,
      name: undefined,
      version: NODE_VERSION,
      ...nodeInstall(directory),
      start: ["node", "server.mjs"],
      readsPort: true,
    },
    files: {
      "server.mjs": NODE,
      "package.json": `${JSON.stringify({ name: "app", version: "1.0.0", private: true, scripts: { start: "node server.mjs" } }, undefined, 2)}\n`,
    },
  };
}
