import type { ReleaseAction } from "./components/release-steps.ts";
import type { ScanStep } from "./components/scan-buildspec.ts";
import type { Placed } from "./services.ts";

/** A step of a release that gives a family of a service the released image. */
export const stepOf = (
  { service: { name: service }, names }: Placed,
  action: string,
  family: string,
): ReleaseAction => ({
  ...names,
  service,
  action,
  family,
});

/** The command that a release of the service runs before it deploys. */
export function beforeOf(one: Placed): ReleaseAction[] {
  const { service, names } = one;
  if (service.type === "job" || !service.release) return [];
  const run = { ecsService: names.service, logGroup: names.applicationLogGroup };
  return [{ ...stepOf(one, names.beforeAction, names.beforeFamily), run }];
}

/** The check of the image that is built for a service; services that run it too have none of their own. */
export const scanOf = ({
  service: { name },
  names: { scanAction, container, imageDefinitions },
}: Placed): ScanStep => ({
  service: name,
  action: scanAction,
  container,
  imageDefinitions,
});
