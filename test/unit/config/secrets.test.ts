import { describe, expect, test } from "vitest";
import { resolveStack } from "../../../src/config/resolve.ts";
import { parameterNames } from "../../../src/config/secrets.ts";
import { lines } from "./lines.ts";

const plain = (secrets: object, more: object = {}) => ({ container: { secrets, ...more } });

describe("a secret in the config", () => {
  test.each<[object, string]>([
    [
      plain({ DB_URL: {} }),
      "container.secrets.DB_URL: [] must have one source; allowed: one of secretsManager, own, ssm, generate",
    ],
    [
      plain({ DB_URL: { secretsManager: "db", ssm: "/db" } }),
      'container.secrets.DB_URL: ["secretsManager","ssm"] must have one source; allowed: one of secretsManager, own, ssm, generate',
    ],
    [
      plain({ DB_URL: { ssm: "/db", key: "url" } }),
      'container.secrets.DB_URL: "url" is a key of a secret in Secrets Manager; allowed: with secretsManager or own',
    ],
    [
      plain({ DB_URL: { ssm: "/db" } }, { environment: { DB_URL: "x" } }),
      'container.secrets.DB_URL: "DB_URL" is also in environment; allowed: in one of the two',
    ],
    [
      plain({ PORT: { ssm: "/db" } }),
      'container.secrets.PORT: "PORT" is set by Fairlead; allowed: any other name (container.port sets the port)',
    ],
    [
      plain({ DB_URL: { secretsManager: "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-abcdef" } }),
      'container.secrets.DB_URL: "arn:aws:secretsmanager:us-east-1" is in region us-east-1, and the stack is in ap-northeast-1; allowed: a secret of the stack\'s region (replicate it there)',
    ],
    [
      {
        services: {
          web: { sidecars: { proxy: { image: "p:1", environment: { A: "1" }, secrets: { A: { ssm: "a" } } } } },
        },
      },
      'services.web.sidecars.proxy.secrets.A: "A" is also in environment; allowed: in one of the two',
    ],
    [
      plain({ DB_URL: { secretsManager: "db", key: "a:b" } }),
      'container.secrets.DB_URL.key: "a:b" is not allowed; allowed: a key of at most 200 characters without colons',
    ],
    [
      {
        services: {
          web: { container: { secrets: { KEY: { generate: {} } } } },
          mail: { type: "worker", container: { secrets: { KEY: { generate: { length: 64 } } } } },
        },
      },
      "services.web.container.secrets.KEY.generate.length: 40 (the default) differs from 64 of another container, and both get the same value; allowed: 64",
    ],
    [
      plain({ API_KEY: { generate: {} }, "api.key": { generate: {} } }),
      'container.secrets.API_KEY: "API_KEY" differs too little from "api.key"; allowed: another name',
    ],
    [
      plain({ "KEY-abcdef": { generate: {} } }),
      'container.secrets.KEY-abcdef: "KEY-abcdef" ends with a hyphen and six characters, as ARNs of secrets do; allowed: another name',
    ],
    [
      plain({ KEY: { generate: { length: 40, rotate: "30d" } } }),
      "container.secrets.KEY.generate.rotate: is an unknown setting: AWS rotates by itself only with a Lambda function; a reconcile does it with rotateDays: 30, and to set a new value now and restart the tasks that read it: npx fairlead secret set KEY --generate --restart",
    ],
  ])("%j is refused", (config, line) => {
    expect(lines(config)).toEqual([line]);
  });

  test("is generated again at the same age wherever it is named", () => {
    const of = (rotateDays?: number) => ({
      container: { secrets: { KEY: { generate: rotateDays === undefined ? {} : { rotateDays } } } },
    });
    const two = (one: number | undefined, other: number) => ({
      services: { web: of(one), mail: { type: "worker" as const, ...of(other) } },
    });
    expect(lines(two(30, 30))).toEqual([]);
    expect(lines(two(undefined, 30)).join("\n")).toContain(
      "differs from 30 of another container, and both get the same value; allowed: the same in both",
    );
  });

  test("is replaced as a whole by that of an environment or a service, and other variables stay", () => {
    const config = {
      container: { secrets: { DB_URL: { secretsManager: "db", key: "url" }, API_KEY: { ssm: "/key" } } },
      services: {
        web: {},
        mail: { type: "worker", container: { secrets: { API_KEY: { secretsManager: "mail" } } } },
      },
      environments: { dev: { container: { secrets: { DB_URL: { ssm: "/dev/db" } } } } },
    };
    const { services } = resolveStack(config, "dev");
    expect(services.map(({ container }) => container.secrets)).toEqual([
      { DB_URL: { ssm: "/dev/db" }, API_KEY: { ssm: "/key" } },
      { DB_URL: { ssm: "/dev/db" }, API_KEY: { secretsManager: "mail" } },
    ]);
  });

  test.each([
    ["/shop/db", ["/shop/db"]],
    ["arn:aws:ssm:eu-west-1:123456789012:parameter/shop/db", ["/shop/db"]],
    ["arn:aws:ssm:eu-west-1:123456789012:parameter/db", ["db", "/db"]],
  ])("%s is the parameter %j", (given, names) => {
    expect(parameterNames(given)).toEqual(names);
  });
});
