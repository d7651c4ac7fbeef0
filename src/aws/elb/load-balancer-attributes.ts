import type { Attributes } from "./shared.ts";

export const PROTECTION = "deletion_protection.enabled";
export const LOG_BUCKET = "access_logs.s3.bucket";
/** What access logs are without a bucket. */
export const LOGS: Attributes = { "access_logs.s3.enabled": "false", [LOG_BUCKET]: "" };

/** AWS's defaults for an application load balancer's attributes (its API reference, LoadBalancerAttribute). */
export const DEFAULTS: Attributes = {
  ...LOGS,
  "access_logs.s3.prefix": "",
  "client_keep_alive.seconds": "3600",
  "connection_logs.s3.enabled": "false",
  "connection_logs.s3.bucket": "",
  "connection_logs.s3.prefix": "",
  [PROTECTION]: "false",
  "health_check_logs.s3.enabled": "false",
  "health_check_logs.s3.bucket": "",
  "health_check_logs.s3.prefix": "",
  "idle_timeout.timeout_seconds": "60",
  "load_balancing.cross_zone.enabled": "true",
  "routing.http.desync_mitigation_mode": "defensive",
  "routing.http.drop_invalid_header_fields.enabled": "false",
  "routing.http.preserve_host_header.enabled": "false",
  "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
  "routing.http.xff_client_port.enabled": "false",
  "routing.http.xff_header_processing.mode": "append",
  "routing.http2.enabled": "true",
  "waf.fail_open.enabled": "false",
  "zonal_shift.config.enabled": "false",
};
