const SECRET = '[secret]';

/**
 * What our secrets look like, wherever they stand, and what stands in their place. Machines, people and libraries put
 * text into errors that nobody here wrote, and a name of a field does not tell what is in it.
 */
const SHAPES: [RegExp, string][] = [
  // API keys (api-keys/key-text.ts), also cut ones.
  [/\bsmk_[0-9a-f]{8,}/gi, `smk_${SECRET}`],
  // Enrolment tokens (agent/enrolment-token.ts).
  [/\bsysmanage_[\w-]{20,}/g, `sysmanage_${SECRET}`],
  // JWTs (RFC 7519): tokens of the API and of connections.
  [/\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?/g, SECRET],
  // What a device is known by (auth/known-devices.ts).
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.\d+\.[\w-]{22}\.[\w-]{10,}/gi, SECRET],
  // Cookies of ours (auth/session.ts).
  [/(sysmanage-(?:device-)?\d+(?:-[0-9a-f]+)?=)[^;,"'\\\s]+/g, `$1${SECRET}`],
  // RFC 6750, RFC 7617.
  [/\b(Bearer|Basic) +[\w.~+/=-]{8,}/gi, `$1 ${SECRET}`],
  // Links to set a password with; passwords among the parameters of a database's address.
  [/([?&](?:token|(?:ssl)?password)=)[^&#\s"]+/gi, `$1${SECRET}`],
  // Passwords in addresses (RFC 3986, 3.2.1).
  [/(\b[a-z][a-z0-9+.-]{1,20}:\/\/[^:/@\s"\\]{0,100}:)[^@/\s"\\]+@/gi, `$1${SECRET}@`],
  // RFC 7468; a line of the log has its line ends escaped.
  [/-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|(?=")|$)/g, SECRET],
];

/** The text without anything that looks like a secret of ours. */
export const redactSecrets = (text: string): string =>
  SHAPES.reduce((redacted, [shape, instead]) => redacted.replace(shape, instead), text);
