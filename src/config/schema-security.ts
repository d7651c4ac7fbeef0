import { closed, field, flag, named, optional } from "./fields.ts";

/* The settings of the security services that an account has once in a region. */

export const security = optional(
  named(
    "SecurityConfig",
    "Security services of the account in the stack's region, which the stack turns on where they are off.",
    closed({
      guardDuty: field(
        flag(),
        false,
        "Turn on Amazon GuardDuty, which looks for attacks in the logs of the account, without its optional protection plans. Where it is on already, it stays as it is configured.",
      ),
      enhancedScanning: field(
        flag(),
        false,
        "Turn on enhanced scanning in the image registry: Amazon Inspector scans the stack's images on push and again for each new vulnerability, their operating system and the packages of programming languages, and charges each scan. The registry is the account's: repositories that scan on push keep doing so, by the enhanced scan. What the stack adds is a filter of its name, which also matches other repositories whose name begins with it.",
      ),
      securityHub: field(
        flag(),
        false,
        "Turn on AWS Security Hub, which collects findings, without standards: their checks cost extra and need AWS Config. Where it is on already, it stays as it is configured.",
      ),
    }),
  ),
  "the stack turns none on",
  "Account-wide security services. The stack never turns one off, neither when the setting is removed nor at a teardown: the plan shows the command that does.",
);
