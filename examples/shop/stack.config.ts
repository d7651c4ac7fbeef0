import { readFileSync } from "node:fs";
import { defineStack, kinds, text } from "fairlead";
import { S3Object } from "./kinds/s3-object.ts";

/** What the shop sells. An edit of the file is a change of the stack, so the plan shows it. */
const KEY = "catalog.json";
const catalog = readFileSync(new URL(KEY, import.meta.url), "utf8");

export default defineStack({
  name: "shop",

  services: {
    // Serves all paths that no other service has.
    web: {},

    // Accepts orders. The migration runs once per release, in the new image, before any service is deployed.
    api: {
      path: "/api/*",
      volumes: { data: { path: "/data" } },
      release: { before: ["node", "migrate.js"] },
    },

    // Takes orders from its queue and writes them to the volume.
    orders: {
      type: "worker",
      queue: { maxReceives: 3 },
      volumes: { data: { path: "/data", of: "api" } },
    },

    // Counts the orders of the day every night.
    report: {
      type: "job",
      schedule: "cron(0 2 * * ? *)",
      timezone: "Europe/Berlin",
      volumes: { data: { path: "/data", of: "api", readOnly: true } },
    },
  },

  // Resources that only this stack needs: a bucket of one of Fairlead's kinds, and an object of a kind of its own.
  resources: (scope) => {
    const bucket = scope.add("files", kinds.Bucket, {
      name: `${scope.name("files")}-${scope.account}-${scope.region}`,
      versioning: false,
      eventBridge: false,
      policy: undefined,
      encryption: "AES256",
      blockPublicAccess: true,
      ownership: "BucketOwnerEnforced",
      lifecycle: undefined,
    });
    scope.add("catalog", S3Object, { bucket: bucket.name, key: KEY, body: catalog });
    return {
      services: {
        web: {
          environment: { CATALOG_BUCKET: bucket.name, CATALOG_KEY: KEY },
          permissions: [
            { Sid: "Catalog", Effect: "Allow", Action: ["s3:GetObject"], Resource: text`${bucket.arn}/${KEY}` },
          ],
        },
      },
    };
  },

  environments: {
    // The environment that commands without --env work on. Others may run on its VPC, load balancer, CDN and cluster.
    dev: { shareable: true },

    // A second shop with its own orders, catalog and releases, on what dev shares: npx fairlead reconcile --env preview
    preview: {
      shared: "shop/dev",
      container: { environment: { BASE_PATH: "/preview" } },
      service: { desiredCount: 1 },
      services: {
        web: { path: "/preview/*" },
        api: { path: "/preview/api/*" },
      },
    },
  },

  // A field that no setting exposes: the load balancer drops request headers with invalid names. It belongs to dev, so preview ignores it.
  patch: {
    "balancer/load-balancer": { attributes: { "routing.http.drop_invalid_header_fields.enabled": "true" } },
  },
});
