// Takes orders from the queue and writes each to the volume. A message that is delivered twice writes the same file.
import { writeFile } from "node:fs/promises";
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

const { QUEUE_URL: QueueUrl } = process.env;
const sqs = new SQSClient();
const stop = new AbortController();
process.on("SIGTERM", () => stop.abort());

while (!stop.signal.aborted) {
  const receive = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20, MaxNumberOfMessages: 10 });
  const { Messages = [] } = await sqs.send(receive, { abortSignal: stop.signal }).catch((error) => {
    if (stop.signal.aborted) return {};
    throw error;
  });
  for (const { Body, ReceiptHandle } of Messages) {
    const { id } = JSON.parse(Body);
    await writeFile(`/data/orders/${id}.json`, Body);
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
    process.stdout.write(`Order ${id} is stored.\n`);
  }
}
