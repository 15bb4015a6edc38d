import { render } from "preact";
import { App } from "./app.tsx";
import { openAddress } from "./address.ts";
import { takeNewToken } from "./board/socket.ts";
import { keepPage } from "./offline/offline-state.ts";
import { begin } from "./state.ts";

const root = document.getElementById("app");
if (root) render(<App />, root);
addEventListener("hashchange", () => {
  takeNewToken();
  void openAddress();
});
await begin();
await openAddress();
await keepPage();
