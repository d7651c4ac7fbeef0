/** The names of the scaling policies of a service; the last two start its first task, and stop its last ones. */
export const scalingPoliciesOf = (own: string) => ({
  cpu: `${own}-cpu-scaling`,
  memory: `${own}-memory-scaling`,
  load: `${own}-load-scaling`,
  fromZero: `${own}-from-zero`,
  toZero: `${own}-to-zero`,
});

/** The names of what raises the minimum of a service for a release, and takes it back. */
export interface WarmNames {
  readonly warmProject: string;
  readonly warmAction: string;
  readonly coolAction: string;
}

export const warmNamesOf = (prefix: string, service: string): WarmNames => ({
  warmProject: `${prefix}-warm`,
  warmAction: `Warm-${service}`,
  coolAction: `Cool-${service}`,
});
