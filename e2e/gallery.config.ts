import { defineConfig } from '@playwright/test';
import journeys from './playwright.config';

/** `npm run test:gallery`: no journey of `npm test`, for somebody has to look at what it writes. */
export default defineConfig({ ...journeys, testMatch: '**/gallery.ts', retries: 0, timeout: 1_200_000 });
