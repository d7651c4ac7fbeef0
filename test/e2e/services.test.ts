import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { namesOf } from "../../src/config/naming.ts";
import { resolveStack } from "../../src/config/resolve.ts";
import { Stage } from "../support/stage.ts";

const services = (more: string = "") => `import { defineStack } from "fairlead";
export default defineStack({
  name: "shop",
  services: {
    web: { build: { context: "service" } },
    api: {
      path: "/api/*",
      container: { port: 8080 },
      build: { context: "api" },
      sidecars: { proxy: { image: "public.ecr.aws/nginx/nginx:1.27", port: 9000 } },
    },
    admin: { path: "/admin/*", imageOf: "api" },
    docs: { path: "/docs/*", image: "public.ecr.aws/nginx/nginx:1.27" },${more}
  },
});
`;
