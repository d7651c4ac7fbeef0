/** A user's kind calls a service that the simulated AWS does not have. */
export class Unsimulated extends Error {
  override readonly name = "Unsimulated";
  readonly service: string;

  constructor(service: string, kind?: string) {
    super(
      `The simulated AWS has no ${service}${kind === undefined ? "" : `, which the resource kind ${kind} calls`}. Nothing was sent. Add handlers for ${service} to the kind (simulated: { ${service}: { ... } }, see docs/own-resources.md in the fairlead package), or use --target aws.`,
    );
    this.service = service;
  }
}
