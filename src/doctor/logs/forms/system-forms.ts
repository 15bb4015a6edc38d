import { formsFrom, type LineForm } from "./line-form.ts";

/** Lines of the systems below the tools: loaders of drivers, shells, linkers, make, CI; in more than one language. */
export const SYSTEM_FORMS: readonly LineForm[] = [
  ...formsFrom(
    "system",
    "messages of Linux, macOS and Windows, of make, GNU ld and libusb, as their own sources have them",
    [
      ["probe-access", /\bLIBUSB_ERROR_ACCESS\b/],
      ["probe-driver", /\bLIBUSB_ERROR_NOT_SUPPORTED\b/],
      ["probe-access", /\blibusb: bad access \[code -3\]/],
      ["probe-lost", /\blibusb: (?:no device \[code -4\]|i\/o error \[code -1\])/],
      ["probe-busy", /\blibusb: (?:device or )?resource busy \[code -6\]/],
      ["probe-driver", /\blibusb: (?:not found \[code -5\]|not supported \[code -12\])/],
      ["server-gone", /^Remote (?:communication error\. Target disconnected|connection closed)/],
      ["probe-driver", /^libusb: \w+ \[\w+\] The following device has no driver/],
      ["chatter", /^libusb: \w+ \[\w+\] (?:libusb will not be able to access it|some libusb_devices were leaked)/],
      ["probe-access", /\bcould not open port\b.*\[Errno 13\] Permission denied: '\/dev\//],
      ["probe-lost", /(?:\bLIBUSB_ERROR_NO_DEVICE\b|^usb \d+-[\d.]+: USB disconnect|^device disconnected$)/],
      ["too-large", /(?:region `\w+' overflowed by \d+ bytes|will not fit in region `\w+')/],
      [
        "tool-missing",
        /^(?:\S*\.(?:sh|bash): |(?:\/bin\/)?(?:ba|da|z)?sh: )?(?:\d+: )?(?:line \d+: )?(?<name>[\w.-]+): (?:command )?not found$/,
      ],
      ["tool-missing", /^'?(?<name>[\w.-]+)'? is not recognized as an internal or external command/],
      [
        "tool-missing",
        /^(?:Der Befehl "(?<de>[^"]+)" ist entweder falsch geschrieben|"?(?<es>[\w.-]+)"? no se reconoce como un comando|'?(?<fr>[\w.-]+)'? n'est pas reconnu en tant que commande)/,
      ],
      [
        "port-busy",
        /(?:\bcould not open port\b.*(?:Access is denied|PermissionError|Permission denied|Device or resource busy|Resource busy))/i,
      ],
      ["port-missing", /(?:\bcould not open port\b.*(?:FileNotFoundError|No such file))/i],
      [
        "exit-code",
        /^(?:Process completed with exit code (?<code>\d+)|make(?:\[\d+\])?: \*{3} \[[^\]]+\] Error (?<error>\d+)|ERROR: Job failed: exit (?:code|status) (?<job>\d+)|script returned exit code (?<script>\d+)|ninja: build stopped: subcommand failed)/,
      ],
      ["failed-unexplained", /^(?:Finished: FAILURE|Job failed)$/],
    ],
  ),
];
