import { describe, expect, it } from 'vitest';
import { inEnglish } from '../../words/say';
import { explainEnding, isRefusal, returnWindow } from './explain-ending';
import type { Ending } from '../connection/socket';

const server = new URL('https://sys.example.org:6443');
const ending = (part: Partial<Ending>): Ending => ({ code: 1006, reason: '', ...part });

describe('returnWindow', () => {
  it.each([
    [ending({ code: 1012, reason: '5000' }), 5000],
    [ending({ code: 1012, reason: 'come back within 5000 ms' }), 5000],
    [ending({ code: 1012 }), null],
    [ending({ code: 1012, reason: '99999999999' }), 300_000],
    [ending({ code: 1013 }), 30_000],
    [ending({ code: 1013, reason: '2000' }), 2000],
    [ending({ code: 4002 }), 60_000],
    [ending({ code: 4004 }), 600_000],
    [ending({ status: 503 }), 30_000],
    [ending({ status: 404 }), null],
    [ending({ code: 1006 }), null],
    [ending({ code: 1000, reason: '5000' }), null],
  ])('%j', (given, expected) => expect(returnWindow(given)).toBe(expected));
});

it('takes a refused certificate and 4001 for a refusal, and nothing else', () => {
  expect(isRefusal(ending({ status: 403, isRefused: true }))).toBe(true);
  expect(isRefusal(ending({ status: 403 }))).toBe(false);
  expect(isRefusal(ending({ code: 4001 }))).toBe(true);
  expect(isRefusal(ending({ status: 503 }))).toBe(false);
  expect(isRefusal(ending({ code: 4002 }))).toBe(false);
});

it('explains each kind of ending', () => {
  const explain = (part: Partial<Ending>) => inEnglish(explainEnding(ending(part), server));
  const error = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  expect(explain({ status: 502 })).toBe('sys.example.org:6443 answers the connection with HTTP status 502');
  expect(explain({ status: 403, isRefused: true })).toBe("sys.example.org:6443 refuses this machine's certificate");
  expect(explain({ code: 4003, fault: 'forged' })).toMatch(/did not send so \(forged\)/);
  expect(explain({ code: 4003, reason: 'text' })).toMatch(/we did not send so \(text\)/);
  expect(explain({ silent: true })).toBe('the server fell silent');
  expect(explain({ code: 1012 })).toBe('the server restarts');
  expect(explain({ code: 1013 })).toBe('the server asks this machine to come back later');
  expect(explain({ code: 4002 })).toMatch(/copied/);
  expect(explain({ code: 4004 })).toMatch(/administrator must decide/);
  expect(explain({ error })).toBe('nothing listens at sys.example.org:6443');
  expect(explain({})).toBe('the connection broke');
  expect(explain({ code: 1011, reason: 'x' })).toBe('the server closed the connection (1011 x)');
});
