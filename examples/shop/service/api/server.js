// GET /api/orders lists the orders on the volume, POST /api/orders sends a new one to the worker. An environment that shares the CDN of
// another one has a path of its own before that, BASE_PATH, which arrives unchanged.
import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ORDERS } from "./migrate.js";

const { PORT, BASE_PATH = "", ORDERS_QUEUE_URL: QueueUrl } = process.env;
const sqs = new SQSClient();

async function list() {
  const files = (await readdir(ORDERS)).filter((file) => file.endsWith(".json"));
  return Promise.all(files.map(async (file) => JSON.parse(await readFile(`${ORDERS}/${file}`, "utf8"))));
}

async function add(request) {
  const order = { ...(await json(request)), id: randomUUID(), at: new Date().toISOString() };
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(order) }));
  return order;
}

async function answer(request) {
  if (request.url === "/health") return [200, "ok"];
  if (request.url !== `${BASE_PATH}/api/orders`) return [404, "Not found"];
  return request.method === "POST" ? [202, await add(request)] : [200, await list()];
}

const server = createServer((request, response) => {
  answer(request)
    .catch((error) => {
      process.stderr.write(`${error.stack}\n`);
      return [500, "Error"];
    })
    .then(([status, body]) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body)),
    );
});
server.listen(Number(PORT), "0.0.0.0");
process.on("SIGTERM", () => server.close());
