/** Where Chromium's DevTools listen in the guest: on its 127.0.0.1 only, whatever it is asked for. */
export const BROWSER = 9222;

/** Where the guest leads from its network to the DevTools. */
export const DEVTOOLS = 9223;

/** Where the guest has the page: an address of its own is one that may use devices. */
export const PAGE = 8080;
