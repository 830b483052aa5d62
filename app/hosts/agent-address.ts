/**
 * Where a new machine's agent finds the server, as far as a page can tell: under the name it was opened by itself.
 *
 * @param pageUrl the address of the page's request
 */
export function agentAddress(pageUrl: string, apiPort: number): string {
  return `https://${new URL(pageUrl).hostname}:${apiPort}`;
}
