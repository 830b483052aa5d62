/**
 * TLS of the pages' listener, for `createServer`: TLS 1.2 with ECDHE and AEAD, and TLS 1.3, which has nothing else.
 * With the key of the certificate alone nobody reads what was recorded (forward secrecy), and no padding tells
 * anything. It is what RFC 9325, 4.2, recommends, and what every browser has had since 2015. Node's own list goes on
 * with suites of CBC and of plain RSA. Without the first three names Node would not offer TLS 1.3.
 */
export const PAGES_TLS = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
    'ECDHE-RSA-AES128-GCM-SHA256',
  ].join(':'),
} as const;
