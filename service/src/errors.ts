/** An error response: the status, a short code for programs, and a sentence for people. */
export class HttpError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** The response to input that a route does not accept. */
export function badRequest(message: string): HttpError {
  return new HttpError(400, "bad_request", message);
}
