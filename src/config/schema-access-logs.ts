import { closed, field, flag, INT32, named, oneOf, optional, whole } from "./fields.ts";

/* The settings of the logs of all requests. */

export const accessLogs = optional(
  named(
    "AccessLogsConfig",
    "Logs of all requests to the CDN, and to the load balancer behind it.",
    closed({
      to: field(
        named("AccessLogsDestination", "Where access logs are kept.", oneOf(["s3", "cloudwatch"])),
        "s3",
        "Where to keep the CDN's access logs: in a bucket, which only costs its storage, or in CloudWatch Logs in us-east-1, which costs by the gigabyte and can be queried there.",
      ),
      retentionDays: field(
        whole(1, INT32),
        30,
        "Days to keep access logs; in CloudWatch Logs, one of the periods of `logs.retentionDays`.",
      ),
      queryStrings: field(
        flag(),
        false,
        "Log the query strings of requests, and the referring pages, whose addresses contain query strings as well. They often contain personal data.",
      ),
      cookies: field(flag(), false, "Log the cookies of requests. They often contain session keys."),
      balancer: field(
        flag(),
        false,
        "Log the requests to the load balancer too, with the task that answered each. Elastic Load Balancing writes these logs only to a bucket, whatever `to` says, and always with query strings, whatever `queryStrings` says.",
      ),
    }),
  ),
  "no access logs",
  "Log every request: `{}` keeps the CDN's access logs in a bucket for 30 days, without query strings and cookies. `logs --access` reads them. AWS takes up to 12 hours to begin, and to apply a change.",
);
