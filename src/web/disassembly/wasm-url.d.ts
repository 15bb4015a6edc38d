/** What vite puts in place of a file whose address is imported. */
declare module "*.wasm?url" {
  const url: string;
  export default url;
}
