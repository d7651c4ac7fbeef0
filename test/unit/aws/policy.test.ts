import { describe, expect, it } from "vitest";
import {
  canonicalPolicy,
  parsePolicy,
  policyText,
  type PolicyDocument,
  type Statement,
} from "../../../src/aws/policy.ts";
import { KnownAfterApply } from "../../../src/engine/output.ts";

const policy = (...Statement: Statement[]): PolicyDocument => ({ Version: "2012-10-17", Statement });
/** One statement in its canonical spelling. */
const canonical = (fields: Partial<Statement>) => canonicalPolicy(policy({ Effect: "Allow", ...fields })).Statement[0];
/** What the type does not allow and JSON does. */
const loose = (value: unknown) => value as PolicyDocument;

describe("policy", () => {
  it("sorts lists, drops doubles, and spells a list of one as its value", () => {
    expect(
      canonical({
        Action: ["s3:PutObject", "s3:GetObject", "s3:PutObject"],
        Resource: ["arn:aws:s3:::demo/*"],
        NotAction: ["b", "a"],
        NotResource: ["*", "*"],
      }),
    ).toEqual({
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject"],
      Resource: "arn:aws:s3:::demo/*",
      NotAction: ["a", "b"],
      NotResource: "*",
    });
  });

  it("sorts by code unit, the same on every machine", () => {
    expect(canonical({ Action: ["a:b", "Z:b", "é:b", "a:B"] })?.Action).toEqual(["Z:b", "a:B", "a:b", "é:b"]);
  });

  it("spells an account's root as the account's number, in every partition, and other principals as they are", () => {
    const AWS = ["arn:aws:iam::123456789012:root", "123456789012", "arn:aws-cn:iam::999999999999:root"];
    expect(canonical({ Principal: { AWS } })?.Principal).toEqual({ AWS: ["123456789012", "999999999999"] });
    const role = "arn:aws:iam::123456789012:role/root";
    expect(canonical({ Principal: { AWS: [role] } })?.Principal).toEqual({ AWS: role });
    expect(canonical({ Principal: { Service: ["b.amazonaws.com", "a.amazonaws.com"] } })?.Principal).toEqual({
      Service: ["a.amazonaws.com", "b.amazonaws.com"],
    });
  });

  it("writes everybody as a star, but not everybody together with another principal", () => {
    expect(canonical({ Principal: { AWS: ["*"] } })?.Principal).toBe("*");
    expect(canonical({ NotPrincipal: { AWS: "*" } })?.NotPrincipal).toBe("*");
    expect(canonical({ Principal: "*" })?.Principal).toBe("*");
    const both = { AWS: "*", Service: "a.amazonaws.com" };
    expect(canonical({ Principal: both })?.Principal).toEqual(both);
  });

  it("spells condition values as sorted texts, and a condition that asks for nothing as none", () => {
    const told = loose(
      policy({
        Effect: "Deny",
        Condition: {
          Bool: { "aws:SecureTransport": false },
          NumericLessThan: { "s3:TlsVersion": [1.2] },
          StringEquals: { "aws:SourceVpc": ["vpc-2", "vpc-1"] },
        } as unknown as NonNullable<Statement["Condition"]>,
      }),
    );
    expect(canonicalPolicy(told).Statement).toEqual([
      {
        Effect: "Deny",
        Condition: {
          Bool: { "aws:SecureTransport": "false" },
          NumericLessThan: { "s3:TlsVersion": "1.2" },
          StringEquals: { "aws:SourceVpc": ["vpc-1", "vpc-2"] },
        },
      },
    ]);
    expect(canonical({ Condition: {}, Sid: "" })).toEqual({ Effect: "Allow", Condition: undefined, Sid: undefined });
  });

  it("keeps the order of statements, a Sid and an Id, and puts a lone statement into a list", () => {
    const one: Statement = { Sid: "Two", Effect: "Deny", Action: "s3:*" };
    const two: Statement = { Sid: "One", Effect: "Allow", Action: "s3:*" };
    const document = { Version: "2012-10-17", Id: "demo", Statement: [one, two] };
    expect(canonicalPolicy(document)).toStrictEqual(document);
    expect(canonicalPolicy(loose({ Version: "2012-10-17", Statement: one }))).toStrictEqual(policy(one));
  });

  it("takes a document without a version for one of the first", () => {
    expect(canonicalPolicy(loose({ Statement: [] }))).toStrictEqual({ Version: "2008-10-17", Statement: [] });
    expect(canonicalPolicy(loose({}))).toStrictEqual({ Version: "2008-10-17", Statement: [] });
  });

  it("never changes its argument, and changes nothing the second time", () => {
    const given = policy({
      Effect: "Allow",
      Action: ["b", "a"],
      Principal: { AWS: ["arn:aws:iam::123456789012:root"] },
    });
    const before = structuredClone(given);
    const once = canonicalPolicy(given);
    expect(given).toStrictEqual(before);
    expect(canonicalPolicy(once)).toStrictEqual(once);
  });

  it("leaves values that are not known yet where they are", () => {
    const unknown = new KnownAfterApply("network/it.arn");
    expect(canonicalPolicy(loose(unknown))).toBe(unknown);
    expect(canonicalPolicy(loose({ Version: "2012-10-17", Statement: [unknown] })).Statement[0]).toBe(unknown);
    const Resource = unknown as unknown as string;
    expect(canonical({ Resource })?.Resource).toBe(unknown);
    expect(canonical({ Principal: { AWS: [Resource] } })?.Principal).toEqual({ AWS: unknown });
  });

  it("reads a document in JSON, plain or URL-encoded, and writes what it reads back", () => {
    const document = policy({ Effect: "Allow", Action: ["b", "a"], Resource: "arn:aws:s3:::demo/100%25/+/*" });
    const read = policy({ Effect: "Allow", Action: ["a", "b"], Resource: "arn:aws:s3:::demo/100%25/+/*" });
    expect(parsePolicy(policyText(document))).toEqual(read);
    expect(parsePolicy(`\n ${JSON.stringify(document, undefined, 2)}`)).toEqual(read);
    expect(parsePolicy(encodeURIComponent(policyText(document)))).toEqual(read);
    expect(JSON.parse(policyText(document))).toStrictEqual(document);
  });

  it.each(["<html>", "%7B%22Version", "%", "{"])("says of %s that it is no policy", (text) => {
    expect(() => parsePolicy(text)).toThrow(`AWS returned a policy that is not JSON: ${text}`);
  });
});
