import { hostname } from "node:os";
import * as pulumi from "@pulumi/pulumi";
import { LabError } from "../lib/errors.ts";
import { checkout } from "../lib/paths.ts";
import { readGuestImage } from "./config/guest-image.ts";
import { parseConfig, resolveConfig } from "./config/load.ts";
import { observe } from "./observe.ts";
import { declareTestbed } from "./testbed.ts";

/** Everything that can be wrong before a resource is touched is found here, and told without a stack trace. */
async function prepare() {
  try {
    const stack = pulumi.getStack();
    const config = resolveConfig(parseConfig(pulumi.runtime.allConfig(), pulumi.getProject(), stack), checkout);
    const guestImage = readGuestImage(config.guestImage, checkout);
    const owner = `stack ${stack} (${hostname()}:${checkout})`;
    return { stack, config, guestImage, owner, observed: await observe(config.inventory, owner) };
  } catch (error) {
    throw error instanceof LabError ? new pulumi.RunError(error.message) : error;
  }
}

export const { scenario, runs } = declareTestbed(await prepare());
