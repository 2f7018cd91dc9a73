/** Milliseconds of CPU that this process has used since `before`: what else the machine does takes none of it. */
export function cpuMs(before?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
