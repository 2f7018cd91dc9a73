/**
 * A setting of a guest's network device, made at its boot. `link`: words of ip-link(8) after "set DEVICE", before it goes up. `ethtool`: an
 * option of ethtool(8), and what stands after the device. No word has a space or a comma.
 */
export interface LinkSetting {
  tool: "link" | "ethtool";
  words: readonly [string, ...string[]];
}
