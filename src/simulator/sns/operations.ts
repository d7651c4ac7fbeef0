import type { Operations } from "../sim.ts";
import { subscriptionOperations } from "./subscriptions.ts";
import { topicOperations } from "./topics.ts";

/** Amazon SNS, as far as Fairlead asks it: standard topics and who is told of what is published there. */
export const sns: Operations = { ...topicOperations, ...subscriptionOperations };
