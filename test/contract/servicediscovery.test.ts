import { HttpNamespace } from "../../src/aws/servicediscovery/http-namespace.ts";
import { contract } from "./suite.ts";

contract({
  kind: HttpNamespace,
  spec: async () => ({ name: "demo-test", tags: {} }),
  edits: {},
});
