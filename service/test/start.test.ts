import { once } from "node:events";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { ConfigError, readConfig } from "../src/config.ts";
import { runToEnd } from "./process.ts";

it("has defaults for everything, and takes an empty variable for none", () => {
  const defaults = { host: "127.0.0.1", port: 5000, environment: "development", version: "dev" };
  expect(readConfig({})).toEqual(defaults);
  expect(readConfig({ HOST: "", PORT: "", APP_ENV: "", APP_VERSION: "" })).toEqual(defaults);
});

it("takes what the environment says", () => {
  const env = { HOST: "0.0.0.0", PORT: "8080", APP_ENV: "production", APP_VERSION: "abc1234" };
  const config = { host: "0.0.0.0", port: 8080, environment: "production", version: "abc1234" };
  expect(readConfig(env)).toEqual(config);
});

it.each(["abc", "-1", "65536", "5000.5", "5e3", "0x50", " 80", "99999999999"])("refuses PORT=%s", (port) => {
  expect(() => readConfig({ PORT: port })).toThrow(ConfigError);
});

it("says in one sentence what is wrong with PORT and exits with 2", async () => {
  expect(await runToEnd({ PORT: "http" })).toEqual({
    code: 2,
    stdout: "",
    stderr: 'PORT must be a whole number from 0 to 65535 (0 takes any free port), but it is "http".\n',
  });
});

it("says in one sentence that the port is taken and exits with 1", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const address = other.address();
  const port = typeof address === "object" && address !== null ? String(address.port) : "";
  const { code, stderr } = await runToEnd({ HOST: "127.0.0.1", PORT: port });
  other.close();
  expect(code).toBe(1);
  expect(stderr).toMatch(/^The service cannot listen on 127\.0\.0\.1 port \d+: listen EADDRINUSE.*\.\n$/);
});
