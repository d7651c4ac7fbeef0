import { describe, expect, test } from "vitest";
import { resolveStack } from "../../../src/config/resolve.ts";
import { volumeUser } from "../../../src/config/volumes.ts";
import { lines } from "./lines.ts";

describe("a volume of a service", () => {
  const web = (own: object) => ({ services: { web: own } });
  test.each<[object, string]>([
    [
      web({ container: { user: "node" }, volumes: { up: { path: "/data" } } }),
      'services.web.container.user: "node" is a name, but the owner of a volume\'s files is a number; allowed: a number, or a name with volumes.up.uid',
    ],
    [
      web({ volumes: { up: { path: "/tmp" } } }),
      'services.web.volumes.up.path: "/tmp" is already the mount path of the in-memory file system; allowed: another path',
    ],
    [
      web({ volumes: { up: { path: "/data" }, down: { path: "/data/" } } }),
      'services.web.volumes.down.path: "/data/" is already the mount path of volume up; allowed: another path',
    ],
    [
      web({ volumes: { up: { path: "/" } } }),
      'services.web.volumes.up.path: "/" is not a folder; allowed: a path such as /data',
    ],
    [
      web({ volumes: { up: { path: "/data", of: "mail" } } }),
      'services.web.volumes.up.of: "mail" is not another service with its own volume up; allowed: omit `of`, for the service\'s own volume',
    ],
    [
      {
        services: {
          web: { volumes: { up: { path: "/data" } } },
          api: { path: "/api/*", volumes: { up: { path: "/in", of: "web", uid: 5 } } },
        },
      },
      "services.api.volumes.up.uid: 5 is set by the service web; allowed: omit it",
    ],
  ])("%j is refused", (config, line) => {
    expect(lines(config)).toEqual([line]);
  });

  test.each([
    ["1000", {}, { uid: 1000, gid: 1000 }],
    ["1000:50", {}, { uid: 1000, gid: 50 }],
    ["node", { uid: 5 }, { uid: 5, gid: 5 }],
    ["1000:50", { uid: 5 }, { uid: 5, gid: 5 }],
    ["1000:50", { gid: 6 }, { uid: 1000, gid: 6 }],
    ["node", {}, undefined],
  ])("belongs to the container's user %s where it says %j", (user, own, owner) => {
    const [service] = resolveStack({ services: { web: { container: { user } } } }).services;
    if (!service) throw new Error("There is no service.");
    expect(volumeUser(service, { path: "/data", readOnly: false, ...own })).toEqual(owner);
  });
});
