/** The names of the scaling policies of a service; the last two start its first task, and stop its last ones. */
export const scalingPoliciesOf = (own: string) => ({
  cpu: `${own}-cpu-scaling`,
  memory: `${own}-memory-scaling`,
  load: `${own}-load-scaling`,
  fromZero: `${own}-from-zero`,
  toZero: `${own}-to-zero`,
});
