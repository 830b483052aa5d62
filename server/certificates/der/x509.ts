// For tests alone: a reader and writer of certificates that others wrote, beside which ours are checked.
//
// The library registers itself through decorators and throws on load without this polyfill.
// Everyone imports it from here, so that no sorted import list can turn the two lines around.
import 'reflect-metadata';

export * from '@peculiar/x509';
