import type { ServiceRef } from "./service-ref.ts";

/** The application's container among those of a task; another one, if a revision that was not created by Fairlead has none of its name. */
export const ownContainer = <Container extends { readonly name?: string | undefined }>(
  { names }: Pick<ServiceRef, "names">,
  containers: readonly Container[] = [],
): Container | undefined => containers.find(({ name }) => name === names.container) ?? containers[0];
