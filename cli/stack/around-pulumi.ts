import { withGateway } from "../../infra/gateway/gateway.ts";
import { protectState } from "../setup/state.ts";

/** Runs `body`, which runs pulumi, and leaves the state to this user alone. @param variables those of pulumi */
export async function withProtectedState<T>(variables: Record<string, string>, body: () => Promise<T>): Promise<T> {
  const backend = variables.PULUMI_BACKEND_URL ?? "";
  protectState(backend);
  try {
    return await body();
  } finally {
    protectState(backend);
  }
}

/**
 * Runs `body`, which runs pulumi and whose providers go to the servers.
 * @param variables those of pulumi
 * @param body gets them with those that the providers' ways need
 */
export const withServersInReach = <T>(
  variables: Record<string, string>,
  body: (env: Record<string, string>) => Promise<T>,
): Promise<T> => withProtectedState(variables, () => withGateway((gateway) => body({ ...variables, ...gateway })));
