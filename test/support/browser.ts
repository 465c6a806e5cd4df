import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PLACES = [
  process.env['PLAYWRIGHT_CHROMIUM'],
  process.env['CHROMIUM'],
  ...['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/snap/bin/chromium'],
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** For a suite's `before`: an installed Chromium without a window; where there is none the suite is skipped, with advice. */
export async function needBrowser(context: Mocha.Context): Promise<Browser> {
  const executablePath = PLACES.find((place) => place !== undefined && existsSync(place));
  if (executablePath === undefined) {
    console.warn('    no Chromium found: CHROMIUM=/path/to/chromium names one; not run');
    return context.skip();
  }
  try {
    return await chromium.launch({ executablePath });
  } catch (error) {
    // on some systems what has its name only tells how to install it
    console.warn(
      `    ${executablePath} is no Chromium that starts, CHROMIUM=/path/to/chromium names one; not run: ${String(error)}`,
    );
    return context.skip();
  }
}
