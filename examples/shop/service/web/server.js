// The shop's page: what there is to buy, as the catalog in S3 has it.
import { createServer } from "node:http";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";

const { PORT, CATALOG_BUCKET: Bucket, CATALOG_KEY: Key } = process.env;
const s3 = new S3Client();

async function page() {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  const items = JSON.parse(await Body.transformToString()).map(({ name, price }) => `<li>${name}: ${price} EUR</li>`);
  return `<!doctype html><title>Shop</title><h1>Shop</h1><ul>${items.join("")}</ul>`;
}

const server = createServer((request, response) => {
  if (request.url === "/health") return void response.end("ok");
  page().then(
    (html) => response.setHeader("content-type", "text/html; charset=utf-8").end(html),
    (error) => {
      process.stderr.write(`${error.stack}\n`);
      response.writeHead(500).end("The catalog cannot be read.");
    },
  );
});
server.listen(Number(PORT), "0.0.0.0");
process.on("SIGTERM", () => server.close());
