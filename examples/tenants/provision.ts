// One stack for each tenant of a service, created and deleted by a program: so many at a time, with one line for each that ends.
import { FairleadError, reconcile, teardown, type ChangeOptions, type StackConfig } from "fairlead";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

/** Stacks that are worked on at the same time: AWS's rates are those of the account, whatever the number. */
const AT_ONCE = 4;

/** What a tenant's stack is. */
const stackOf = (tenant: string): StackConfig => ({
  name: tenant,
  environment: "prod",
  container: { cpu: 256, memory: 512, environment: { TENANT: tenant } },
});

/** Where and how the stacks are made; `folder` has a folder for each tenant, with its state. */
export interface Place extends Omit<ChangeOptions, "directory"> {
  readonly folder: string;
  readonly say: (line: string) => void;
}

/** Creates or updates the stacks of all tenants; answers the address of each, or why it has none. */
export async function provision(tenants: readonly string[], place: Place): Promise<Map<string, string>> {
  const addresses = new Map<string, string>();
  await each(tenants, async (tenant) => {
    addresses.set(tenant, await addressOf(tenant, place));
  });
  return addresses;
}

/** Deletes the stacks of all tenants. Throws the first error, once the others are done. */
export async function remove(tenants: readonly string[], place: Place): Promise<void> {
  await each(tenants, async (tenant) => {
    await teardown(stackOf(tenant), await optionsOf(tenant, place));
    place.say(`${tenant}: deleted`);
  });
}

async function addressOf(tenant: string, place: Place): Promise<string> {
  const run = reconcile(stackOf(tenant), await optionsOf(tenant, place));
  try {
    for await (const event of run) if (event.event === "failed") place.say(`${tenant}: ${event.id} failed`);
    const answer = await run;
    // A stack in two regions answers for each of them; these are in one.
    const answers = "regions" in answer ? answer.regions : [answer];
    for (const { summary } of answers) place.say(`${tenant}: ${summary.created} created, ${summary.updated} updated`);
    return String(answers[0]?.outputs["application_url"]);
  } catch (error) {
    if (!(error instanceof FairleadError)) throw error;
    place.say(`${tenant}: ${error.message}`);
    return error.advice ?? error.message;
  }
}

async function optionsOf(tenant: string, { folder, say: _say, ...options }: Place): Promise<ChangeOptions> {
  const directory = join(folder, tenant);
  await mkdir(directory, { recursive: true });
  return { ...options, directory };
}

/** Works through a list, a few at a time; the others go on when one fails. */
async function each(tenants: readonly string[], work: (tenant: string) => Promise<void>): Promise<void> {
  const left = tenants.values();
  const errors: unknown[] = [];
  const worker = async () => {
    for (const tenant of left) await work(tenant).catch((error: unknown) => void errors.push(error));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (errors.length > 0) throw errors[0];
}
