import type { Filter, GetProductsCommandInput, GetProductsCommandOutput } from "@aws-sdk/client-pricing";
import { refuse } from "../errors.ts";
import { onlyKnown } from "../known.ts";
import type { Answer, Operations } from "../sim.ts";
import { PRODUCTS, PUBLISHED, type Product } from "./products.ts";

/** "AWS Price List API endpoints: us-east-1, eu-central-1, ap-south-1" (AWS Billing user guide, "Using the AWS Price List Query API"). */
const ENDPOINTS = ["us-east-1", "eu-central-1", "ap-south-1"];

/** Services of whose products none is simulated. */
const OTHERS = [
  "AmazonCloudFront",
  "AmazonCloudWatch",
  "AmazonECR",
  "AmazonEFS",
  "AmazonS3",
  "AWSCodePipeline",
  "AWSQueueService",
  "CodeBuild",
];

const invalid = (message: string): never => refuse("InvalidParameterException", message);

/** AWS's price list, as far as Fairlead asks it: products of a service by filters. What no product matches is an empty list, and no error. */
export const pricing = {
  GetProducts(input: GetProductsCommandInput, sim): Answer<GetProductsCommandOutput> {
    const { ServiceCode, Filters = [], FormatVersion = "aws_v1", MaxResults = 100, NextToken, ...rest } = input;
    onlyKnown("GetProducts", rest);
    // Elsewhere there is no such host.
    if (!ENDPOINTS.includes(sim.region))
      refuse("UnknownEndpoint", `getaddrinfo ENOTFOUND api.pricing.${sim.region}.amazonaws.com`);
    if (FormatVersion !== "aws_v1") invalid("Invalid format version");
    if (MaxResults < 1 || MaxResults > 100) invalid("MaxResults must be between 1 and 100");
    const own = PRODUCTS.filter(({ servicecode }) => servicecode === ServiceCode);
    if (own.length === 0 && !OTHERS.includes(ServiceCode ?? ""))
      refuse("NotFoundException", `Invalid service code: ${ServiceCode}`);
    const found = own.filter((product) => Filters.every((filter) => matches(product, filter)));
    const from = Number(NextToken ?? 0);
    const next = from + MaxResults;
    return {
      FormatVersion,
      PriceList: found.slice(from, next).map(entry),
      ...(next < found.length ? { NextToken: String(next) } : {}),
    };
  },
} satisfies Operations;

/** botocore pricing, Filter.Type. */
function matches(product: Product, { Type, Field = "", Value = "" }: Filter): boolean {
  const value = (product as unknown as Readonly<Record<string, unknown>>)[Field];
  if (Type === "TERM_MATCH" || Type === "EQUALS") return value === Value;
  if (Type === "CONTAINS") return typeof value === "string" && value.includes(Value);
  return invalid(`This filter is not simulated: ${Type}`);
}

/** A product as AWS lists it: a string of JSON with the product, its terms and when the list was published (AWS Billing user guide, "Reading price list files"). */
function entry({ usd, unit, ...attributes }: Product): string {
  const sku = attributes.usagetype.replaceAll(/[^A-Za-z0-9]/g, "").toUpperCase();
  const dimension = {
    unit,
    beginRange: "0",
    endRange: "Inf",
    description: `$${usd} per ${unit}`,
    rateCode: `${sku}.JRTCKXETXF.6YS6EN2CT7`,
    appliesTo: [],
    pricePerUnit: { USD: usd.toFixed(10) },
  };
  const term = {
    offerTermCode: "JRTCKXETXF",
    sku,
    effectiveDate: PUBLISHED,
    priceDimensions: { [dimension.rateCode]: dimension },
    termAttributes: {},
  };
  return JSON.stringify({
    product: { sku, productFamily: attributes.productFamily, attributes },
    serviceCode: attributes.servicecode,
    terms: { OnDemand: { [`${sku}.JRTCKXETXF`]: term } },
    version: "20261102",
    publicationDate: PUBLISHED,
  });
}
