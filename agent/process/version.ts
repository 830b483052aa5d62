/**
 * Sent to the server and printed by --version. A constant, because the agent ships as one file without its
 * package.json.
 */
export const AGENT_VERSION = '0.1.0';
