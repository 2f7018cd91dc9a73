/** A VF of the operator's own; what is not given is what the kernel gives it. */
export interface MadeUpVf {
  driver?: string;
  netdev?: string;
  settings?: Record<string, string>;
  address?: string;
  up?: boolean;
}

/** Of a made-up physical function. */
export interface MadeUpPf {
  totalVfs?: number;
  autoprobe?: 0 | 1;
  up?: boolean;
  lro?: "on" | "off" | undefined;
  vfs?: readonly MadeUpVf[];
}
