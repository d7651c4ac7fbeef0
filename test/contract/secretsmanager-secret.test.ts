import { Secret } from "../../src/aws/secretsmanager/secret.ts";
import { contract } from "./suite.ts";

contract({
  kind: Secret,
  spec: async () => ({ name: "demo-test/SESSION_KEY", length: 40, tags: {} }),
  edits: {},
});
