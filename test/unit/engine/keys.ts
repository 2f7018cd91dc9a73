import ssh2 from "ssh2";

/** A throwaway key pair; the public key as "TYPE BASE64". */
export function makeKey(): { private: string; public: string } {
  const pair = ssh2.utils.generateKeyPairSync("ed25519");
  return { private: pair.private, public: pair.public.split(" ").slice(0, 2).join(" ") };
}
