/** PEM as RFC 7468 has it and OpenSSL prints it: lines of 64 characters, a newline at the end. */
export function encodePem(label: string, der: Buffer): string {
  const lines = der.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN ${label}-----\n${lines}\n-----END ${label}-----\n`;
}
