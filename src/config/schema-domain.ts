import { group, optional, several, text } from "./fields.ts";

/* The settings of domain names. */

/** botocore acm, DomainNameString, in lower case; labels of up to 63 characters. */
const LABEL = "(?!-)[a-z0-9-]{0,62}[a-z0-9]";
const NAME = `(?:${LABEL}\\.)+${LABEL}`;

/** ACM User Guide, "Quotas": ten domain names per certificate. */
const MOST = 10;

export const domain = optional(
  several(
    new RegExp(`^(?=.{1,253}$)(?:\\*\\.)?${NAME}$`),
    "a domain name in lower case, such as shop.example.com or *.example.com",
    MOST,
  ),
  "none: the application is reached at the CDN's own domain name",
  "Domain name of the application, or up to ten. Fairlead requests certificates, serves HTTPS from the user to the load balancer, and creates the DNS records if the domain's zone is in Route 53. The first name is that of `application_url`.",
);

export const dns = group("DnsConfig", "The DNS of the domain names.", {
  zone: optional(
    text(
      new RegExp(`^(?:Z[A-Z0-9]{1,31}|${NAME})$`),
      "the name of a hosted zone, such as example.com, or its id, such as Z0123456789ABCDEFGHIJ",
    ),
    "the hosted zone of the account with the longest name that the domain name ends in; if there is none, the records to create elsewhere are shown",
    "Route 53 hosted zone for the records of `domain`: its name, or its id.",
  ),
});
