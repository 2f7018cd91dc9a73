/** Types of the components of a testbed: the engine says of each resource in which it is. The places of VMs are in none. */
export const componentTypes = {
  server: "sriov-rtt:host:Server",
  fleet: "sriov-rtt:vm:Fleet",
  load: "sriov-rtt:load:Load",
  runs: "sriov-rtt:run:Runs",
} as const;
