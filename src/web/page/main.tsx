import { render } from "preact";
import { App } from "./app.tsx";
import { openAddress } from "./address.ts";
import { begin } from "./state.ts";

const root = document.getElementById("app");
if (root) render(<App />, root);
await begin();
await openAddress();
addEventListener("hashchange", () => void openAddress());
