import { describe, expect, it } from 'vitest';
import { parsePin, parseServerAddress, socketAddress } from './server-address';

describe('parseServerAddress', () => {
  it.each([
    ['https://sys.example.org:6443', 'sys.example.org', 6443],
    ['https://sys.example.org', 'sys.example.org', 6443],
    ['https://sys.example.org/', 'sys.example.org', 6443],
    ['https://sys.example.org:443', 'sys.example.org', 443],
    ['https://sys.example.org:443/', 'sys.example.org', 443],
    ['HTTPS://192.0.2.7:7000', '192.0.2.7', 7000],
    ['https://[2001:db8::1]', '2001:db8::1', 6443],
    ['https://[2001:db8::443]:443', '2001:db8::443', 443],
  ])('%s', (text, host, port) => {
    expect(socketAddress(parseServerAddress(text))).toEqual({ host, port });
  });

  it.each([
    '',
    'sys.example.org',
    'http://sys.example.org',
    'https://',
    'https://:6443',
    'https://host:99999',
    'https://host name',
    'https://user:secret@host',
    'https://host/path',
    'https://host\\path',
    'https://host?x',
    'https://host#x',
  ])('refuses %j and says how to write it', (text) => {
    expect(() => parseServerAddress(text)).toThrow(/write it as https:\/\/HOST:6443$/);
  });
});

describe('parsePin', () => {
  const pin = 'ab'.repeat(32);
  it.each([pin, pin.toUpperCase(), `sha256:${pin}`])('%s', (text) => expect(parsePin(text)).toBe(pin));
  it.each(['', 'ab', `${pin}0`, 'zz'.repeat(32)])('refuses %j', (text) =>
    expect(() => parsePin(text)).toThrow(/64 digits/),
  );
});
