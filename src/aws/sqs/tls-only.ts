import { refusingPlainHttp, type PolicyDocument } from "../policy.ts";

/** The policy of a queue that refuses everything that does not come over TLS. */
export const tlsOnly = (queueArn: string): PolicyDocument => refusingPlainHttp("sqs:*", queueArn);
