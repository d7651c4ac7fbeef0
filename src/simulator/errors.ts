/** An error as the SDK throws it: AWS's code as its name, and the status that its retry logic uses. */
export class SimulatedError extends Error {
  override readonly name: string;
  readonly $fault: "client" | "server";
  readonly $metadata: { httpStatusCode: number };

  constructor(code: string, message: string, status: number) {
    super(message);
    this.name = code;
    this.$fault = status >= 500 ? "server" : "client";
    this.$metadata = { httpStatusCode: status };
  }
}

/** Refuses a call with AWS's own code and words. `code`: the name that the error has in the JavaScript SDK. */
export function refuse(code: string, message: string, status = 400): never {
  throw new SimulatedError(code, message, status);
}

/** Looks something up for another service, which tells a refusal in an error of its own. */
export function refusedAs<T>(look: () => T, code: string, says: (refusal: SimulatedError) => string): T {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof SimulatedError)) throw error;
    return refuse(code, says(error));
  }
}
