/* What a test of a user's own resource kind imports. */
export { contract } from "./testing/contract.ts";
export { simulatedAws } from "./testing/simulated.ts";
export type { Check, ContractCase } from "./testing/contract-case.ts";
export type { Simulated, SimulatedOptions } from "./testing/simulated.ts";
