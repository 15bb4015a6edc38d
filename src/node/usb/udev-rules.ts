/** One kind of probe as udev recognises it. */
interface ProbeMatch {
  readonly comment: string;
  readonly match: string;
}

/** Probes by what their descriptors say (usb.ids; CMSIS-DAP, "USB": the name in the product string). */
const PROBES: readonly ProbeMatch[] = [
  { comment: "SEGGER J-Link", match: 'ATTRS{idVendor}=="1366"' },
  { comment: "CMSIS-DAP, whoever made it", match: 'ATTRS{product}=="*CMSIS-DAP*"' },
  { comment: "DAPLink: boards whose product string does not say CMSIS-DAP", match: 'ATTRS{idVendor}=="0d28"' },
];

/** Where the rule belongs: before 73-seat-late.rules, which turns the tag into permissions. */
const UDEV_RULE_PATH = "/etc/udev/rules.d/69-flashproof.rules";

/**
 * The udev rule that lets whoever sits at the machine open probes, on USB and through hidraw. `uaccess` asks systemd to
 * do it (systemd, sd-login); no group has to be made and no device is opened to everybody.
 */
export const UDEV_RULE: string = [
  "# Debug probes for Flashproof.",
  `# Save as ${UDEV_RULE_PATH}, then: sudo udevadm control --reload-rules && sudo udevadm trigger`,
  'ACTION!="add|change|bind", GOTO="flashproof_end"',
  ...PROBES.flatMap(({ comment, match }) => [
    "",
    `# ${comment}`,
    `SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", ${match}, TAG+="uaccess"`,
    `KERNEL=="hidraw*", SUBSYSTEM=="hidraw", ${match}, TAG+="uaccess"`,
  ]),
  "",
  'LABEL="flashproof_end"',
  "",
].join("\n");
