// SPDX-License-Identifier: Apache-2.0
// Headless Chromium, by the driver that script/web installed; no browser is downloaded.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const here = resolve(process.env.EARWITNESS_WEB ?? 'build/web');
const { chromium } = createRequire(resolve(here, 'package.json'))('playwright-core');

export const PAGE = pathToFileURL(resolve(here, 'verify.html')).href;

/** Without these the browser looks for its maker at every start. */
const FLAGS = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
];

export function launch() {
    return chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: FLAGS,
    });
}
