import { Secret } from "../../src/aws/secretsmanager/secret.ts";
import { contract } from "./suite.ts";

contract({
  kind: Secret,
  spec: async () => ({
    name: "demo-test/SESSION_KEY",
    length: 40,
    maxAgeDays: undefined,
    replicaOf: undefined,
    tags: {},
  }),
  edits: {},
  without: {
    maxAgeDays: "what AWS has is the age of the value: test/e2e/generated-secret.test.ts",
    replicaOf: "it takes a secret in another region: test/unit/aws/secretsmanager/replication.test.ts",
  },
});
