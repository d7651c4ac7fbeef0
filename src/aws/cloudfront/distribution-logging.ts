// Whether the access logs of a distribution may contain cookies is a setting of the distribution, whatever their deliveries say (CloudFront
// developer guide, "Configure standard logging (v2)": `IncludeCookies`). All else in `Logging` is for the earlier version of these logs.
import type { DistributionConfig } from "@aws-sdk/client-cloudfront";
import type { Seen } from "../../engine/resource-kind.ts";
import { SET, type Usual } from "../beyond.ts";
import type { DistributionSpec } from "./distribution-spec.ts";

type Cookies = Pick<DistributionSpec, "logsCookies">;

/** The part of the config; none without the setting. A setting that is no longer in the config is there without a value. */
export const loggingOf = (spec: Cookies, live?: DistributionConfig): Pick<DistributionConfig, "Logging"> =>
  Object.hasOwn(spec, "logsCookies")
    ? {
        Logging: {
          Enabled: false,
          Bucket: "",
          Prefix: "",
          ...live?.Logging,
          IncludeCookies: spec.logsCookies ?? false,
        },
      }
    : {};

/** What a config says of it, if that was declared; otherwise it is unmanaged. */
export const cookiesIn = ({ Logging }: DistributionConfig, { logsCookies }: Seen<Cookies>): boolean | undefined =>
  logsCookies === undefined ? undefined : Logging?.IncludeCookies || undefined;

export const usualLogging = (logsCookies: boolean | undefined): Usual =>
  logsCookies === undefined ? {} : { Logging: { IncludeCookies: SET } };
